import { existsSync, mkdirSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { retryParked } from '../../../../src/adapters/outbox/retry-parked.ts'
import { DELIVERY_RULES } from '../../../../src/domain/experience/delivery.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { temporaryOutbox, trades } from '../../../support/outbox-rig.ts'

describe('the sender of contributions', () => {
  it('delivers every closed trade once, and then leaves files and cloud alone', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(25)) rig.trade({ at })
    const delivery = rig.delivery()
    await rig.turns(delivery, 5)
    expect(rig.pool.stored.size).toBe(25)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 25, dropped: 0 })
    const before = statSync(rig.layout.deliveries(rig.idOf('acc'))).mtimeMs
    await rig.turns(delivery, 10)
    expect(rig.pool.asked).toHaveLength(25)
    expect(statSync(rig.layout.deliveries(rig.idOf('acc'))).mtimeMs).toBe(before)
    rig.trade({ at: 26 })
    await rig.turns(delivery, 2)
    expect(rig.pool.stored.size).toBe(26)
  })

  it('does nothing in a home without accounts, nor for one that never traded', async () => {
    const empty = temporaryOutbox([])
    expect(await empty.delivery().round()).toBeGreaterThanOrEqual(1_000)
    const idle = temporaryOutbox()
    await idle.turns(idle.delivery(), 3)
    expect(existsSync(idle.layout.deliveries(idle.idOf('acc')))).toBe(false)
    expect(existsSync(idle.layout.installKey)).toBe(false)
    const never = temporaryOutbox([])
    mkdirSync(never.layout.account(never.idOf('new')), { recursive: true })
    await never.turns(never.delivery({ accounts: () => [never.idOf('new'), never.idOf('gone')] }), 3)
    expect(never.warnings).toEqual([])
  })

  it('asks again where the answer was lost, and the cloud has it once', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(5)) rig.trade({ at })
    rig.pool.fail((_, call) => (call % 3 === 1 ? 'lost-after' : call % 3 === 2 ? 'lost-before' : undefined))
    await rig.drain(rig.delivery())
    expect(rig.pool.stored.size).toBe(5)
    expect(rig.pool.duplicates.length).toBeGreaterThan(0)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 5 })
  })

  it('tries a silent cloud for ever, ever more rarely, and gives up no row', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1 })
    rig.pool.fail(() => 'unreachable')
    const delivery = rig.delivery()
    await rig.drain(delivery)
    const tried = rig.pool.asked.length
    // Twenty minutes at a cap of two minutes, of which this draw takes half.
    expect(tried).toBeGreaterThan(15)
    expect(tried).toBeLessThan(40)
    expect(rig.view()).toMatchObject({ waiting: 1, parked: 0, lastTrouble: 'as the test says' })
    rig.pool.fail(() => undefined)
    await rig.drain(delivery)
    expect(rig.view()).toMatchObject({ waiting: 0, deliveredToday: 1, lastTrouble: '' })
  })

  it('never asks a silent cloud in a tight loop, whatever is drawn', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1 })
    rig.pool.fail(() => 'unreachable')
    await rig.drain(rig.delivery({ random: () => 0 }), 60_000)
    expect(rig.pool.asked.length).toBeLessThan(130)
  })

  it('puts aside what the cloud will not take, with its reason, and goes on with the rest', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(6)) rig.trade({ at })
    const poison = (body: { features: Readonly<Record<string, number>> }) => body.features.rsi === 1.5
    rig.pool.fail((body) =>
      poison(body)
        ? { kind: 'refused', code: 'body_invalid', message: 'features.rsi is wrong.', nextStep: '', requestId: '' }
        : undefined,
    )
    await rig.drain(rig.delivery())
    expect(rig.pool.asked.filter(poison)).toHaveLength(DELIVERY_RULES.parkAfter)
    const view = rig.view()
    expect(view).toMatchObject({ waiting: 0, parked: 1, deliveredToday: 5 })
    expect(view.parkedRows).toMatchObject([
      { kind: 'signal', tradeId: 'acc/acc/T-3', reason: 'body_invalid: features.rsi is wrong.', attempts: 5 },
    ])
    expect(rig.warnings.filter((one) => one.startsWith('contribution-parked'))).toHaveLength(1)
  })

  it('sends what was put aside again when a person says so', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1 })
    rig.pool.fail(() => ({ kind: 'refused', code: 'key_conflict', message: 'x', nextStep: '', requestId: '' }))
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    expect(rig.pool.asked).toHaveLength(1)
    expect(rig.view().parked).toBe(1)
    rig.pool.fail(() => undefined)
    expect(retryParked(rig.layout, rig.idOf('acc'), rig.clock, 'acc/none')).toBe(0)
    expect(retryParked(rig.layout, rig.idOf('acc'), rig.clock)).toBe(1)
    await rig.turns(delivery, 2)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 1 })
  })

  it('waits as long as the cloud says, for the user it says it to', async () => {
    const rig = temporaryOutbox(['a', 'b'])
    const other = 'f'.repeat(12)
    rig.trade({ at: 1 }, 'a')
    rig.trade({ at: 2, userId: other }, 'b')
    rig.pool.fail((body) =>
      body.user_id === other
        ? undefined
        : {
            kind: 'rate-limited',
            code: 'rate_limited',
            message: '',
            nextStep: '',
            requestId: '',
            retryAfterMs: 40_000,
          },
    )
    const delivery = rig.delivery()
    await rig.drain(delivery, 39_000)
    expect(rig.pool.asked).toHaveLength(2)
    expect(rig.view('b').deliveredToday).toBe(1)
    rig.pool.fail(() => undefined)
    await rig.drain(delivery, 10_000)
    expect(rig.view('a').deliveredToday).toBe(1)
  })

  it('keeps what no longer fits today until it does, asks rarely meanwhile, and goes on with what a licence vouches for', async () => {
    const rig = temporaryOutbox(['paper', 'live'])
    rig.pool.fail((_, call) =>
      rig.pool.options[call - 1]?.lease === undefined
        ? {
            ...{ kind: 'refused', code: 'contributions_full', message: 'full', nextStep: '', requestId: '' },
            retryAfterMs: 900_000,
          }
        : undefined,
    )
    for (const at of trades(30)) rig.trade({ at, source: 'paper' }, 'paper')
    const delivery = rig.delivery({ leaseOf: (id) => (id === 'live' ? 'a lease' : undefined) })
    await rig.drain(delivery, 60_000)
    for (const at of trades(40)) rig.trade({ at: 100 + at }, 'live')
    await rig.drain(delivery, 6 * 3_600_000)
    expect(rig.view('live')).toMatchObject({ waiting: 0, deliveredToday: 40 })
    expect(rig.view('paper')).toMatchObject({
      waiting: 30,
      parked: 0,
      dropped: 0,
      lastTrouble: 'contributions_full: full',
    })
    const refused = rig.pool.options.filter(({ lease }) => lease === undefined).length
    expect(refused).toBeGreaterThan(10)
    // Between a quarter and half an hour apart.
    expect(refused).toBeLessThan(25)
    rig.pool.fail(() => undefined)
    await rig.drain(delivery, 3_600_000)
    expect(rig.view('paper')).toMatchObject({ waiting: 0, deliveredToday: 30 })
  })

  it('keeps trying for a user who is not welcome, rarely, because a licence can be renewed', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1 })
    rig.pool.fail(() => ({ kind: 'refused', code: 'license_expired', message: '', nextStep: '', requestId: '' }))
    const delivery = rig.delivery()
    await rig.drain(delivery, 3_600_000)
    expect(rig.pool.asked.length).toBeLessThan(20)
    expect(rig.view()).toMatchObject({ waiting: 1, parked: 0 })
    rig.pool.fail(() => undefined)
    await rig.drain(delivery)
    expect(rig.view().deliveredToday).toBe(1)
  })

  it('gives accounts turns, and leaves a user most of what the cloud allows', async () => {
    const rig = temporaryOutbox(['busy', 'quiet'])
    for (const at of trades(300)) rig.trade({ at }, 'busy')
    rig.trade({ at: 1, userId: 'f'.repeat(12) }, 'quiet')
    const delivery = rig.delivery()
    await rig.turns(delivery, 2)
    expect(rig.view('quiet').deliveredToday).toBe(1)
    const times: number[] = []
    rig.pool.fail(() => void times.push(rig.clock))
    await rig.drain(delivery, 10 * 60_000)
    expect(rig.view('busy')).toMatchObject({ waiting: 0, deliveredToday: 300 })
    for (const start of times)
      expect(times.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(
        DELIVERY_RULES.perMinute,
      )
  })

  it('sends what counts in a shared pool first', async () => {
    const rig = temporaryOutbox()
    const kinds = ['replay', 'synthetic', 'paper', 'live'] as const
    for (const [at, source] of kinds.entries()) {
      rig.trade({ at, source, kind: 'exit' })
      rig.trade({ at, source })
    }
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.pool.asked.map(({ source, kind }) => `${source} ${kind}`)).toEqual(
      ['live', 'paper', 'synthetic', 'replay'].flatMap((source) => [`${source} signal`, `${source} exit`]),
    )
  })

  it('keeps what a user’s own strategies taught from a cloud that others learn from', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1, own: true })
    rig.trade({ at: 2 })
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.pool.asked.map(({ strategy }) => strategy)).toEqual(['vwap-bounce'])
    expect(rig.view()).toMatchObject({ waiting: 0, withheld: 1 })
    await rig.drain(rig.delivery({ cloud: () => ({ ask: rig.pool.ask, shared: false }) }), 60_000)
    expect(rig.pool.stored.size).toBe(2)
    expect(rig.view('acc', false)).toMatchObject({ waiting: 0, withheld: 0, deliveredToday: 2 })
  })

  it('sends nothing while no cloud is chosen, and everything once one is', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(3)) rig.trade({ at })
    await rig.turns(rig.delivery({ cloud: () => undefined }), 3)
    expect(rig.view()).toMatchObject({ waiting: 3 })
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.pool.stored.size).toBe(3)
  })

  it('gives up the least useful rows when too many wait, and says so', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(20)) rig.trade({ at, source: at <= 10 ? 'live' : 'replay' })
    const rules = { ...DELIVERY_RULES, mostWaiting: 14 }
    await rig.drain(rig.delivery({ rules }), 60_000)
    expect(rig.pool.asked.filter(({ source }) => source === 'live')).toHaveLength(10)
    expect(rig.view()).toMatchObject({ waiting: 0, deliveredToday: 14, dropped: 6 })
  })

  it('hands the lease of a live account along', async () => {
    const rig = temporaryOutbox()
    rig.trade({ at: 1 })
    await rig.drain(rig.delivery({ leaseOf: (id) => `lease of ${id}` }), 10_000)
    expect(rig.pool.options[0]).toMatchObject({
      lease: 'lease of acc',
      userId: '0123456789ab',
      budgetMs: DELIVERY_RULES.askMs,
    })
  })

  it('goes on without a lease that the cloud does not take, such as one of another cloud, until there is a new one', async () => {
    const rig = temporaryOutbox()
    for (const at of trades(3)) rig.trade({ at })
    let lease = 'of the cloud before'
    rig.pool.fail((_, call) =>
      rig.pool.options[call - 1]?.lease === 'of the cloud before'
        ? { kind: 'refused', code: 'lease_invalid', message: '', nextStep: '', requestId: '' }
        : undefined,
    )
    const delivery = rig.delivery({ leaseOf: () => lease })
    // A bot that runs has time to bring a new one.
    await rig.drain(delivery, 50_000)
    expect(rig.view()).toMatchObject({ waiting: 3 })
    await rig.drain(delivery)
    expect(rig.view()).toMatchObject({ waiting: 0, deliveredToday: 3 })
    lease = 'of this one'
    rig.trade({ at: 4 })
    await rig.drain(delivery, 60_000)
    expect(rig.pool.options.at(-1)).toMatchObject({ lease: 'of this one' })
    expect(rig.pool.stored.size).toBe(4)
  })

  it('passes over rows of an earlier version, and puts aside what it does not understand', async () => {
    const rig = temporaryOutbox()
    const state = rig.states.get('acc')!
    state.transact(() => {
      state.enqueueOutbox('experience', 'acc/T-old', { net: 5 }, epochMs(1))
      state.enqueueOutbox('signal', 'acc/T-odd', { secret: 'x' }, epochMs(1))
    })
    rig.trade({ at: 1 })
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.view()).toMatchObject({ waiting: 0, dropped: 1, parked: 1, deliveredToday: 1 })
    expect(rig.view().parkedRows[0]?.reason).toMatch(/does not read as an experience/)
  })
})
