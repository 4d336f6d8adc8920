import { createHash, hash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { homeLayout, type HomeLayout } from '../../src/adapters/home/layout.ts'
import { openState } from '../../src/adapters/state-db/open-state.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import type { Broker, OrderReport } from '../../src/domain/broker/broker.ts'
import { neutralConfidence } from '../../src/domain/confidence/confidence.ts'
import { tradingContext } from '../../src/domain/context/trading-context.ts'
import { postOpening } from '../../src/domain/ledger/post-fill.ts'
import { paperIsFree } from '../../src/domain/licence/licence.ts'
import { venueOrderId, type ClientOrderId, type NewOrder } from '../../src/domain/order/order.ts'
import { NO_LIMITS } from '../../src/domain/risk/risk-limits.ts'
import { openRiskRules } from '../../src/domain/risk/risk-rules.ts'
import { durationMs, epochMs, lots, minorUnits, ticks } from '../../src/domain/units/units.ts'
import { loadBook } from '../../src/engine/bot/bot-book.ts'
import { openContexts } from '../../src/engine/bot/open-contexts.ts'
import { openTradingDesk } from '../../src/engine/order-entry/trading-desk.ts'
import { RIG_INSTRUMENT } from '../support/bot-rig.ts'
import { eagerStrategy } from '../support/eager-strategy.ts'
import { ABLE } from '../support/scripted-broker.ts'
import type { Figure } from './figure.ts'

export const name = 'the trading service'

const SYMBOL = RIG_INSTRUMENT.symbol
const CONTEXTS = 1_000
const CALLS = 1_000_000
/** Calls of one context that are under way together, as those of a strategy, an agent and a person may be. */
const IN_FLIGHT = 10
/** Enough for the rates beside the figure, which are measured in other orders of the calls. */
const FEWER_CALLS = 100_000
const TIMED = 4_000

/** From calling a trade function until the adapter has the order, with and without a disk; and many accounts in one process. */
export async function run(): Promise<{ figures: Figure[] }> {
  const onDisk = await timed(tmpdir(), TIMED)
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const inMemory = await timed(memory, TIMED)
  const alone = await interleaved({ calls: FEWER_CALLS, together: 1, sequence: 'account by account' })
  const mixed = await interleaved({ calls: FEWER_CALLS, together: IN_FLIGHT, sequence: 'call by call' })
  const many = await interleaved({ calls: CALLS, together: IN_FLIGHT, sequence: 'account by account' })
  return {
    figures: [
      {
        ...{ name: 'trade call → durable intent → adapter, p99', value: onDisk.p99, limit: 5, unit: 'ms' },
        note: `p50 ${onDisk.p50.toFixed(3)} ms; state.db with synchronous=FULL on disk, one commit each`,
      },
      {
        ...{ name: 'the same without fsync, p99', value: inMemory.p99, limit: 0.5, unit: 'ms' },
        note: `p50 ${inMemory.p50.toFixed(3)} ms; the same state.db in ${memory}, where a sync costs nothing`,
      },
      {
        ...{ name: `${CONTEXTS} contexts interleaved, calls`, value: many.perSecond, limit: 20_000, unit: 'calls/s' },
        better: 'higher',
        note:
          `${CALLS} calls, each a new order in 3 statements and 2 commits to a SQLite state in memory of its own; ` +
          `${IN_FLIGHT} of every context under way together. The slowest ways to interleave them, of ${FEWER_CALLS} calls: ` +
          `${Math.round(mixed.perSecond)} calls/s where no two that follow each other are of one context, ` +
          `${Math.round(alone.perSecond)} with one of each under way`,
      },
      {
        ...{
          name: 'rows with a foreign id',
          value: many.foreign + mixed.foreign + alone.foreign,
          limit: 0,
          unit: 'rows',
        },
        note: `${many.looked}, and those of the two beside it`,
      },
    ],
  }
}

async function timed(under: string, calls: number): Promise<{ p50: number; p99: number }> {
  const home = mkdtempSync(join(under, 'slipway-bench-'))
  try {
    let handedAt = 0
    const account = openAccount(homeLayout(home), 'timed-1', () => (handedAt = performance.now()))
    const times: number[] = []
    for (let n = 0; n < calls; n++) {
      account.tick()
      const calledAt = performance.now()
      const outcome = await account.order(`s-${n}`)
      times.push(handedAt - calledAt)
      const [id] = 'orders' in outcome ? outcome.orders : []
      await account.desk.cancelOrder(account.context, { signalId: `c-${n}`, clientOrderId: id! })
    }
    account.close()
    const sorted = times.slice(calls / 10).toSorted((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor(sorted.length * share)]!
    return { p50: at(0.5), p99: at(0.99) }
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/**
 * Calls through all contexts together, each for a new order: looked up, judged, written, handed over and answered, in two
 * commits. Nothing is answered from memory and no two calls share a commit.
 *
 * @param together calls of one context that are under way at a time
 * @param sequence whose calls are begun after one another: one context's, or every context's first, second …
 */
async function interleaved({
  calls,
  together,
  sequence,
}: Readonly<{ calls: number; together: number; sequence: 'account by account' | 'call by call' }>): Promise<
  Readonly<{ perSecond: number; foreign: number; looked: string }>
> {
  const each = calls / CONTEXTS
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    const sent: ClientOrderId[][] = []
    const accounts = Array.from({ length: CONTEXTS }, (_, n) => {
      const mine: ClientOrderId[] = (sent[n] = [])
      const layout: HomeLayout = { ...homeLayout(home), state: () => ':memory:' }
      return openAccount(layout, `account-${n}`, (order) => void mine.push(order.clientOrderId))
    })
    const began = performance.now()
    for (let n = 0; n < each; n += together) {
      const underWay: Promise<unknown>[] = []
      const begin = (account: (typeof accounts)[number], call: number) => {
        account.tick()
        underWay.push(account.order(`s-${call}`))
      }
      if (sequence === 'account by account')
        for (const account of accounts) for (let call = n; call < n + together; call++) begin(account, call)
      else for (let call = n; call < n + together; call++) for (const account of accounts) begin(account, call)
      await Promise.all(underWay)
    }
    const seconds = (performance.now() - began) / 1_000
    let foreign = 0
    let rows = 0
    for (const [n, account] of accounts.entries())
      for (let call = 0; call < each; call++) {
        const record = account.store.tradeCall(`s-${call}`)
        const [id] = record?.orders ?? []
        const order = id && account.store.order(id)
        const isOwn =
          record?.accountId === account.context.accountId &&
          record.userId === account.context.userId &&
          id === account.idOf(`s-${call}`) &&
          order?.signalId === `s-${call}` &&
          sent[n]![call] === id
        rows += 2
        if (!isOwn) foreign++
      }
    for (const [n, account] of accounts.entries()) {
      if (sent[n]!.length !== each) foreign++
      account.close()
    }
    return {
      perSecond: calls / seconds,
      foreign,
      looked: `${rows} rows looked at, and ${calls} orders at the adapters`,
    }
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** One account on real state, at a broker that takes every order and has it expire at once. */
function openAccount(layout: HomeLayout, account: string, onSubmit: (order: NewOrder) => void) {
  const accountId = account as AccountId
  mkdirSync(layout.account(accountId), { recursive: true })
  let clock = 0
  const now = () => epochMs(clock)
  const store = openState({ layout, accountId, instanceId: 'bench', expectExisting: false, now })
  store.transact(() => {
    store.postLedger(epochMs(1), 'opening', 'opening', postOpening('USD', minorUnits(5_000_000)))
    store.saveInstrument(RIG_INSTRUMENT)
  })
  const book = loadBook(store, [{ instrument: RIG_INSTRUMENT, series: `${SYMBOL}:1m` }])
  const session = { date: '2020-01-02', open: epochMs(0), close: epochMs(10 ** 12), holidayFacts: 'known' } as const
  const sessions = { sessionAt: () => session }
  const context = tradingContext({
    ...{ userId: createHash('md5').update(account).digest('hex').slice(0, 12), accountId, mode: 'paper' },
    ...{ signature: 'bench', tradingDate: '2020-01-02', modelId: '', baseModel: '' },
  })
  const sha256Hex = (text: string) => hash('sha256', text)
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const [ctx] = openContexts(
    {
      ...{ trading: context, store, broker: takingBroker(onSubmit), riskPerTradeBps: 100 },
      risk: openRiskRules(
        { ...NO_LIMITS, maxPositionLots: 100, maxOrderLots: 50 },
        { dayBoundary: 'session' },
        { sessionAt: sessions.sessionAt },
      ),
      ...{ confidence: neutralConfidence, licence: paperIsFree, sha256Hex, now, replaying: false },
      ...{ signal: new AbortController().signal, changed: () => undefined },
    },
    [
      {
        ...{ instrument: RIG_INSTRUMENT, timeframeMs: durationMs(60_000), series: `${SYMBOL}:1m` },
        ...{ strategyId: 'bench', strategyKey: 'bench', sessions, log: silent },
        run: eagerStrategy.open({ instrument: RIG_INSTRUMENT, timeframeMs: durationMs(60_000), parameters: {} }),
        ...{ observe: () => undefined, matchedUpTo: () => undefined },
      },
    ],
    book,
  )
  const px = ticks(16_000)
  book.lanes[0]!.see({ time: epochMs(0), open: px, high: px, low: px, close: px, volume: 1 })
  book.reconciled()
  const desk = openTradingDesk(ctx!, book)
  return {
    context,
    desk,
    store,
    tick: () => void (clock += 1_000),
    order: (signalId: string) =>
      desk.limitOrder(context, { signalId, symbol: SYMBOL, side: 'buy', quantity: lots(1), limitPx: ticks(15_900) }),
    idOf: (signalId: string) => idOf(sha256Hex, account, signalId),
    close: () => store.close(),
  }
}

/** What the id must be, worked out anew from the account's own names. */
function idOf(sha256Hex: (text: string) => string, accountId: string, signalId: string): string {
  const hash = sha256Hex(JSON.stringify([accountId, 'bench', signalId, 'entry', 1]))
  let bits = BigInt(`0x${hash.slice(0, 34)}`)
  let text = ''
  for (let i = 0; i < 26; i++, bits >>= 5n) text += 'abcdefghijklmnopqrstuvwxyz234567'[Number(bits & 31n)]
  return text
}

function takingBroker(onSubmit: (order: NewOrder) => void): Broker {
  let seq = 0
  const silent = { ok: false, failure: { kind: 'disconnected' } } as const
  const last = new Map<ClientOrderId, OrderReport>()
  const report = (order: NewOrder, status: OrderReport['status']): OrderReport => ({
    ...{ clientOrderId: order.clientOrderId, venueOrderId: venueOrderId(`V${++seq}`), symbol: order.symbol },
    ...{ side: order.side, quantity: order.quantity, purpose: order.purpose, status, cumQty: lots(0) },
    ...{ leavesQty: lots(0), at: epochMs(0) },
  })
  return {
    capabilities: ABLE,
    submit: (order) => {
      onSubmit(order)
      return Promise.resolve({ ok: true, value: report(order, 'expired') })
    },
    cancel: (id) => Promise.resolve(last.has(id) ? { ok: true, value: last.get(id)! } : silent),
    replace: () => Promise.resolve(silent),
    submitCombo: () => Promise.resolve(silent),
    orderByClientId: () => Promise.resolve(silent),
    openOrders: () => Promise.resolve(silent),
    fillsSince: () => Promise.resolve(silent),
    positions: () => Promise.resolve(silent),
    cash: () => Promise.resolve(silent),
    onExecution: () => undefined,
    close: () => Promise.resolve(),
  }
}
