import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { openState, type HeldState } from '../../src/adapters/state-db/open-state.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import type { Broker, BrokerCapabilities } from '../../src/domain/broker/broker.ts'
import { neutralConfidence } from '../../src/domain/confidence/confidence.ts'
import { tradingContext, type TradingContext } from '../../src/domain/context/trading-context.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import { postOpening } from '../../src/domain/ledger/post-fill.ts'
import { paperIsFree } from '../../src/domain/licence/licence.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import type { ListedOption, OptionMarket } from '../../src/domain/options/option-market.ts'
import type { ClientOrderId } from '../../src/domain/order/order.ts'
import type { TradeCommand, TradeOutcome } from '../../src/domain/order/trade-command.ts'
import { NO_LIMITS, type RiskLimits } from '../../src/domain/risk/risk-limits.ts'
import { openRiskRules } from '../../src/domain/risk/risk-rules.ts'
import { durationMs, epochMs, minorUnits, ticks, type Ticks } from '../../src/domain/units/units.ts'
import { loadBook, type BotBook } from '../../src/engine/bot/bot-book.ts'
import type { BotContext, BotLog } from '../../src/engine/bot/bot-context.ts'
import { openContexts } from '../../src/engine/bot/open-contexts.ts'
import { executeTrade } from '../../src/engine/order-entry/execute-trade.ts'
import { tendOrders } from '../../src/engine/order-entry/tend-orders.ts'
import { applyExecution } from '../../src/engine/order-events/apply-execution.ts'
import { bookKeptFills } from '../../src/engine/order-events/foreign-fills.ts'
import { reconcile } from '../../src/engine/reconciliation/reconcile.ts'
import { RIG_INSTRUMENT } from './bot-rig.ts'
import { eagerStrategy } from './eager-strategy.ts'
import { scriptedBroker, type ScriptedBroker } from './scripted-broker.ts'

export const SYMBOL = RIG_INSTRUMENT.symbol
export const PX = 16_000

/** A second future, half as large a tick. */
export const OTHER: Instrument = { ...RIG_INSTRUMENT, symbol: 'HALFZ9', root: 'HALF', tickValue: minorUnits(625) }

export type TradeRigOptions = Readonly<{
  home: string
  capabilities: BrokerCapabilities
  account?: string
  limits?: Partial<RiskLimits>
  log?: BotLog
  /** The broker of an earlier rig: the bot died and starts again. */
  venue?: ScriptedBroker
  options?: readonly ListedOption[]
  quote?: OptionMarket['quote']
  pricing?: BotContext['pricing']
  replaying?: boolean
  /** What is traded, first to last; the rig's two futures unless told. */
  instruments?: readonly Instrument[]
  /** A real broker in place of the one the test plays, and the cash that its account begins with, minor units. */
  broker?: Broker
  cashMinor?: number
  /** False: no bar has been seen yet. */
  hasSeenBar?: boolean
}>

/** The trading service of one account on real state, at a broker the test plays; one bar has been seen. */
export function openTradeRig(options: TradeRigOptions) {
  const accountId = (options.account ?? 'trade-1') as AccountId
  const layout = homeLayout(options.home)
  mkdirSync(layout.account(accountId), { recursive: true })
  let clock = 60_000
  const now = () => epochMs(clock)
  const store: HeldState = openState({ layout, accountId, instanceId: 'rig', expectExisting: false, now })
  const listed = new Map((options.options ?? []).map((one) => [one.symbol, one as Instrument]))
  const traded = options.instruments ?? [RIG_INSTRUMENT, OTHER]
  const instruments = new Map([...listed, ...traded.map((one) => [one.symbol, one] as const)])
  const venue = options.venue ?? scriptedBroker(options.capabilities, (symbol) => instruments.get(symbol)!)
  const broker = options.broker ?? venue.broker
  const cash = minorUnits(options.cashMinor ?? 5_000_000)
  // Begun by the first of an account's rigs.
  if (store.ledgerBalance('opening-equity', 'USD') === 0)
    store.transact(() => store.postLedger(epochMs(1), 'opening', 'opening', postOpening('USD', cash)))
  const watched = traded.map((instrument) => ({ instrument, series: `${instrument.symbol}:1m` }))
  for (const { instrument } of watched) store.transact(() => store.saveInstrument(instrument))
  const book = loadBook(store, watched)
  const sessionAt = () =>
    ({ date: '2020-01-02', open: epochMs(0), close: epochMs(10 ** 12), holidayFacts: 'known' }) as const
  const strategy = eagerStrategy
  const optionMarket: OptionMarket | undefined = options.options && {
    chain: (underlying) => options.options!.filter(({ option }) => option.underlying === underlying),
    quote: options.quote ?? (() => undefined),
  }
  const context = tradingContext({
    ...{ userId: 'u'.repeat(12), accountId, mode: 'paper', signature: 'tester', tradingDate: '2020-01-02' },
    ...{ modelId: '', baseModel: '' },
  })
  const silentLog: BotLog = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const account = {
    trading: context,
    store,
    broker,
    risk: openRiskRules(
      { ...NO_LIMITS, maxPositionLots: 100, maxOrderLots: 50, ...options.limits },
      { dayBoundary: 'session' },
      { sessionAt },
    ),
    riskPerTradeBps: 100,
    confidence: neutralConfidence,
    licence: paperIsFree,
    ...(optionMarket ? { optionMarket } : {}),
    ...(options.pricing ? { pricing: options.pricing } : {}),
    sha256Hex: (text: string) => createHash('sha256').update(text).digest('hex'),
    now,
    replaying: options.replaying ?? false,
    signal: new AbortController().signal,
    changed: () => undefined,
  }
  const lanes = watched.map(({ instrument, series }) => ({
    ...{ instrument, timeframeMs: durationMs(60_000), series, strategyId: 'hand', strategyKey: 'hand' },
    run: strategy.open({ instrument, timeframeMs: durationMs(60_000), parameters: {} }),
    sessions: { sessionAt },
    observe: () => undefined,
    matchedUpTo: () => undefined,
    log: options.log ?? silentLog,
  }))
  const ctx: BotContext = openContexts(account, lanes, book, {
    resolve: (symbol) => listed.get(symbol),
    mark: (symbol) => options.quote?.(symbol)?.markPx,
  })[0]!
  bookKeptFills(ctx, book)
  broker.onExecution((report) => applyExecution(ctx, book, report))
  if (options.hasSeenBar !== false) seeBars(book, PX)
  book.brokerAnswered = true
  book.reconciled()
  let calls = 0

  return {
    ctx,
    book,
    store,
    venue,
    context,
    /** Carries out a command under a name of its own, or the one given. */
    trade: (command: TradeCommand, signalId = `call-${++calls}`, as: TradingContext = context): Promise<TradeOutcome> =>
      executeTrade(ctx, book, as, command, { signalId, strategyId: 'hand' }),
    /** Tells the bot what happened at the venue, and lets it do what follows. */
    async settle(arrange?: Parameters<ScriptedBroker['deliver']>[0]) {
      for (let round = 0; round < 8; round++) {
        venue.deliver(arrange)
        const work = tendOrders(ctx, book)
        if (!work) break
        await work
      }
    },
    reconcile: () => reconcile(ctx, book),
    /** A bar on both instruments, `high` and `low` around its close. */
    bar: (close: number, high = close, low = close) => {
      clock += 60_000
      seeBars(book, close, high, low, clock - 60_000)
    },
    wait: (ms: number) => void (clock += ms),
    close: () => store.close(),
  }
}

/** The first order that a call wrote. */
export function firstOrder(outcome: TradeOutcome): ClientOrderId {
  const id = 'orders' in outcome ? outcome.orders[0] : undefined
  if (id === undefined) throw new Error(`no order came of it: ${JSON.stringify(outcome)}`)
  return id
}

export type TradeRig = ReturnType<typeof openTradeRig>

function seeBars(book: BotBook, close: number, high = close, low = close, time = 0): void {
  const px = (value: number): Ticks => ticks(value)
  const bar: Bar = { time: epochMs(time), open: px(close), high: px(high), low: px(low), close: px(close), volume: 100 }
  for (const lane of book.lanes) lane.see(bar)
}
