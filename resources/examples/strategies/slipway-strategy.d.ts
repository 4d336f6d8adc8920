/**
 * The types of a Slipway strategy. Import them with `import type`: at runtime a strategy needs nothing of ours.
 *
 * Prices are whole ticks: price = ticks × instrument.tickUnits / 10^instrument.priceDigits. Times are UTC milliseconds.
 */

/** What a plug-in's default export is. */
export interface Strategy {
  /** Small letters, digits and dashes; the name of its file in the strategies folder. */
  readonly id: string
  readonly title: string
  /** Numbers a person may change. */
  readonly parameters: readonly ParameterSpec[]
  /** Begins a run on one instrument. Called once for each instrument, and again after a restart with the snapshot. */
  open(setup: StrategySetup): StrategyRun
}

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

export type StrategySetup = Readonly<{
  instrument: Instrument
  timeframeMs: number
  /** Every parameter by name, within its range. */
  parameters: Readonly<Record<string, number>>
  /** What `snapshot()` of an earlier run gave; undefined for a run that begins anew. */
  snapshot?: unknown
}>

/** A run: a fold over bars. The same bars and positions must give the same proposals, every time. */
export interface StrategyRun {
  /**
   * Called with each closed bar, 250 ms at the most. Must not return a promise.
   *
   * @param session the trading session of the bar; undefined outside trading hours
   */
  onBar(bar: Bar, session: Session | undefined, position: PositionView): Proposal | undefined
  /** Everything it remembers, as plain JSON: a run opened with it goes on with the next bar as this one would. */
  snapshot(): unknown
  /** Remarks for the log, each told once; empties the list. */
  takeWarnings?(): readonly Reason[]
  /** Current values for charts and logs, by name. */
  indicators?(): Readonly<Record<string, number>> | undefined
}

/** One bar; `time` is its start. */
export type Bar = { time: number; open: number; high: number; low: number; close: number; volume: number }

/** One trading session, [open, close), and the exchange's date for it. */
export type Session = Readonly<{ date: string; open: number; close: number; holidayFacts: 'known' | 'unknown' }>

/** What is held, and how much was traded today. */
export type PositionView = Readonly<{
  /** Signed lots; 0 is flat. */
  quantity: number
  /** Average entry price, ticks; 0 when flat. */
  avgPx: number
  openedAt: number | undefined
  /** An entry order that may still fill. */
  entryPending: boolean
  /** Positions opened in this session. */
  tradesToday: number
  /** What is held of the instrument and of options on it. */
  held: readonly HeldPosition[]
}>

export type HeldPosition = Readonly<{
  symbol: string
  quantity: number
  avgPx: number
  markPx: number | undefined
  openedAt: number | undefined
}>

/** Why, for people and records: a stable code (small letters, digits, dashes) and a sentence with the numbers in it. */
export type Reason = Readonly<{ code: string; text: string }>

export type Side = 'buy' | 'sell'
export type Features = Readonly<Record<string, number>>

/** What a strategy proposes. The account's limits decide what becomes of it, and how large it is. */
export type Proposal =
  /** Open a position with its stop and target. */
  | Readonly<{
      kind: 'enter'
      side: Side
      stopPx: number
      targetPx: number
      reasons: readonly Reason[]
      features?: Features
    }>
  /** Close the position. */
  | Readonly<{ kind: 'exit'; reason: 'time-stop' | 'session-close' | 'signal'; reasons: readonly Reason[] }>
  /** A setup that was not taken, for the record; without a side where an option was asked for. */
  | Readonly<{ kind: 'hold'; side?: Side; reasons: readonly Reason[]; features?: Features }>
  /** Anything the trading service can do. */
  | Readonly<{ kind: 'trade'; command: TradeCommand; reasons: readonly Reason[]; features?: Features }>

export type ExpiryChoice = Readonly<{ date: string }> | Readonly<{ nth: number }>
export type StrikeChoice = Readonly<{ price: string }> | Readonly<{ itmOffset: number }>
export type Trail = Readonly<{ by: 'amount'; ticks: number }> | Readonly<{ by: 'percent'; bps: number }>
export type TimeInForce = 'day' | 'gtc'

type Sized = Readonly<{ symbol: string; quantity: number }>
type AtMost = Readonly<{ limitPx?: number }>
type OptionChoice = Readonly<{ underlying: string; expiry: ExpiryChoice; strike: StrikeChoice; quantity: number }>
type Spread = Readonly<{ underlying: string; expiry: ExpiryChoice; quantity: number; netLimitMinor?: number }>

/** A command of the trading service: quantities are lots above 0, prices ticks of the symbol's own instrument. */
export type TradeCommand =
  | (Readonly<{ kind: 'buy' | 'sell' | 'short-sell' | 'cover-short' }> & Sized & AtMost)
  | (Readonly<{ kind: 'market-order'; side: Side }> & Sized)
  | (Readonly<{ kind: 'limit-order'; side: Side; limitPx: number; timeInForce?: TimeInForce }> & Sized)
  | (Readonly<{ kind: 'stop-limit'; side: Side; stopPx: number; limitPx: number; timeInForce?: TimeInForce }> & Sized)
  | Readonly<{ kind: 'stop-loss'; symbol: string; stopPx: number; quantity?: number }>
  | Readonly<{ kind: 'trailing-stop'; symbol: string; trail: Trail; quantity?: number }>
  | (Readonly<{ kind: 'bracket-order'; side: Side; stopPx: number; targetPx: number }> & Sized & AtMost)
  | Readonly<{ kind: 'oco-order'; symbol: string; stopPx: number; targetPx: number; quantity?: number }>
  | Readonly<{
      kind: 'modify-order'
      clientOrderId: string
      change: Readonly<{ quantity?: number; limitPx?: number; stopPx?: number; trail?: Trail }>
    }>
  | Readonly<{ kind: 'cancel-order'; clientOrderId: string }>
  | Readonly<{ kind: 'cancel-all'; symbol?: string; protective?: boolean }>
  | (Readonly<{ kind: 'buy-call' | 'sell-call' | 'buy-put' | 'sell-put' }> & OptionChoice & AtMost)
  | (Readonly<{ kind: 'exercise' }> & Sized)
  | (Readonly<{ kind: 'vertical-spread'; type: 'call' | 'put'; buy: StrikeChoice; sell: StrikeChoice }> & Spread)
  | (Readonly<{
      kind: 'iron-condor'
      putBuy: StrikeChoice
      putSell: StrikeChoice
      callSell: StrikeChoice
      callBuy: StrikeChoice
    }> &
      Spread)
  | (Readonly<{
      kind: 'butterfly-spread'
      type: 'call' | 'put'
      side: Side
      lower: StrikeChoice
      middle: StrikeChoice
      upper: StrikeChoice
    }> &
      Spread)
  | (Readonly<{ kind: 'calendar-spread'; type: 'call' | 'put'; side: Side; strike: StrikeChoice; far: ExpiryChoice }> &
      Spread)
  | (Readonly<{ kind: 'straddle'; side: Side; strike: StrikeChoice }> & Spread)
  | (Readonly<{ kind: 'strangle'; side: Side; put: StrikeChoice; call: StrikeChoice }> & Spread)
  | Readonly<{ kind: 'close-position'; symbol: string }>
  | Readonly<{ kind: 'close-all-positions' }>
  | Readonly<{ kind: 'reduce-position'; symbol: string; percent: number }>
  | Readonly<{ kind: 'reverse-position'; symbol: string }>
  | Readonly<{ kind: 'hedge-position'; symbol: string; with: string; percent: number }>
  | Readonly<{ kind: 'flatten' }>

/** What is traded and how it counts; one tick on one lot is worth `tickValue` minor units of the currency. */
export type Instrument = Readonly<{
  symbol: string
  root: string
  name: string
  kind: 'future' | 'equity' | 'index' | 'perpetual' | 'option'
  exchange: string
  currency: Readonly<{ code: string; digits: number }>
  tickUnits: number
  priceDigits: number
  tickValue: number
  lotSize: string
}>
