import type { ClientOrderId, Fill, OrderPurpose, OrderType, Side, TimeInForce } from '../order/order.ts'
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
  /** Ticks; 0 where the kind has none. */
  readonly stopPx: number
  readonly limitPx: number
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

/** What the simulated broker knows of the account as a whole. Money in minor units. */
export type PaperAccount = Readonly<{
  currency: string
  startingCash: MinorUnits
  cash: MinorUnits
  /** Starting cash plus everything realised, less all commission: what is left if open positions were closed at cost. */
  settled: MinorUnits
  /** Highest order and fill numbers given out. */
  lastOrderSeq: number
  lastFillSeq: number
}>

/** What the simulated venue knows of one market. */
export type PaperMarket = Readonly<{
  symbol: string
  quantity: Lots
  cost: number
  /** Time of the last bar with an event, or a later one: bars up to it were matched. Undefined before the first. */
  clock: EpochMs | undefined
  /** Session that the market was last seen in; undefined outside sessions. */
  session: string | undefined
}>

/** A fill with its place in the venue's order of fills, which never goes back. */
export type PaperFill = Readonly<{ seq: number; fill: Fill }>

/** Everything that one call or one bar changed. */
export type PaperChange = Readonly<{
  account: PaperAccount
  market: PaperMarket
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
  market(symbol: string): PaperMarket | undefined
  /** Markets with a position. */
  held(): readonly PaperMarket[]
  /** Orders that may still fill, of every market, oldest first. The caller owns the objects. */
  openOrders(): PaperOrder[]
  order(id: ClientOrderId): PaperOrder | undefined
  /** Fills with a number above `seq`, in order. */
  fillsAfter(seq: number): readonly PaperFill[]
  /** Makes a change durable, all of it or nothing, before it returns. */
  commit(change: PaperChange): void
  close(): void
}
