import type { AccountStore } from '../../domain/account/account-store.ts'
import type { Broker } from '../../domain/broker/broker.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import type { ConfidenceSource } from '../../domain/confidence/confidence.ts'
import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import type { ExperienceSource } from '../../domain/experience/experience.ts'
import type { TradingContext } from '../../domain/context/trading-context.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { LicenceSource } from '../../domain/licence/licence.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { OptionMarket } from '../../domain/options/option-market.ts'
import type { OptionPricing } from '../../domain/options/pricing-port.ts'
import type { RiskRules } from '../../domain/risk/risk-rules.ts'
import type { StrategyRun } from '../../domain/strategy/strategy.ts'
import type { OutsideWord } from './outside-word.ts'
import type { DurationMs, EpochMs, Ticks } from '../../domain/units/units.ts'

/** Where the bot writes what it did, for people: `event` is a stable code. */
export interface BotLog {
  info(event: string, message: string, fields?: Record<string, unknown>): void
  warn(event: string, message: string, fields?: Record<string, unknown>): void
  error(event: string, message: string, fields?: Record<string, unknown>): void
}

/**
 * Everything one bot needs to trade one of its instruments. Built once, by the bot's entry point: one context for each
 * instrument (a lane), which differ in what is the lane's own and share what is the account's.
 */
export type BotContext = Readonly<{
  /** Place of this lane among those of the bot; the primary is 0. */
  lane: number
  /** The contexts of all lanes, this one included. */
  lanes: readonly BotContext[]
  /** The lane that an instrument belongs to: its own, that of what it is an option on, else the primary. */
  laneOf: (symbol: string) => BotContext
  /**
   * How an instrument counts: a lane's, one the account has traded, or one that can be resolved from its symbol.
   *
   * @returns undefined where nobody knows it, and for one in another currency than the account's
   */
  instrumentOf: (symbol: string) => Instrument | undefined
  /** Last known price: of the lane's last bar, or what the option market says; undefined where there is none. */
  markOf: (symbol: string) => Ticks | undefined
  trading: TradingContext
  store: AccountStore
  broker: Broker
  /** Puts on record, within a transaction, which account of its venue the books agree with; left out where there is only one. */
  confirmAccount?: () => void
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
  /** Where options are listed and quoted; undefined for an account that trades none. */
  optionMarket?: OptionMarket
  /** Option mathematics, in a process of its own. A failure of it is a HOLD, with the failure as its reason. */
  pricing?: OptionPricing
  confidence: ConfidenceSource
  licence: LicenceSource
  sha256Hex: (text: string) => string
  /** Wall time. */
  now: () => EpochMs
  /** What trades are made on, for the pool; by mode and feed. A replay's is `replay`, whatever is said here. */
  source?: ExperienceSource
  /** True where bars are history told again: records then carry the bar's time, so that every run writes the same. */
  replaying: boolean
  /** What is decided outside the bot: kill switch, limits across accounts. Left out where there is nothing outside. */
  outside?: OutsideWord
  /** Ends every wait of this bot. */
  signal: CancelSignal
  log: BotLog
  /** Something a watcher would like to know has changed. */
  changed: () => void
}>

/** The instrument of a row we wrote ourselves. @throws {Error} nobody knows it, which only a bug can bring about */
export function instrumentOrThrow(ctx: BotContext, symbol: string): Instrument {
  const instrument = ctx.instrumentOf(symbol)
  if (!instrument) throw new Error(`${symbol} is held or ordered, and nobody knows how it counts`)
  return instrument
}

/** Writes down how an instrument counts, with the first row of it: what the row means must be readable for good. */
export function rememberInstrument({ store, instrumentOf }: BotContext, symbol: string): void {
  const instrument = store.instrument(symbol) ? undefined : instrumentOf(symbol)
  if (instrument) store.saveInstrument(instrument)
}

/** The moment a record is about: the bar's end in a replay, now elsewhere. */
export function marketNow(ctx: BotContext, bar: Readonly<Bar> | undefined): EpochMs {
  return ctx.replaying && bar ? ((bar.time + ctx.timeframeMs) as EpochMs) : ctx.now()
}
