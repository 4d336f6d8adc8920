import type { AccountStore } from '../../domain/account/account-store.ts'
import type { Broker } from '../../domain/broker/broker.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import type { ConfidenceSource } from '../../domain/confidence/confidence.ts'
import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import type { TradingContext } from '../../domain/context/trading-context.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { LicenceSource } from '../../domain/licence/licence.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { RiskRules } from '../../domain/risk/risk-rules.ts'
import type { StrategyRun } from '../../domain/strategy/strategy.ts'
import type { DurationMs, EpochMs } from '../../domain/units/units.ts'

/** Where the bot writes what it did, for people: `event` is a stable code. */
export interface BotLog {
  info(event: string, message: string, fields?: Record<string, unknown>): void
  warn(event: string, message: string, fields?: Record<string, unknown>): void
  error(event: string, message: string, fields?: Record<string, unknown>): void
}

/** Everything one bot needs to trade one instrument on one account. Built once by the bot's entry point. */
export type BotContext = Readonly<{
  trading: TradingContext
  store: AccountStore
  broker: Broker
  /**
   * Shows a simulated venue the bar it matches on, before the strategy sees it.
   *
   * @returns undefined when nothing happened, else a promise that ends after every report of this bar was delivered
   */
  observe: (bar: Bar, sessionDate: string | undefined) => void | Promise<void>
  /** Time of the last bar a simulated venue has matched; undefined before the first, and for a venue with its own clock. */
  matchedUpTo: () => EpochMs | undefined
  instrument: Instrument
  timeframeMs: DurationMs
  /** Symbol and timeframe: what a place in the feed refers to. */
  series: string
  strategyId: string
  /** Strategy id and parameters: what a snapshot refers to. */
  strategyKey: string
  run: StrategyRun
  sessions: SessionClock
  risk: RiskRules
  riskPerTradeBps: number
  confidence: ConfidenceSource
  licence: LicenceSource
  sha256Hex: (text: string) => string
  /** Wall time. */
  now: () => EpochMs
  /** True where bars are history told again: records then carry the bar's time, so that every run writes the same. */
  replaying: boolean
  /** Ends every wait of this bot. */
  signal: CancelSignal
  log: BotLog
  /** Something a watcher would like to know has changed. */
  changed: () => void
}>

/** The moment a record is about: the bar's end in a replay, now elsewhere. */
export function marketNow(ctx: BotContext, bar: Readonly<Bar> | undefined): EpochMs {
  return ctx.replaying && bar ? ((bar.time + ctx.timeframeMs) as EpochMs) : ctx.now()
}
