import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Asked, AskOptions, CloudAsk } from '../../../../src/adapters/cloud/ask.ts'
import { NO_LEASE, writeLeaseFile } from '../../../../src/adapters/cloud/lease-file.ts'
import { homeLayout } from '../../../../src/adapters/home/layout.ts'
import { openState } from '../../../../src/adapters/state-db/open-state.ts'
import { shareSignals } from '../../../../src/apps/launcher/cloud/share-signals.ts'
import { openSignalBoard } from '../../../../src/apps/launcher/cloud/signal-board.ts'
import type { AccountSettings } from '../../../../src/contracts/account-settings.ts'
import type { AccountId } from '../../../../src/domain/account/account-id.ts'
import type { Decision } from '../../../../src/domain/decision/decision.ts'
import { epochMs, lots, ticks } from '../../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../../support/bot-rig.ts'
import { claimsAt, signedLease, testKey } from '../../../support/leases.ts'
import { tempHome } from '../../../support/temp-home.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
const USER = '0123456789ab'
const SECRETS = ['account-of-anna', '98765', '4444', 'whim-of-hers']

/** `runs`: what its bot runs, where the settings name another strategy since. */
type More = Readonly<{
  strategy?: string
  runs?: string
  feed?: object
  mode?: string
  user?: string
  signals?: string
}>

/** A home whose bots are this test: they write down what bots write down. */
function computer({ shared = true }: { shared?: boolean } = {}) {
  const layout = homeLayout(tempHome())
  const clock = { now: NOON, elapsed: 0 }
  const accounts: AccountSettings[] = []
  const asked: { input: object; options: AskOptions }[] = []
  const lines: string[] = []
  let answer: () => Promise<Asked<unknown>> = () => {
    const seq = asked.length
    return Promise.resolve({ kind: 'answer', value: { seq } })
  }
  const ask = ((_route, input, options = {}) => {
    asked.push({ input: input as object, options })
    return answer()
  }) as CloudAsk
  const log = { info: (event: string) => void lines.push(event), warn: (event: string) => void lines.push(event) }
  const now = () => epochMs(clock.now)
  const board = openSignalBoard('run', now)
  const sharing = shareSignals({
    ...{ layout, log, board, now, accounts: () => accounts, elapsed: () => clock.elapsed },
    link: { chosen: () => ({ ask, shared, client: undefined as never }) },
  })
  onTestFinished(() => {
    sharing.close()
    board.close()
  })

  function account(id: string, more: More = {}) {
    const accountId = id as AccountId
    const { strategy = 'vwap-bounce', feed = { kind: 'synthetic', seed: 1 }, mode = 'paper', signals = 'share' } = more
    const given = { accountId, user: 'anna', userId: more.user ?? USER, mode, strategy, feed, cloud: { signals } }
    accounts.push(given as unknown as AccountSettings)
    mkdirSync(layout.account(accountId), { recursive: true })
    const state = openState({ layout, accountId, instanceId: 'i', expectExisting: false, now })
    onTestFinished(() => state.close())
    const bar = {
      ...{ time: epochMs(NOON), open: ticks(1), high: ticks(1), low: ticks(1), close: ticks(1), volume: 1 },
    }
    let count = 0
    const decide = (change: Partial<Decision> = {}) =>
      state.transact(() => {
        const decisionId = `${id}-${++count}`
        state.insertDecision({
          ...{ decisionId, at: epochMs(clock.now), barTime: epochMs(NOON), symbol: RIG_INSTRUMENT.symbol },
          ...{ action: 'enter', side: 'buy', quantity: lots(98_765), price: ticks(4_444), confidence: 0.71 },
          ...{ reasons: [{ code: 'whim', text: 'whim-of-hers' }], features: { rsi: 20 } },
          ...change,
        })
        const strategyKey = JSON.stringify([more.runs ?? strategy, { rsiLong: 4_444 }])
        state.saveCheckpoint({
          series: 's',
          bar,
          sessionDate: undefined,
          strategyKey,
          snapshot: null,
          held: undefined,
        })
      })
    state.transact(() => state.saveInstrument(RIG_INSTRUMENT))
    decide()
    sharing.look()
    return { id: accountId, decide, state }
  }
  const lend = (id: AccountId) =>
    writeLeaseFile(layout.lease(id), { ...NO_LEASE, token: signedLease(claimsAt(NOON), testKey()) })
  const answers = (next: typeof answer) => {
    answer = next
  }
  return { account, layout, asked, board, clock, lend, lines, sharing, answers, look: sharing.look }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('signals of a computer', () => {
  it('are shared with the holders of licences, and say nothing that is nobody else’s', async () => {
    const { account, lend, asked, look, board } = computer()
    const { id, decide } = account('account-of-anna')
    lend(id)
    decide({ side: 'sell' })
    look()
    expect(asked.map(({ input }) => input)).toEqual([
      {
        ...{ user_id: USER, symbol_class: expect.any(String) as string, side: 'sell', strategy: 'vwap-bounce' },
        ...{ confidence: 0.71, source: 'synthetic' },
      },
    ])
    const [call] = asked
    for (const secret of SECRETS) expect(JSON.stringify(call!.input)).not.toContain(secret)
    expect(call!.options.lease).toMatch(/\./)
    expect(call!.options.budgetMs).toBeLessThanOrEqual(5_000)
    await settled()
    expect(board.read().signals).toMatchObject([{ side: 'sell', accountId: id }])
  })

  it('are shared once, and those of before it was wanted never', () => {
    const { account, lend, asked, look } = computer()
    const { id, decide } = account('A1')
    lend(id)
    look()
    decide()
    look()
    look()
    decide({ action: 'hold' })
    decide({ action: 'exit' })
    look()
    expect(asked).toHaveLength(1)
  })

  it.each<[string, More]>([
    ['that does not want it', { signals: 'off' }],
    ['that replays history', { feed: { kind: 'replay', speed: 1 } }],
    ['with a strategy of its own, at a team’s cloud', { strategy: 'my-edge' }],
    ['whose bot goes on with a strategy of its own', { runs: 'my-edge' }],
  ])('of an account %s stay here', (_what, more) => {
    const { account, lend, asked, look } = computer()
    const { id, decide } = account('A1', more)
    lend(id)
    decide()
    look()
    expect(asked).toEqual([])
  })

  it('that are history stay here, whatever the settings say of the feed', () => {
    const { account, lend, asked, look, clock } = computer()
    const { id, decide } = account('A1')
    lend(id)
    decide({ at: epochMs(clock.now - 60_000) })
    look()
    expect(asked).toEqual([])
  })

  it('that a person made with a command are no setup of a strategy', () => {
    const { account, lend, asked, look } = computer()
    const { id, decide } = account('A1')
    lend(id)
    decide({ features: {} })
    look()
    expect(asked).toEqual([])
  })

  it('need a lease at a team’s cloud: that of any account of the user', () => {
    const { account, lend, asked, look, sharing } = computer()
    const { decide } = account('P1')
    const strange = account('L2', { user: 'ffffffffffff', mode: 'live', signals: 'off' })
    lend(strange.id)
    decide()
    look()
    expect({ asked, state: sharing.read()[0]!.state }).toEqual({ asked: [], state: 'no-lease' })
    const own = account('L1', { mode: 'live', signals: 'off' })
    lend(own.id)
    decide()
    look()
    expect(asked).toHaveLength(1)
    expect(sharing.read()).toMatchObject([{ accountId: 'P1', state: 'shares' }])
  })

  it('need none in the cloud of this computer, where own strategies have names, too', () => {
    const { account, asked, look } = computer({ shared: false })
    const { decide } = account('A1', { strategy: 'my-edge' })
    decide()
    look()
    expect(asked).toMatchObject([{ input: { strategy: 'my-edge' }, options: { lease: undefined } }])
  })

  it('that several accounts find at once are told once', () => {
    const { account, asked, look, clock } = computer({ shared: false })
    const all = ['A1', 'A2', 'A3'].map((id) => account(id))
    for (const { decide } of all) decide()
    look()
    expect(asked).toHaveLength(1)
    clock.elapsed += 31_000
    all[2]!.decide()
    look()
    expect(asked).toHaveLength(2)
  })

  it('stay far below what the cloud allows in a minute', () => {
    const { account, asked, look, clock, lines } = computer({ shared: false })
    const users = Array.from({ length: 13 }, (_, n) => account(`A${n}`, { strategy: `edge-${n}` }))
    for (const { decide } of users) decide()
    look()
    expect(asked).toHaveLength(10)
    expect(lines.filter((event) => event === 'signal-not-shared')).toHaveLength(3)
    clock.elapsed += 60_001
    users[12]!.decide()
    look()
    expect(asked).toHaveLength(11)
  })

  it('that could not be shared are not sent again; why is told until one is', async () => {
    const { account, asked, look, clock, sharing, answers } = computer({ shared: false })
    const { decide } = account('A1')
    const failure = {
      kind: 'unreachable' as const,
      message: 'Nothing listens there.',
      nextStep: 'Wait.',
      requestId: 'r',
    }
    answers(() => Promise.resolve({ kind: 'failed', failure }))
    decide()
    look()
    await settled()
    expect(sharing.read()).toMatchObject([{ shared: 0, problem: { message: 'Nothing listens there.' } }])
    clock.elapsed += 60_000
    look()
    expect(asked).toHaveLength(1)
    answers(() => Promise.resolve({ kind: 'answer', value: { seq: 1 } }))
    decide()
    look()
    await settled()
    expect(sharing.read()).toMatchObject([{ shared: 1, problem: null, lastSharedAt: expect.any(String) as string }])
  })

  it('go on after one whose asking broke', async () => {
    const { account, look, clock, board, lines, answers } = computer({ shared: false })
    const { decide } = account('A1')
    answers(() => Promise.reject(new Error('a bug')))
    decide()
    look()
    await settled()
    expect(lines).toContain('signal-not-shared')
    answers(() => Promise.resolve({ kind: 'answer', value: { seq: 1 } }))
    clock.elapsed += 60_000
    decide()
    look()
    await settled()
    expect(board.read().signals).toHaveLength(1)
  })

  it('of one account are shared while another’s book can not be read', () => {
    const { account, asked, look, layout, lines } = computer({ shared: false })
    const broken = account('A0')
    const { decide } = account('A1')
    broken.state.close()
    writeFileSync(layout.state(broken.id), 'no database at all'.repeat(1_000))
    decide()
    look()
    look()
    expect(asked).toHaveLength(1)
    expect(lines.filter((event) => event === 'signals-unread')).toHaveLength(1)
  })
})
