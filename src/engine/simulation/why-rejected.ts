import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import {
  signOf,
  type Bracket,
  type Combo,
  type NewOrder,
  type OrderType,
  type Trail,
} from '../../domain/order/order.ts'
import { hasExpired } from './expiry.ts'
import { canReduce, clockOf, type Market } from './market.ts'
import { isOpenAtVenue } from './order-state.ts'
import { reachMarket, type KnownOrders, type Venue } from './venue.ts'
import { whyNoMoney } from './why-no-money.ts'

/** Longest client order id the venue keeps. */
const LONGEST_CLIENT_ID = 48
const MOST_COMBO_LEGS = 8

/** Why the venue does not take an order; undefined when it does. */
export function whyRejected(venue: Venue, order: NewOrder, known: KnownOrders): string | undefined {
  const { symbol } = order
  const market = reachMarket(venue, symbol)
  const bad = whyBadOrder(order) ?? (market ? whyClosed(venue, market) : whyNotTraded(venue, symbol))
  if (bad !== undefined || !market) return bad
  if (order.bracket) {
    const badBracket = whyBadBracket(order, order.bracket, known)
    if (badBracket !== undefined) return badBracket
  }
  const badPair = whyBadPair(market, order, known)
  if (badPair !== undefined) return badPair
  if (order.purpose === 'entry') return whyNoMoney(venue, [{ market, ...order }])
  return whyNothingToReduce(market, order)
}

/** Why the venue does not take a combo; undefined when it does. */
export function whyComboRejected(venue: Venue, combo: Combo, known: KnownOrders): string | undefined {
  const { legs, netLimitMinor: limit } = combo
  if (!isName(combo.comboId)) return BAD_NAME
  if (legs.length < 2 || legs.length > MOST_COMBO_LEGS) return `a combo has 2 to ${MOST_COMBO_LEGS} legs`
  if (limit !== undefined && !Number.isSafeInteger(limit)) return `${limit} is no amount of money`
  const works = [...venue.markets.values()].some(({ combos }) => combos.some(({ id }) => id === combo.comboId))
  if (works) return `a combo ${combo.comboId} is working already`
  const ids = new Set(legs.map((leg) => leg.clientOrderId))
  if (ids.size < legs.length) return 'the legs of a combo need different ids'
  if (new Set(legs.map((leg) => leg.symbol)).size < legs.length) return 'the legs of a combo need different instruments'
  const roots = new Set<Market>()
  for (const leg of legs) {
    if (known.order(leg.clientOrderId)) return `the id ${leg.clientOrderId} of a leg is already in use`
    if (leg.bracket || leg.oco !== undefined) return 'a leg of a combo has no bracket and no other'
    if (leg.type.kind !== 'market' && leg.type.kind !== 'limit') return 'a leg of a combo is a market or a limit order'
    const market = reachMarket(venue, leg.symbol)
    const bad = whyBadOrder(leg) ?? (market ? whyClosed(venue, market) : whyNotTraded(venue, leg.symbol))
    if (bad !== undefined || !market) return bad
    roots.add(clockOf(market))
    if (leg.purpose !== 'entry' && -signOf(leg.side) * market.holding.quantity < leg.quantity)
      return `there is too little of ${leg.symbol} to reduce`
  }
  // Other underlyings have bars of their own, and no moment at which all prices are known.
  if (roots.size > 1) return 'the legs of a combo are all on one underlying'
  const entries = legs.filter((leg) => leg.purpose === 'entry')
  const wanted = entries.flatMap((leg) => {
    const market = reachMarket(venue, leg.symbol)
    return market ? [{ market, ...leg }] : []
  })
  return wanted.length === 0 ? undefined : whyNoMoney(venue, wanted)
}

const BAD_NAME = `a client order id has 1 to ${LONGEST_CLIENT_ID} characters`

function whyBadOrder(order: NewOrder): string | undefined {
  if (!isName(order.clientOrderId)) return BAD_NAME
  if (!isPositive(order.quantity)) return `${order.quantity} lots can't be traded`
  for (const price of pricesOf(order)) if (!isPositive(price)) return `${price} ticks is no price`
  return order.type.kind === 'trailing-stop' ? whyBadTrail(order.type.trail) : undefined
}

/** Why a stop cannot trail like that; undefined when it can. */
export function whyBadTrail(trail: Trail): string | undefined {
  if (trail.by === 'amount') return isPositive(trail.ticks) ? undefined : `a stop cannot trail by ${trail.ticks} ticks`
  return isPositive(trail.bps) && trail.bps < 10_000 ? undefined : `a stop cannot trail by ${trail.bps} basis points`
}

function whyNotTraded(venue: Venue, symbol: string): string {
  const instrument = venue.others.instrumentOf?.(symbol)
  if (!instrument) {
    const only = venue.others.instrumentOf ? '' : `, only ${venue.primary.symbol} is`
    return `${symbol} is not traded here${only}`
  }
  if (instrument.currency.code !== venue.currency)
    return `${symbol} trades in ${instrument.currency.code}, and the account is kept in ${venue.currency}`
  return `${symbol} is an option that this venue has no prices for`
}

function whyClosed(venue: Venue, market: Market): string | undefined {
  if (!market.underlying) return undefined
  if (hasExpired(venue, market)) return `${market.symbol} has expired`
  if (Number.isNaN(market.underlying.last))
    return `${market.underlying.symbol} has not traded yet, so ${market.symbol} has no price`
  return undefined
}

function whyNothingToReduce(market: Market, { side }: NewOrder): string | undefined {
  return canReduce(market, side) ? undefined : `there is no position that a ${side} could reduce`
}

function whyBadBracket(order: NewOrder, { stop, target }: Bracket, known: KnownOrders): string | undefined {
  if (order.purpose !== 'entry') return 'only an entry has a bracket'
  const ids = [order.clientOrderId, stop.clientOrderId, target.clientOrderId]
  if (new Set(ids).size < ids.length) return 'the orders of a bracket need three different ids'
  for (const id of [stop.clientOrderId, target.clientOrderId]) {
    if (!isName(id)) return BAD_NAME
    if (known.order(id)) return `the id ${id} of a leg is already in use`
  }
  return whyWrongWayRound(order.side, entryPriceOf(order.type), stop.stopPx, target.limitPx)
}

/** Why an entry, its stop and its target do not fit together; undefined when they do. */
export function whyWrongWayRound(
  side: 'buy' | 'sell',
  entryPx: number | undefined,
  stopPx: number,
  targetPx: number,
): string | undefined {
  const sign = signOf(side)
  if (sign * (targetPx - stopPx) <= 0) return `stop ${stopPx} and target ${targetPx} are the wrong way round`
  if (entryPx === undefined) return undefined
  if (sign * (entryPx - stopPx) <= 0) return `stop ${stopPx} is on the wrong side of the entry at ${entryPx}`
  if (sign * (targetPx - entryPx) <= 0) return `target ${targetPx} is on the wrong side of the entry at ${entryPx}`
  return undefined
}

/** The order that one is paired with, where the venue knows it: either may name the other. */
export function otherOf({ clientOrderId: id, oco }: NewOrder, known: KnownOrders): PaperOrder | undefined {
  const other = oco === undefined ? known.orderNaming(id) : known.order(oco)
  return other?.status === 'rejected' ? undefined : other
}

function whyBadPair(market: Market, order: NewOrder, known: KnownOrders): string | undefined {
  if (order.oco !== undefined && !isName(order.oco)) return BAD_NAME
  if (order.oco === order.clientOrderId) return 'an order is not its own other'
  const naming = order.oco === undefined ? undefined : known.orderNaming(order.clientOrderId)
  if (naming && naming.clientOrderId !== order.oco) return `${naming.clientOrderId} has named it as its other already`
  const other = otherOf(order, known)
  if (!other) return undefined
  const id = other.clientOrderId
  if (other.symbol !== order.symbol) return `its other order ${id} is in ${other.symbol}`
  if ((other.purpose === 'entry') !== (order.purpose === 'entry'))
    return `its other order ${id} is for something else: one enters, one reduces`
  if (other.parent !== undefined || other.combo !== undefined) return `its other order ${id} belongs to others already`
  if (other.oco !== undefined && other.oco !== order.clientOrderId) return `its other order ${id} has another already`
  if (market.orders.some((third) => third.oco === id)) return `its other order ${id} has another already`
  if (order.quantity <= other.cumQty) return `its other order ${id} has filled`
  const [stopPx, limitPx] = [stopOf(order, other), limitOf(order, other)]
  if (order.purpose === 'entry' || other.side !== order.side || !isOpenAtVenue(other)) return undefined
  if (stopPx === undefined || limitPx === undefined || signOf(order.side) * (stopPx - limitPx) > 0) return undefined
  return `stop ${stopPx} and target ${limitPx} are the wrong way round`
}

function stopOf({ type }: NewOrder, other: PaperOrder): number | undefined {
  if (type.kind === 'stop' || type.kind === 'stop-limit') return type.stopPx
  return other.kind === 'stop' || other.kind === 'stop-limit' ? other.stopPx : undefined
}

function limitOf({ type }: NewOrder, other: PaperOrder): number | undefined {
  if (type.kind === 'limit') return type.limitPx
  return other.kind === 'limit' ? other.limitPx : undefined
}

function pricesOf({ type, bracket }: NewOrder): number[] {
  const prices: number[] = []
  if ('limitPx' in type) prices.push(type.limitPx)
  if ('stopPx' in type) prices.push(type.stopPx)
  if (bracket) prices.push(bracket.stop.stopPx, bracket.target.limitPx)
  return prices
}

function entryPriceOf(type: OrderType): number | undefined {
  if (type.kind === 'limit') return type.limitPx
  return 'stopPx' in type ? type.stopPx : undefined
}

export function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}

export function isName(id: string): boolean {
  return id.length > 0 && id.length <= LONGEST_CLIENT_ID
}
