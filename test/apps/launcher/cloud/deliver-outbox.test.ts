import Database from 'better-sqlite3'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { retryParked } from '../../../../src/adapters/outbox/retry-parked.ts'
import { backupState, restoreState } from '../../../../src/adapters/state-db/backup-state.ts'
import { pruneOutbox } from '../../../../src/apps/bot/prune-outbox.ts'
import { DELIVERY_RULES } from '../../../../src/domain/experience/delivery.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { outboxRig } from '../../../support/outbox-rig.ts'
import { tempHome } from '../../../support/temp-home.ts'

function rigOf(accounts?: readonly string[]) {
  const rig = outboxRig(tempHome(), accounts)
  onTestFinished(() => rig.close())
  return rig
}

const trades = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i)

describe('the sender of contributions', () => {
  it('delivers every closed trade once, and then leaves files and cloud alone', async () => {
    const rig = rigOf()
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
    const empty = rigOf([])
    expect(await empty.delivery().round()).toBeGreaterThanOrEqual(1_000)
    const idle = rigOf()
    await idle.turns(idle.delivery(), 3)
    expect(existsSync(idle.layout.deliveries(idle.idOf('acc')))).toBe(false)
    expect(existsSync(idle.layout.installKey)).toBe(false)
    const never = rigOf([])
    mkdirSync(never.layout.account(never.idOf('new')), { recursive: true })
    await never.turns(never.delivery({ accounts: () => [never.idOf('new'), never.idOf('gone')] }), 3)
    expect(never.warnings).toEqual([])
  })

  it('asks again where the answer was lost, and the cloud has it once', async () => {
    const rig = rigOf()
    for (const at of trades(5)) rig.trade({ at })
    rig.pool.fail((_, call) => (call % 3 === 1 ? 'lost-after' : call % 3 === 2 ? 'lost-before' : undefined))
    await rig.drain(rig.delivery())
    expect(rig.pool.stored.size).toBe(5)
    expect(rig.pool.duplicates.length).toBeGreaterThan(0)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 5 })
  })

  it('tries a silent cloud for ever, ever more rarely, and gives up no row', async () => {
    const rig = rigOf()
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
    const rig = rigOf()
    rig.trade({ at: 1 })
    rig.pool.fail(() => 'unreachable')
    await rig.drain(rig.delivery({ random: () => 0 }), 60_000)
    expect(rig.pool.asked.length).toBeLessThan(130)
  })

  it('puts aside what the cloud will not take, with its reason, and goes on with the rest', async () => {
    const rig = rigOf()
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
    const rig = rigOf()
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
    const rig = rigOf(['a', 'b'])
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

  it('keeps trying for a user who is not welcome, rarely, because a licence can be renewed', async () => {
    const rig = rigOf()
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
    const rig = rigOf(['busy', 'quiet'])
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
    const rig = rigOf()
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
    const rig = rigOf()
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
    const rig = rigOf()
    for (const at of trades(3)) rig.trade({ at })
    await rig.turns(rig.delivery({ cloud: () => undefined }), 3)
    expect(rig.view()).toMatchObject({ waiting: 3 })
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.pool.stored.size).toBe(3)
  })

  it('gives up the least useful rows when too many wait, and says so', async () => {
    const rig = rigOf()
    for (const at of trades(20)) rig.trade({ at, source: at <= 10 ? 'live' : 'replay' })
    const rules = { ...DELIVERY_RULES, mostWaiting: 14 }
    await rig.drain(rig.delivery({ rules }), 60_000)
    expect(rig.pool.asked.filter(({ source }) => source === 'live')).toHaveLength(10)
    expect(rig.view()).toMatchObject({ waiting: 0, deliveredToday: 14, dropped: 6 })
  })

  it('hands the lease of a live account along', async () => {
    const rig = rigOf()
    rig.trade({ at: 1 })
    await rig.drain(rig.delivery({ leaseOf: (id) => `lease of ${id}` }), 10_000)
    expect(rig.pool.options[0]).toMatchObject({
      lease: 'lease of acc',
      userId: '0123456789ab',
      budgetMs: DELIVERY_RULES.askMs,
    })
  })

  it('passes over rows of an earlier version, and puts aside what it does not understand', async () => {
    const rig = rigOf()
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

describe('two senders of one home', () => {
  it('do not send beside each other', async () => {
    const rig = rigOf()
    for (const at of trades(20)) rig.trade({ at })
    const gate = Promise.withResolvers<void>()
    const slow = rig.delivery({
      cloud: () => ({
        shared: true,
        ask: (async (...args: Parameters<typeof rig.pool.ask>) => {
          await gate.promise
          return rig.pool.ask(...args)
        }) as typeof rig.pool.ask,
      }),
    })
    const first = slow.round()
    const other = rig.delivery({ instanceId: 'launcher-2' })
    await rig.turns(other, 1)
    expect(rig.pool.asked).toHaveLength(0)
    gate.resolve()
    await first
    expect(rig.pool.asked).toHaveLength(10)
    await rig.drain(other, 120_000)
    expect(rig.pool.asked).toHaveLength(20)
  })

  it('one takes over when the other has been silent for its time, also where a clock went back', async () => {
    const rig = rigOf()
    rig.trade({ at: 1 })
    const stuck = rig.delivery({ cloud: () => ({ shared: true, ask: (() => new Promise(() => undefined)) as never }) })
    void stuck.round()
    const other = rig.delivery({ instanceId: 'launcher-2' })
    await rig.drain(other, DELIVERY_RULES.leaseMs - 1_000)
    expect(rig.pool.asked).toHaveLength(0)
    rig.pass(25_000)
    await rig.turns(other, 2)
    expect(rig.pool.asked).toHaveLength(1)

    const back = rigOf()
    back.trade({ at: 1 })
    void back.delivery({ cloud: () => ({ shared: true, ask: (() => new Promise(() => undefined)) as never }) }).round()
    back.pass(-86_400_000)
    await back.turns(back.delivery({ instanceId: 'launcher-2' }), 2)
    expect(back.pool.asked).toHaveLength(1)
  })

  it('a sender that lost its book meanwhile writes nothing into it', async () => {
    const rig = rigOf()
    rig.trade({ at: 1 })
    const gate = Promise.withResolvers<void>()
    const slow = rig.delivery({
      cloud: () => ({
        shared: true,
        ask: (async () => {
          await gate.promise
          return {
            kind: 'failed',
            failure: { kind: 'refused', code: 'key_conflict', message: '', nextStep: '', requestId: '' },
          }
        }) as never,
      }),
    })
    const first = slow.round()
    rig.pass(DELIVERY_RULES.leaseMs + 1)
    await rig.turns(rig.delivery({ instanceId: 'launcher-2' }), 2)
    gate.resolve()
    await first
    expect(rig.view()).toMatchObject({ parked: 0, deliveredToday: 1 })
  })
})

describe('what happens to the files', () => {
  it('a deleted book: everything is sent again and stored once', async () => {
    const rig = rigOf()
    for (const at of trades(8)) rig.trade({ at })
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    for (const suffix of ['', '-wal', '-shm']) rmSync(rig.layout.deliveries(rig.idOf('acc')) + suffix, { force: true })
    await rig.drain(delivery, 120_000)
    expect(rig.pool.asked).toHaveLength(16)
    expect(rig.pool.stored.size).toBe(8)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 8 })
  })

  it.each([
    ['garbage', (path: string) => writeFileSync(path, 'not a database at all, but long enough to be read'.repeat(200))],
    ['cut short', (path: string) => truncateSync(path, 5_000)],
    ['empty', (path: string) => truncateSync(path, 0)],
  ])('a damaged book (%s) goes to quarantine and a new one begins', async (_, damage) => {
    const rig = rigOf()
    for (const at of trades(8)) rig.trade({ at })
    await rig.drain(rig.delivery(), 60_000)
    const path = rig.layout.deliveries(rig.idOf('acc'))
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
    damage(path)
    await rig.drain(rig.delivery(), 120_000)
    expect(rig.pool.stored.size).toBe(8)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 8 })
    if (_ !== 'empty') {
      expect(rig.warnings.join()).toContain('deliveries-damaged')
      expect(readdirSync(rig.layout.quarantine)).toHaveLength(1)
    }
  })

  it('an older state put back: what it has again is not sent again, what is new is', async () => {
    const rig = rigOf()
    for (const at of trades(6)) rig.trade({ at })
    const { file } = backupState(rig.layout, rig.idOf('acc'), epochMs(rig.clock))
    for (const at of trades(4, 7)) rig.trade({ at })
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    expect(rig.pool.asked).toHaveLength(10)
    rig.states.get('acc')!.close()
    restoreState(rig.layout, rig.idOf('acc'), file, epochMs(rig.clock))
    rig.open('acc')
    await rig.drain(delivery, 60_000)
    expect(rig.pool.asked).toHaveLength(10)
    // Trades 7 and 8 are made again, as they were; then another one.
    for (const at of [7, 8, 11]) rig.trade({ at })
    await rig.drain(delivery, 60_000)
    expect(rig.pool.asked).toHaveLength(11)
    expect(rig.pool.stored.size).toBe(11)
  })

  it('an older state put back while rows waited: they are forgotten, and sent if they come again', async () => {
    const rig = rigOf()
    for (const at of trades(3)) rig.trade({ at })
    const { file } = backupState(rig.layout, rig.idOf('acc'), epochMs(rig.clock))
    rig.trade({ at: 4 })
    rig.pool.fail(() => 'unreachable')
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    rig.states.get('acc')!.close()
    restoreState(rig.layout, rig.idOf('acc'), file, epochMs(rig.clock))
    rig.open('acc')
    rig.pool.fail(() => undefined)
    await rig.drain(delivery)
    expect(rig.view()).toMatchObject({ waiting: 0, deliveredToday: 3 })
    rig.trade({ at: 4 })
    await rig.drain(delivery)
    expect(rig.view()).toMatchObject({ waiting: 0, deliveredToday: 4 })
    expect(rig.pool.stored.size).toBe(4)
  })

  it('an account that begins anew names other trades alike: they are sent too', async () => {
    const rig = rigOf()
    for (const at of trades(3)) rig.trade({ at, r: 1 })
    const delivery = rig.delivery()
    await rig.drain(delivery, 60_000)
    rig.states.get('acc')!.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(rig.layout.state(rig.idOf('acc')) + suffix, { force: true })
    rig.open('acc')
    for (const at of trades(3)) rig.trade({ at, r: at === 2 ? 1 : -1 })
    await rig.drain(delivery, 60_000)
    // The second is the same trade to the word: nobody learns from it twice.
    expect(rig.pool.stored.size).toBe(5)
  })

  it('a lost key of the installation: nothing that was sent is sent again', async () => {
    const rig = rigOf()
    for (const at of trades(3)) rig.trade({ at })
    rig.pool.fail((_, call) => (call === 3 ? 'lost-after' : undefined))
    const delivery = rig.delivery()
    await rig.turns(delivery, 1)
    const before = readFileSync(rig.layout.installKey, 'utf8')
    expect(statSync(rig.layout.installKey).mode & 0o777).toBe(0o600)
    rmSync(rig.layout.installKey)
    rig.trade({ at: 4 })
    await rig.drain(delivery)
    expect(readFileSync(rig.layout.installKey, 'utf8')).not.toBe(before)
    expect(rig.pool.stored.size).toBe(4)
  })

  it('a state that is damaged keeps no other account waiting', async () => {
    const rig = rigOf(['bad', 'good'])
    rig.trade({ at: 1 }, 'bad')
    rig.trade({ at: 1 }, 'good')
    rig.states.get('bad')!.close()
    writeFileSync(rig.layout.state(rig.idOf('bad')), 'garbage'.repeat(1_000))
    await rig.drain(rig.delivery(), 120_000)
    expect(rig.pool.stored.size).toBe(1)
    expect(rig.warnings.filter((one) => one.startsWith('delivery-trouble'))).toHaveLength(1)
  })

  it('a book of a newer version is left alone', async () => {
    const rig = rigOf()
    rig.trade({ at: 1 })
    await rig.drain(rig.delivery(), 60_000)
    const db = new Database(rig.layout.deliveries(rig.idOf('acc')))
    db.pragma('user_version = 99')
    db.close()
    rig.trade({ at: 2 })
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.pool.asked).toHaveLength(1)
    expect(rig.warnings.join()).toContain('newer Slipway')
  })

  it('an account that was removed without its folder goes on being delivered; a purged one is forgotten', async () => {
    const rig = rigOf(['acc', 'purged'])
    for (const id of ['acc', 'purged']) rig.trade({ at: 1 }, id)
    rig.states.get('purged')!.close()
    const delivery = rig.delivery()
    rmSync(rig.layout.account(rig.idOf('purged')), { recursive: true })
    await rig.drain(delivery, 60_000)
    expect(rig.pool.stored.size).toBe(1)
    expect(existsSync(rig.layout.account(rig.idOf('purged')))).toBe(false)
    expect(rig.warnings).toEqual([])
  })
})

describe('a bot at its start', () => {
  it('forgets what was delivered, and nothing that waits', async () => {
    const rig = rigOf()
    for (const at of trades(250)) rig.trade({ at })
    await rig.drain(rig.delivery(), 6 * 60_000)
    expect(rig.view().deliveredToday).toBe(250)
    for (const at of trades(5, 251)) rig.trade({ at })
    const state = rig.states.get('acc')!
    // The last one of the delivered stays: by it the book knows the outbox again.
    expect(await pruneOutbox(rig.layout, rig.idOf('acc'), state, 0)).toBe(249)
    expect(state.outboxAfter(0, 100)).toHaveLength(6)
    expect(await pruneOutbox(rig.layout, rig.idOf('acc'), state, 0)).toBe(0)
    await rig.drain(rig.delivery(), 6 * 60_000)
    expect(rig.pool.stored.size).toBe(255)
    expect(rig.pool.asked).toHaveLength(255)
  })

  it('forgets nothing where there is no book, and nothing that only looks delivered', async () => {
    const rig = rigOf()
    for (const at of trades(5)) rig.trade({ at })
    const state = rig.states.get('acc')!
    expect(await pruneOutbox(rig.layout, rig.idOf('acc'), state, 0)).toBe(0)
    const { file } = backupState(rig.layout, rig.idOf('acc'), epochMs(rig.clock))
    await rig.drain(rig.delivery(), 60_000)
    state.close()
    // Another account's book, put here by mistake.
    const other = rigOf(['acc'])
    for (const at of trades(5, 100)) other.trade({ at })
    await other.drain(other.delivery(), 60_000)
    copyFileSync(other.layout.deliveries(other.idOf('acc')), rig.layout.deliveries(rig.idOf('acc')))
    restoreState(rig.layout, rig.idOf('acc'), file, epochMs(rig.clock))
    rig.open('acc')
    expect(await pruneOutbox(rig.layout, rig.idOf('acc'), rig.states.get('acc')!, 0)).toBe(0)
  })

  it('and the trim of the book never let a row be sent twice', async () => {
    const rig = rigOf()
    for (const at of trades(50)) rig.trade({ at })
    await rig.drain(rig.delivery(), 6 * 60_000)
    await pruneOutbox(rig.layout, rig.idOf('acc'), rig.states.get('acc')!, 0)
    rig.pass(40 * 86_400_000)
    await rig.turns(rig.delivery(), 2)
    const db = new Database(rig.layout.deliveries(rig.idOf('acc')), { readonly: true })
    expect(db.prepare('SELECT count(*) FROM deliveries').pluck().get()).toBe(1)
    db.close()
    rig.trade({ at: 51 })
    await rig.drain(rig.delivery(), 60_000)
    expect(rig.pool.asked).toHaveLength(51)
  })
})
