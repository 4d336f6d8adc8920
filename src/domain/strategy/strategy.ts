import type { Session } from '../calendar/session.ts'
import type { Reason } from '../decision/decision.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { Bar } from '../market/bar.ts'
import type { Side } from '../order/order.ts'
import type { TradeCommand } from '../order/trade-command.ts'
import type { DurationMs, EpochMs, Lots, Ticks } from '../units/units.ts'

/** One number a person may change, with its unit and range; forms and validation are made from it. */
export type ParameterSpec = Readonly<{
  name: string
  label: string
  help: string
  unit: string
  kind: 'integer' | 'number'
  default: number
  min: number
  max: number
}>

/** An open position in the strategy's instrument or in an option on it. Prices are ticks of its own instrument. */
export type HeldPosition = Readonly<{
  symbol: string
  /** Signed lots. */
  quantity: Lots
  /** Average entry price, fractional only for display. */
  avgPx: number
  /** Last known price; undefined where nobody knows one. */
  markPx: Ticks | undefined
  /** Time of its first fill. */
  openedAt: EpochMs | undefined
}>

/** What a strategy may know of the account at this bar: nothing but its own positions and the day's count. */
export type PositionView = Readonly<{
  /** Signed lots; 0 is flat. */
  quantity: Lots
  /** Average entry price, ticks, fractional only for display; 0 when flat. */
  avgPx: number
  /** Bar time of the first fill of the open position. */
  openedAt: EpochMs | undefined
  /** An entry order that may still fill. */
  entryPending: boolean
  /** Positions opened in this session, options on the instrument counted in. */
  tradesToday: number
  /** What is held of the instrument and of options on it; valid until the next bar, so copy what must be kept. */
  held: readonly HeldPosition[]
}>

/**
 * What a strategy proposes at a bar. Prices are ticks. A `hold` is a setup that a filter turned down, told with why; it has
 * no side where not the instrument itself would have been bought or sold, but an option on it.
 */
export type Proposal =
  | Readonly<{
      kind: 'enter'
      side: Side
      stopPx: Ticks
      targetPx: Ticks
      reasons: readonly Reason[]
      features: Readonly<Record<string, number>>
    }>
  | Readonly<{ kind: 'exit'; reason: ExitReason; reasons: readonly Reason[] }>
  | Readonly<{ kind: 'hold'; side?: Side; reasons: readonly Reason[]; features: Readonly<Record<string, number>> }>
  /** Anything the trading service can do (options, spreads, orders of every kind), under all limits of the account. */
  | Readonly<{
      kind: 'trade'
      command: TradeCommand
      reasons: readonly Reason[]
      features: Readonly<Record<string, number>>
    }>

export type ExitReason = 'time-stop' | 'session-close' | 'signal'

/**
 * A strategy at work on one instrument: a fold over bars whose whole state is numbers.
 *
 * Deterministic: the same bars, sessions and positions give the same proposals, whether they come live, from a
 * replay or in a backtest. Synchronous; allocates only when it proposes something.
 */
export interface StrategyRun {
  /**
   * @param bar     closed bar; may be reused by the caller afterwards
   * @param session session the bar belongs to, undefined outside trading hours
   */
  onBar(bar: Bar, session: Session | undefined, position: PositionView): Proposal | undefined
  /** State as plain JSON, enough to continue with the next bar in another process. */
  snapshot(): unknown
  /** One-time remarks for the log ("no volume: equal weights"). Empties the list. */
  takeWarnings(): readonly Reason[]
  /** Current indicator values for charts and logs, by name; undefined while warming up. */
  indicators(): Readonly<Record<string, number>> | undefined
  /** Why it proposes nothing any more: a plug-in that was stopped. Open positions stay protected. */
  halted?(): Reason | undefined
}

export type StrategySetup = Readonly<{
  instrument: Instrument
  timeframeMs: DurationMs
  /** Validated against `parameters`: every name present. */
  parameters: Readonly<Record<string, number>>
  /** What an earlier run's `snapshot()` gave. */
  snapshot?: unknown
}>

export interface Strategy {
  readonly id: string
  readonly title: string
  readonly parameters: readonly ParameterSpec[]
  open(setup: StrategySetup): StrategyRun
}
