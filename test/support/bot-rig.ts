import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { openMergedFeed } from '../../src/adapters/feeds/merged-feed.ts'
import { ReplayPace } from '../../src/adapters/feeds/replay-pace.ts'
import { homeLayout, type HomeLayout } from '../../src/adapters/home/layout.ts'
import { openPaperBooks } from '../../src/adapters/paper-books/open-paper-books.ts'
import { openState, type HeldState } from '../../src/adapters/state-db/open-state.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import type { Broker } from '../../src/domain/broker/broker.ts'
import type { PaperBooks } from '../../src/domain/broker/paper-books.ts'
import type { Session } from '../../src/domain/calendar/session.ts'
import { neutralConfidence, type ConfidenceSource } from '../../src/domain/confidence/confidence.ts'
import { tradingContext } from '../../src/domain/context/trading-context.ts'
import type { Feed } from '../../src/domain/feed/feed.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import { postOpening } from '../../src/domain/ledger/post-fill.ts'
import { paperIsFree, type LicenceSource } from '../../src/domain/licence/licence.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { NO_LIMITS, type RiskLimits } from '../../src/domain/risk/risk-limits.ts'
import { openRiskRules } from '../../src/domain/risk/risk-rules.ts'
import type { Strategy } from '../../src/domain/strategy/strategy.ts'
import { durationMs, epochMs, minorUnits, ticks } from '../../src/domain/units/units.ts'
import { loadBook, type BotBook } from '../../src/engine/bot/bot-book.ts'
import type { BotContext, BotLog } from '../../src/engine/bot/bot-context.ts'
import { openContexts, type LaneParts } from '../../src/engine/bot/open-contexts.ts'
import type { BotEnd, LoopEdge } from '../../src/engine/bot/loop-edge.ts'
import { runBot } from '../../src/engine/bot/run-bot.ts'
import { applyExecution } from '../../src/engine/order-events/apply-execution.ts'
import { openSimBroker, type SimBroker } from '../../src/engine/simulation/sim-broker.ts'
import { eagerStrategy } from './eager-strategy.ts'

export const RIG_ACCOUNT = 'rig-1' as AccountId

/** Another future, in the same currency and with the same ticks. */
export const otherInstrument = (symbol: string, root: string): Instrument => ({ ...RIG_INSTRUMENT, symbol, root })

export const RIG_INSTRUMENT: Instrument = {
  symbol: 'TESTZ9',
  root: 'TEST',
  name: 'Test future',
  kind: 'future',
  exchange: 'TEST',
  currency: { code: 'USD', digits: 2 },
  tickUnits: 25,
  priceDigits: 2,
  tickValue: minorUnits(1250),
  lotSize: '50',
  session: { zone: 'UTC', openMinute: 0, closeMinute: 1440, opensDayBefore: false, weekdays: [0, 1, 2, 3, 4, 5, 6] },
  calendar: 'none',
}

const DAY = 86_400_000

/** Sessions of 200 minutes with a gap, so that short runs cross several of them. */
export function rigSession(at: number): Session | undefined {
  const length = 200 * 60_000
  const cycle = length + 20 * 60_000
  const n = Math.floor(at / cycle)
  const open = n * cycle
  if (at >= open + length) return undefined
  return {
    date: new Date(n * DAY).toISOString().slice(0, 10),
    open: epochMs(open),
    close: epochMs(open + length),
    holidayFacts: 'known',
  }
}

/** A random walk of bars in whole ticks; the same seed gives the same walk everywhere. */
export function walkBars(count: number, seed: number): Bar[] {
  let state = seed >>> 0
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  let price = 16_000
  const bars: Bar[] = []
  for (let i = 0; i < count; i++) {
    const open = price + next(5) - 2
    const close = open + next(13) - 6
    const high = Math.max(open, close) + next(4)
    const low = Math.min(open, close) - next(4)
    bars.push({
      time: epochMs(i * 60_000),
      open: ticks(open),
      high: ticks(high),
      low: ticks(low),
      close: ticks(close),
      volume: 5 + next(60),
    })
    price = close
  }
  return bars
}

export function feedOf(bars: readonly Bar[], after: number | undefined): Feed {
  let i = after === undefined ? 0 : bars.findIndex((bar) => bar.time > after)
  if (i < 0) i = bars.length
  const slot = { ...bars[0] } as Bar
  return {
    poll: () => {
      const bar = bars[i]
      if (!bar) return undefined
      i++
      return Object.assign(slot, bar)
    },
    next: () => Promise.resolve({ kind: 'ended' }),
    close: () => undefined,
  }
}

export type RigOptions = Readonly<{
  home: string
  bars: readonly Bar[]
  /** Instruments beside the first, each with its bars. */
  also?: readonly Readonly<{ instrument: Instrument; bars: readonly Bar[] }>[]
  /** What the bot takes for real time, and how it tells time then; a replay otherwise. */
  realTime?: () => number
  /** What other symbols mean. */
  resolve?: (symbol: string) => Instrument | undefined
  strategy?: Strategy
  riskPerTradeBps?: number
  limits?: Partial<RiskLimits>
  /** Day boundary, windows and locks as the settings have them. */
  rules?: Partial<Parameters<typeof openRiskRules>[1]>
  log?: BotLog
  confidence?: ConfidenceSource
  licence?: LicenceSource
  /** Stands between the bot and its state, its books, its broker: where faults are put in. */
  wrapStore?: (store: HeldState) => HeldState
  wrapBooks?: (books: PaperBooks) => PaperBooks
  wrapBroker?: (broker: SimBroker) => Broker
  edge?: Partial<LoopEdge>
  onBook?: (book: BotBook, ctx: BotContext) => void
}>

export type Rig = Readonly<{
  layout: HomeLayout
  ctx: BotContext
  book: BotBook
  store: HeldState
  run: () => Promise<BotEnd>
  close: () => Promise<void>
}>

/** A bot without its process: real state, real books, real engine; the feed is a list. */
export function openRig(options: RigOptions): Rig {
  const layout = homeLayout(options.home)
  mkdirSync(layout.account(RIG_ACCOUNT), { recursive: true })
  const plain = openState({
    layout,
    accountId: RIG_ACCOUNT,
    instanceId: 'rig',
    expectExisting: false,
    now: () => epochMs(1),
  })
  const store = options.wrapStore?.(plain) ?? plain
  const plainBooks = openPaperBooks({ layout, accountId: RIG_ACCOUNT, expectExisting: false })
  const books = options.wrapBooks?.(plainBooks) ?? plainBooks
  const broker = openSimBroker({
    books,
    instrument: RIG_INSTRUMENT,
    settings: {
      startingCash: minorUnits(5_000_000),
      slippageTicks: 1,
      commissionMinorPerLot: 200,
      volumeShareBps: 1_000,
    },
    defer: setImmediate,
    barMs: durationMs(60_000),
    sessionsOf: () => ({ sessionAt: rigSession }),
    instrumentOf: (symbol) =>
      options.also?.find((one) => one.instrument.symbol === symbol)?.instrument ?? options.resolve?.(symbol),
  })
  store.transact(() => store.postLedger(epochMs(1), 'opening', 'opening', postOpening('USD', minorUnits(5_000_000))))
  const strategy = options.strategy ?? eagerStrategy
  const watched = [{ instrument: RIG_INSTRUMENT, bars: options.bars }, ...(options.also ?? [])].map((one) => ({
    ...one,
    series: `${one.instrument.symbol}:1m`,
  }))
  for (const { instrument } of watched) store.transact(() => store.saveInstrument(instrument))
  const book = loadBook(store, watched)
  const now = options.realTime ?? (() => 1)
  const account = {
    trading: tradingContext({
      userId: 'u'.repeat(12),
      accountId: RIG_ACCOUNT,
      mode: 'paper',
      signature: strategy.id,
      tradingDate: '',
      modelId: '',
      baseModel: '',
    }),
    store,
    broker: options.wrapBroker?.(broker) ?? broker,
    risk: openRiskRules(
      { ...NO_LIMITS, maxPositionLots: 10, maxOrderLots: 6, maxTradesPerDay: 1_000, ...options.limits },
      { dayBoundary: 'session', ...options.rules },
      { sessionAt: rigSession },
    ),
    riskPerTradeBps: options.riskPerTradeBps ?? 100,
    confidence: options.confidence ?? neutralConfidence,
    licence: options.licence ?? paperIsFree,
    sha256Hex: (text: string) => createHash('sha256').update(text).digest('hex'),
    now: () => epochMs(now()),
    replaying: options.realTime === undefined,
    signal: new AbortController().signal,
    changed: () => undefined,
  }
  const lanes: LaneParts[] = watched.map(({ instrument, series }) => {
    const checkpoint = store.checkpoints().find((place) => place.series === series)
    return {
      instrument,
      timeframeMs: durationMs(60_000),
      series,
      strategyId: strategy.id,
      strategyKey: strategy.id,
      run: strategy.open({
        instrument,
        timeframeMs: durationMs(60_000),
        parameters: {},
        ...(checkpoint ? { snapshot: checkpoint.snapshot } : {}),
      }),
      sessions: { sessionAt: rigSession },
      observe: (bar, sessionDate) => broker.observe(bar, sessionDate, instrument.symbol),
      matchedUpTo: () => broker.matchedUpTo(instrument.symbol),
      log: options.log ?? { info: () => undefined, warn: () => undefined, error: () => undefined },
    }
  })
  const ctx = openContexts(account, lanes, book, options.resolve ? { resolve: options.resolve } : {})[0]!
  // What would end a bot's process ends the rig's run.
  const { promise: crash, reject: crashWith } = Promise.withResolvers<never>()
  crash.catch(() => undefined)
  broker.onExecution((report) => {
    try {
      applyExecution(ctx, book, report)
    } catch (error) {
      crashWith(error)
    }
  })
  options.onBook?.(book, ctx)
  const feeds = watched.map(({ bars }, lane) => feedOf(bars, book.lanes[lane]!.startsAfter))
  const clock = { now: () => epochMs(0), sleep: () => Promise.resolve() }
  const pace = new ReplayPace('max', 60_000, clock)
  const feed = feeds.length === 1 ? feeds[0]! : openMergedFeed({ feeds, replay: pace, clock })
  return {
    layout,
    ctx,
    book,
    store,
    run: async () => {
      for (const { lane, observe } of ctx.lanes) {
        const { lastBar } = book.lanes[lane]!
        if (lastBar) await observe({ ...lastBar }, rigSession(lastBar.time)?.date)
      }
      const ended = runBot(ctx, book, feed, {
        wait: () => feed.next(new AbortController().signal),
        breathless: () => false,
        breathe: () => Promise.resolve(),
        feedTrouble: () => undefined,
        reconcileDue: () => true,
        auditDue: () => false,
        pause: () => Promise.resolve(),
        trading: () => undefined,
        flat: () => undefined,
        ...options.edge,
      })
      return Promise.race([ended, crash])
    },
    close: async () => {
      await broker.close()
      plain.close()
    },
  }
}
