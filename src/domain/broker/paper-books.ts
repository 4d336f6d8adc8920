import {
  fillId,
  type ClientOrderId,
  type Fill,
  type FillId,
  type OrderPurpose,
  type OrderType,
  type Side,
  type TimeInForce,
  type Trail,
} from '../order/order.ts'
import type { EpochMs, Lots, MinorUnits } from '../units/units.ts'
import type { VenueOrderStatus } from './broker.ts'

/**
 * An order as the simulated venue keeps it. Changed in place while it works: one row, one object.
 */
export type PaperOrder = {
  /** Order of acceptance, from 1; the venue's id is made from it. */
  readonly seq: number
  readonly clientOrderId: ClientOrderId
  /** The entry whose bracket this order is a leg of. */
  readonly parent: ClientOrderId | undefined
  readonly symbol: string
  readonly side: Side
  readonly kind: OrderType['kind']
  /** Ticks; 0 where the kind has none. Of a trailing stop, where it stands now; 0 until it has seen a price. */
  stopPx: number
  limitPx: number
  /** Only of a trailing stop. */
  trail: Trail | undefined
  /** Best price that a trailing stop has followed, ticks; undefined until it has seen one. */
  bestPx: number | undefined
  /** The other order of a one-cancels-other pair, where this one names it. */
  readonly oco: ClientOrderId | undefined
  /** The combo this order is a leg of, and the most that one unit of it may cost, minor units. */
  readonly combo: ClientOrderId | undefined
  readonly comboLimit: number | undefined
  readonly timeInForce: TimeInForce
  readonly purpose: OrderPurpose
  /** Lots; of a leg, what its entry has filled less what the other leg has. */
  quantity: number
  cumQty: number
  status: VenueOrderStatus
  /** A leg waiting for the first fill of its entry. */
  held: boolean
  /** The stop price was reached: the order is now a market or limit order. */
  elected: boolean
  /** Session a day order dies with; undefined until it has met an open session. */
  session: string | undefined
  /** Why it ended, where that needs saying. */
  reason: string
  /** Bar time of the last change. */
  at: EpochMs
}

/** What the simulated broker knows of the account as a whole; written once, when the books are opened. */
export type PaperAccount = Readonly<{ currency: string; startingCash: MinorUnits }>

/** What the simulated venue knows of one market. Money in minor units. */
export type PaperMarket = Readonly<{
  symbol: string
  quantity: Lots
  cost: number
  /** What trading here has added to the account's cash. */
  cash: MinorUnits
  /** Realised here, less commission. */
  settled: MinorUnits
  /** Time of the last bar with an event, or a later one: bars up to it were matched. Undefined before the first. */
  clock: EpochMs | undefined
  /** Session that the market was last seen in; undefined outside sessions. */
  session: string | undefined
  /** Close of the last bar seen in a session, ticks, as of `clock`; undefined before the first. */
  last: number | undefined
}>

/** A fill with its place in the venue's order of fills, which never goes back. */
export type PaperFill = Readonly<{ seq: number; fill: Fill }>

/** The broker's name for its fill number `seq`: unique, because the number is. */
export function paperFillId(seq: number): FillId {
  return fillId(`F${seq}`)
}

/** Everything that one call or one bar changed. */
export type PaperChange = Readonly<{
  /** Only in the first change of new books. */
  account?: PaperAccount
  markets: readonly PaperMarket[]
  orders: readonly Readonly<PaperOrder>[]
  fills: readonly PaperFill[]
}>

/**
 * The simulated broker's own books. They belong to the broker: the bot learns of them only through the `Broker` port,
 * which is what makes its reconciliation real.
 *
 * @throws {Refused} from any call: 'disk-full' | 'home-read-only' | 'state-corrupt'
 */
export interface PaperBooks {
  /** @returns undefined when the books are new */
  account(): PaperAccount | undefined
  /** Every market the account has ever seen. */
  markets(): readonly PaperMarket[]
  /** Highest order and fill numbers given out; 0 before the first. */
  lastNumbers(): Readonly<{ order: number; fill: number }>
  /** Orders that may still fill, of every market, oldest first. The caller owns the objects. */
  openOrders(): PaperOrder[]
  order(id: ClientOrderId): PaperOrder | undefined
  /** The first order, not refused, that names this id as its other. */
  orderNaming(id: ClientOrderId): PaperOrder | undefined
  /** Fills with a number above `seq`, in order. */
  fillsAfter(seq: number): readonly PaperFill[]
  /** Makes a change durable, all of it or nothing, before it returns. */
  commit(change: PaperChange): void
  close(): void
}
