import type {
  ClientOrderId,
  Combo,
  Fill,
  NewOrder,
  OrderChange,
  OrderPurpose,
  OrderType,
  Side,
  VenueOrderId,
} from '../order/order.ts'
import type { ToldFill } from '../order/told-fill.ts'
import type { EpochMs, Lots, MinorUnits, Ticks } from '../units/units.ts'
import type { BrokerFailure } from './broker-failure.ts'

/** What a venue can do, as data: the engine never asks which broker it has. */
export type BrokerCapabilities = Readonly<{
  /** The venue keeps stop and target itself and makes them one-cancels-other. */
  bracket: boolean
  /** The venue honours `NewOrder.oco`; elsewhere we cancel the other order ourselves. */
  oco: boolean
  /** The venue trails a stop itself; elsewhere we move it. */
  trailingStop: boolean
  /** `replace` changes a working order at once; elsewhere we cancel it and send another. */
  replace: boolean
  /** `submitCombo` is all or nothing; elsewhere legs are sent one by one. */
  combo: boolean
  /** `NewOrder.reduceOnly` is honoured; elsewhere an order that finds nothing left to close opens the other side. */
  reduceOnly: boolean
  /** A repeated client order id is refused or answered with the first order, for as long as the order is known. */
  dedupesClientOrderId: boolean
  /** Cash changes there with fills and nothing else, as at a simulated venue; left out: money comes and goes otherwise too. */
  cashByFillsOnly?: boolean
  /** How long an accepted order may stay invisible to queries, ms. */
  visibilityLagMs: number
}>

export type VenueOrderStatus = 'acknowledged' | 'partially-filled' | 'filled' | 'canceled' | 'rejected' | 'expired'

/**
 * An order as the venue sees it; `leavesQty` is what it may still fill now.
 *
 * A leg of a bracket that waits for its entry is `acknowledged` with 0 lots, and grows with what the entry fills.
 */
export type OrderReport = Readonly<{
  clientOrderId: ClientOrderId
  venueOrderId: VenueOrderId
  symbol: string
  side: Side
  quantity: Lots
  purpose: OrderPurpose
  /** As the venue has it now, after changes; undefined where it does not say. */
  type?: OrderType
  status: VenueOrderStatus
  cumQty: Lots
  leavesQty: Lots
  /** Where the venue keeps this order as part of a bracket: the entry it protects. */
  parent?: ClientOrderId
  reason?: string
  /** It ended because it could only reduce a position, and there was none left to reduce. */
  nothingToReduce?: boolean
  at: EpochMs
}>

export type PositionReport = Readonly<{ symbol: string; quantity: Lots; avgPx: Ticks }>

/**
 * What the venue tells us unasked: a new order status, with the fill that caused it where one did. A fill of a market
 * that nobody here can count is told as it came, in `foreign`.
 */
export type ExecutionReport = Readonly<{ order: OrderReport; fill?: Fill; foreign?: ToldFill }>

/** Fills in the venue's order; `foreign` are those of markets that nobody here can count. */
export type FillsReply = Readonly<{
  fills: readonly Fill[]
  foreign?: readonly ToldFill[]
  cursor: string | undefined
}>

/** A reply to one call: the value, or why there is none. Brokers never throw for what a venue can do to us. */
export type Reply<T> = Readonly<{ ok: true; value: T }> | Readonly<{ ok: false; failure: BrokerFailure }>

/**
 * The account at the broker. Every call ends: the adapter bounds it by its own timeouts and the given signal.
 */
export interface Broker {
  readonly capabilities: BrokerCapabilities
  /**
   * A bracket is taken or refused whole, its legs with it. 'disconnected' and 'rate-limited' promise that nothing of the order
   * has left, or that the venue has not looked at it; whatever may have arrived is 'unknown-outcome'.
   */
  submit(order: NewOrder): Promise<Reply<OrderReport>>
  /** @returns the order as it then stands: also when it had ended before, so look at its status */
  cancel(id: ClientOrderId): Promise<Reply<OrderReport>>
  /**
   * Changes a working order in place, where the venue can (`capabilities.replace`); 'rejected' elsewhere. The reply is
   * the order as it then stands: also when it had ended or filled further before.
   */
  replace(id: ClientOrderId, change: OrderChange): Promise<Reply<OrderReport>>
  /** Takes all legs or none, where the venue can (`capabilities.combo`); 'rejected' elsewhere. */
  submitCombo(combo: Combo): Promise<Reply<readonly OrderReport[]>>
  /**
   * Exercises lots of an option that is held, where the venue can (undefined elsewhere). The reply is the order under
   * which it is done; what it brings is reported as fills.
   */
  exercise?(id: ClientOrderId, symbol: string, quantity: Lots): Promise<Reply<OrderReport>>
  /** @returns undefined in `value` when the venue does not know the id (yet: see visibilityLagMs) */
  orderByClientId(id: ClientOrderId): Promise<Reply<OrderReport | undefined>>
  openOrders(): Promise<Reply<readonly OrderReport[]>>
  /** Fills after the cursor in the venue's own order; pass undefined for all that the venue still keeps. */
  fillsSince(cursor: string | undefined): Promise<Reply<FillsReply>>
  positions(): Promise<Reply<readonly PositionReport[]>>
  cash(): Promise<Reply<MinorUnits>>
  /**
   * One listener, called in the venue's order, always on a later turn than the call that caused the report. What a call
   * did to its own order is in its reply; the listener hears of all else, and may hear of the same twice.
   */
  onExecution(listener: (report: ExecutionReport) => void): void
  /**
   * One listener, told when reports were missed, or may have been: only orders, fills, positions and cash, asked for
   * anew, tell what is true. A broker that cannot miss a report has no such call.
   *
   * @param listener gets the reason, in words
   */
  onGap?(listener: (why: string) => void): void
  close(): Promise<void>
}
