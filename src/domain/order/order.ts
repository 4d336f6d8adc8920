import type { EpochMs, Lots, MinorUnits, Ticks } from '../units/units.ts'

/** Our name for an order (FIX 11): derived, never random, at most 48 characters. */
export type ClientOrderId = string & { readonly brand: 'ClientOrderId' }
/** The venue's name for an order (FIX 37). */
export type VenueOrderId = string & { readonly brand: 'VenueOrderId' }
/** The broker's name for a fill (FIX 17), unique within the account. */
export type FillId = string & { readonly brand: 'FillId' }

export const clientOrderId = (text: string): ClientOrderId => text as ClientOrderId
export const venueOrderId = (text: string): VenueOrderId => text as VenueOrderId
export const fillId = (text: string): FillId => text as FillId

export type Side = 'buy' | 'sell'
export type TimeInForce = 'day' | 'gtc'

export type OrderType =
  | { readonly kind: 'market' }
  | { readonly kind: 'limit'; readonly limitPx: Ticks }
  | { readonly kind: 'stop'; readonly stopPx: Ticks }
  | { readonly kind: 'stop-limit'; readonly stopPx: Ticks; readonly limitPx: Ticks }
  /** A stop that follows the best price since it began to work, at a distance, and never goes back. */
  | { readonly kind: 'trailing-stop'; readonly trail: Trail }

/** Distance of a trailing stop: ticks, or basis points of the best price (rounded away from it to a whole tick). */
export type Trail = Readonly<{ by: 'amount'; ticks: Ticks }> | Readonly<{ by: 'percent'; bps: number }>

/** Protective children of an entry: working for exactly what the entry has filled, one cancels the other. */
export type Bracket = Readonly<{
  stop: Readonly<{ clientOrderId: ClientOrderId; stopPx: Ticks }>
  target: Readonly<{ clientOrderId: ClientOrderId; limitPx: Ticks }>
}>

/** What an order is for; decides whether it may pass in degraded states. */
export type OrderPurpose = 'entry' | 'exit' | 'stop' | 'target'

/** An order as we want it. `quantity` is positive. */
export type NewOrder = Readonly<{
  clientOrderId: ClientOrderId
  symbol: string
  side: Side
  quantity: Lots
  type: OrderType
  timeInForce: TimeInForce
  purpose: OrderPurpose
  bracket?: Bracket
  /** The other order of a one-cancels-other pair: what one fills, the venue takes off the other. */
  oco?: ClientOrderId
  /** It may only make the position smaller: what it could fill beyond that, the venue leaves. */
  reduceOnly?: boolean
}>

/** What may be changed of a working order; what is left out stays. `quantity` is the whole order's, fills included. */
export type OrderChange = Readonly<{ quantity?: Lots; limitPx?: Ticks; stopPx?: Ticks; trail?: Trail }>

/** Orders in several instruments that a venue takes and fills together or not at all. */
export type Combo = Readonly<{
  comboId: ClientOrderId
  legs: readonly NewOrder[]
  /** Most that one unit of the whole may cost, minor units; negative where it must bring something in. */
  netLimitMinor?: MinorUnits
}>

/**
 * One execution of part or all of an order. `commission` is in minor units; below 0 it is a rebate that the venue pays.
 * Where the venue filled between two ticks, `price` is the one that is worse for us, and `credit` the money by which the
 * whole fill was better, minor units above 0; absent on the tick.
 * `at` is the venue's transact time, for a simulated venue the time of the bar that filled it.
 */
export type Fill = Readonly<{
  fillId: FillId
  clientOrderId: ClientOrderId
  symbol: string
  side: Side
  quantity: Lots
  price: Ticks
  credit?: number
  commission: number
  at: EpochMs
}>

export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}

/** +1 for buy, −1 for sell. */
export function signOf(side: Side): 1 | -1 {
  return side === 'buy' ? 1 : -1
}
