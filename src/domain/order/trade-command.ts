import type { Reason } from '../decision/decision.ts'
import type { Refusal } from '../failure/refusal.ts'
import type { Lots, MinorUnits, Ticks } from '../units/units.ts'
import type { ClientOrderId, OrderChange, Side, TimeInForce, Trail } from './order.ts'

/**
 * One thing that can be asked of the trading service, as data: strategies, agent tools, the API and the command line all
 * speak it. Prices are ticks of the symbol's instrument, quantities positive lots.
 */
export type TradeCommand = OrderCommand | OptionCommand | SpreadCommand | PositionCommand

/** Price at which to trade at best; the market's where undefined. */
type AtMost = Readonly<{ limitPx?: Ticks }>
type Sized = Readonly<{ symbol: string; quantity: Lots }>

export type OrderCommand =
  /** Opens or enlarges a long position; refused while short. */
  | (Readonly<{ kind: 'buy' }> & Sized & AtMost)
  /** Reduces or closes a long position; refused beyond it. */
  | (Readonly<{ kind: 'sell' }> & Sized & AtMost)
  /** Opens or enlarges a short position; refused while long. */
  | (Readonly<{ kind: 'short-sell' }> & Sized & AtMost)
  /** Reduces or closes a short position; refused beyond it. */
  | (Readonly<{ kind: 'cover-short' }> & Sized & AtMost)
  | (Readonly<{ kind: 'market-order'; side: Side }> & Sized)
  | (Readonly<{ kind: 'limit-order'; side: Side; limitPx: Ticks; timeInForce?: TimeInForce }> & Sized)
  | (Readonly<{ kind: 'stop-limit'; side: Side; stopPx: Ticks; limitPx: Ticks; timeInForce?: TimeInForce }> & Sized)
  /** Protects the open position, all of it unless a quantity is given. */
  | Readonly<{ kind: 'stop-loss'; symbol: string; stopPx: Ticks; quantity?: Lots }>
  | Readonly<{ kind: 'trailing-stop'; symbol: string; trail: Trail; quantity?: Lots }>
  /** An entry with its stop and target. */
  | (Readonly<{ kind: 'bracket-order'; side: Side; stopPx: Ticks; targetPx: Ticks }> & Sized & AtMost)
  /** Stop and target of the open position, one cancels the other. */
  | Readonly<{ kind: 'oco-order'; symbol: string; stopPx: Ticks; targetPx: Ticks; quantity?: Lots }>
  | Readonly<{ kind: 'modify-order'; clientOrderId: ClientOrderId; change: OrderChange }>
  | Readonly<{ kind: 'cancel-order'; clientOrderId: ClientOrderId }>
  /** Protective orders of an open position stay unless `protective`. */
  | Readonly<{ kind: 'cancel-all'; symbol?: string; protective?: boolean }>

/** How an expiry is chosen: a trade date, or the n-th that has not passed (0 is the nearest). */
export type ExpiryChoice = Readonly<{ date: string }> | Readonly<{ nth: number }>
/** How a strike is chosen: a price, or strikes in the money from the one nearest to the underlying (negative: out of it). */
export type StrikeChoice = Readonly<{ price: string }> | Readonly<{ itmOffset: number }>

type OptionChoice = Readonly<{ underlying: string; expiry: ExpiryChoice; strike: StrikeChoice; quantity: Lots }>

export type OptionCommand =
  | (Readonly<{ kind: 'buy-call' | 'sell-call' | 'buy-put' | 'sell-put' }> & OptionChoice & AtMost)
  | Readonly<{ kind: 'exercise'; symbol: string; quantity: Lots }>

type Spread = Readonly<{
  underlying: string
  expiry: ExpiryChoice
  quantity: Lots
  /** Most that one unit may cost, minor units; negative where it must bring something in. */
  netLimitMinor?: MinorUnits
}>

export type SpreadCommand =
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
  /** Sells the near expiry and buys the far one (`side: 'buy'`), or the other way round. */
  | (Readonly<{ kind: 'calendar-spread'; type: 'call' | 'put'; side: Side; strike: StrikeChoice; far: ExpiryChoice }> &
      Spread)
  | (Readonly<{ kind: 'straddle'; side: Side; strike: StrikeChoice }> & Spread)
  | (Readonly<{ kind: 'strangle'; side: Side; put: StrikeChoice; call: StrikeChoice }> & Spread)

export type PositionCommand =
  | Readonly<{ kind: 'close-position'; symbol: string }>
  | Readonly<{ kind: 'close-all-positions' }>
  /** Percent of the open lots, 1..100; rounded up to a whole lot. */
  | Readonly<{ kind: 'reduce-position'; symbol: string; percent: number }>
  /** Closes and opens the same size on the other side; the new half passes every limit of an entry. */
  | Readonly<{ kind: 'reverse-position'; symbol: string }>
  /** Opens the opposite of `percent` of a position in another instrument of the same worth. */
  | Readonly<{ kind: 'hedge-position'; symbol: string; with: string; percent: number }>
  /** Cancels every entry, closes every position, then cancels what is left. */
  | Readonly<{ kind: 'flatten' }>

/** What became of a command. Nothing was changed where it is `refused`. */
export type TradeOutcome =
  /** The broker has the orders (or the command was carried out without any). */
  | Readonly<{ kind: 'accepted'; orders: readonly ClientOrderId[]; reasons: readonly Reason[] }>
  /** Nothing to do: the position is flat already, the order had ended. */
  | Readonly<{ kind: 'nothing-to-do'; reasons: readonly Reason[] }>
  /** We did not send it: bad input, a limit, a block. Every reason is given. */
  | Readonly<{ kind: 'refused'; refusal: Refusal; reasons: readonly Reason[] }>
  /** The broker did not take it; earlier legs were unwound, as the reasons tell. */
  | Readonly<{ kind: 'rejected'; orders: readonly ClientOrderId[]; reason: string; reasons: readonly Reason[] }>
  /** No answer: the orders may be live. The bot finds out before it does anything else; do not send it again. */
  | Readonly<{ kind: 'unknown'; orders: readonly ClientOrderId[]; reasons: readonly Reason[] }>
