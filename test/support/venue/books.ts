import type { Instrument } from '../../../src/domain/instrument/instrument.ts'

export type BookSide = 'buy' | 'sell'
export type BookStatus = 'acknowledged' | 'partially-filled' | 'filled' | 'canceled' | 'rejected' | 'expired'
export type BookType = 'market' | 'limit' | 'stop' | 'stop-limit' | 'trailing-stop'

/** An order in the venue's books; prices in ticks. */
export type BookOrder = {
  readonly venueOrderId: string
  /** Undefined for an order placed by hand. */
  readonly clientOrderId: string | undefined
  readonly instrument: Instrument
  readonly side: BookSide
  type: BookType
  limit: number | undefined
  stop: number | undefined
  trailAmount: number | undefined
  trailBps: number | undefined
  readonly timeInForce: 'day' | 'gtc'
  readonly purpose: string | undefined
  readonly parent: BookOrder | undefined
  /** The order it shares its fate with: what one fills is taken off the other. */
  twin: BookOrder | undefined
  readonly combo: string | undefined
  /** It fills no more than is there to close. */
  readonly reduceOnly: boolean
  quantity: number
  cumQty: number
  status: BookStatus
  /** Of a stop: its price was reached. */
  elected: boolean
  /** Best price since a trailing stop began to work, ticks. */
  best: number | undefined
  reason: string | undefined
  reasonCode: string | undefined
  at: number
}

export type BookFill = Readonly<{
  fillId: string
  order: BookOrder
  quantity: number
  /** Ticks, the one that is worse for who traded. */
  price: number
  /** Money by which the whole fill was better than that, minor units. */
  better: number
  /** Minor units. */
  commission: number
  at: number
}>

/** `better`: money that it cost less than `cost` says, minor units. */
export type BookPosition = Readonly<{ instrument: Instrument; quantity: number; cost: bigint; better: bigint }>

export function isWorking(order: BookOrder): boolean {
  return order.status === 'acknowledged' || order.status === 'partially-filled'
}

/** Lots it may still fill now. */
export function leavesOf(order: BookOrder): number {
  return isWorking(order) ? Math.max(0, order.quantity - order.cumQty) : 0
}

/**
 * What a fill does to a position and to the cash, average cost, in whole ticks × lots.
 *
 * Written apart from the product's arithmetic, on purpose, and with its rule: the cost that part of a position leaves
 * with is rounded half to even.
 */
export function settle(
  before: BookPosition | undefined,
  {
    order,
    quantity,
    price,
    better,
    commission,
  }: Pick<BookFill, 'order' | 'quantity' | 'price' | 'better' | 'commission'>,
): { after: BookPosition; cash: number } {
  const { instrument } = order
  const held = BigInt(before?.quantity ?? 0)
  const cost = before?.cost ?? 0n
  const traded = BigInt(order.side === 'buy' ? quantity : -quantity)
  const value = BigInt(price)
  const closing = held !== 0n && held > 0n !== traded > 0n ? smaller(held, traded) : 0n
  // Lots that leave have the sign of what was held.
  const leaving = held > 0n ? closing : -closing
  const released = closing === 0n ? 0n : halfEven(cost * leaving, held)
  const gain = closing === 0n ? 0n : value * leaving - released
  const kept = cost - released + value * (traded + leaving)
  const paid = instrument.kind === 'equity' || instrument.kind === 'option' ? kept - cost : 0n
  const improved = BigInt(better)
  const had = before?.better ?? 0n
  const leaves = closing === 0n ? 0n : halfEven(had * leaving, held)
  const closes = closing === 0n ? 0n : halfEven(improved * closing, BigInt(quantity))
  const left = had - leaves + improved - closes
  const saved = instrument.kind === 'equity' || instrument.kind === 'option' ? left - had : 0n
  const cash = Number((gain - paid) * BigInt(instrument.tickValue) + leaves + closes + saved) - commission
  return { after: { instrument, quantity: Number(held + traded), cost: kept, better: left }, cash }
}

function smaller(one: bigint, other: bigint): bigint {
  const [a, b] = [one < 0n ? -one : one, other < 0n ? -other : other]
  return a < b ? a : b
}

/** `numerator / denominator`, to the nearest whole number, half to even. */
function halfEven(numerator: bigint, denominator: bigint): bigint {
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator]
  const floor = n >= 0n ? n / d : -((-n + d - 1n) / d)
  const twice = (n - floor * d) * 2n
  return twice > d || (twice === d && floor % 2n !== 0n) ? floor + 1n : floor
}

/** What a price, less than a tick, is worth on one lot, minor units. */
export function betterMinor({ priceDigits, tickUnits, tickValue }: Instrument, price: string): number {
  return Math.round((Number(price) * 10 ** priceDigits * tickValue) / tickUnits)
}

/** Money text as minor units. */
export function minorOf(text: string, digits: number): number {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const minor = Number(whole + fraction.padEnd(digits, '0').slice(0, digits))
  return text.startsWith('-') ? -minor : minor
}
