import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { yearsTo } from '../../domain/options/option-instrument.ts'
import { signOf, type Combo } from '../../domain/order/order.ts'
import { isOfSession } from './day-order.ts'
import { bookFill, pxWithCosts, type Room } from './fill-order.ts'
import { listCombo } from './list-combos.ts'
import type { Market, WorkingCombo, WorkingOrder } from './market.ts'
import { rowsOf } from './new-row.ts'
import { optionPx } from './option-bar.ts'
import { endOrder, isLimited, isOpenAtVenue, wasSentBefore } from './order-state.ts'
import { reachMarket, working, type KnownOrders, type Venue } from './venue.ts'
import type { Tape } from './tape.ts'
import { settleTouched } from './wake.ts'
import { whyComboRejected } from './why-rejected.ts'

/**
 * Takes all legs of a combo or none: they work together from the next bar on. A refused one is kept too, so that the
 * same ids always get the same answer.
 *
 * @returns the rows of its legs; all of them rejected, or none
 */
export function placeCombo(venue: Venue, tape: Tape, combo: Combo, known: KnownOrders): readonly PaperOrder[] {
  const rejected = whyComboRejected(venue, combo, known)
  const rows = combo.legs.map((leg) => {
    const market = reachMarket(venue, leg.symbol) ?? venue.primary
    const { bracket: _, ...plain } = leg
    const [row] = rowsOf(venue, market, plain)
    return { market, row: { ...row, combo: combo.comboId, comboLimit: combo.netLimitMinor } }
  })
  if (rejected !== undefined) {
    const taken = new Set<string>()
    for (const { row } of rows) {
      row.status = 'rejected'
      row.reason = rejected
      row.comboLimit = Number.isSafeInteger(row.comboLimit) ? row.comboLimit : undefined
      if (taken.has(row.clientOrderId) || known.order(row.clientOrderId)) continue
      taken.add(row.clientOrderId)
      tape.touched.add(row)
    }
    return rows.map(({ row }) => row)
  }
  const legs = rows.map(({ market, row }) => ({ market, order: working(row) }))
  for (const { market, order } of legs) {
    market.orders.push(order)
    tape.touched.add(order)
    tape.markets.add(market)
  }
  listCombo(combo.comboId, combo.netLimitMinor, legs)
  settleTouched(tape)
  return legs.map(({ order }) => order)
}

/** Fills what the open allows: every leg, at one moment, within the combo's limit and each leg's own. */
export function matchCombos(venue: Venue, root: Market, tape: Tape, bar: Bar, room: Room): void {
  for (const combo of [...root.combos]) {
    if (!combo.legs.every(({ market, order }) => mayFillNow(market, order, bar))) continue
    const lame = combo.legs.find(({ market, order }) => !canClose(market, order))
    if (lame) {
      endOrder(lame.market, tape, lame.order, 'canceled', `there is too little of ${lame.market.symbol} to reduce`)
      continue
    }
    const prices = combo.legs.map(({ market, order }) => legPx(venue, root, market, order, bar))
    if (!isWithinLimits(combo, prices)) continue
    const needed = combo.legs.reduce((sum, { market, order }) => sum + (market === root ? order.quantity : 0), 0)
    if (needed > room.lots) continue
    room.lots -= needed
    for (const [i, { market, order }] of combo.legs.entries()) {
      const { quantity } = order
      const commission = venue.terms.commissionMinorPerLot * quantity
      bookFill(venue, market, tape, order, { quantity, price: prices[i]!, commission })
    }
  }
}

function mayFillNow(market: Market, order: WorkingOrder, bar: Bar): boolean {
  return isOpenAtVenue(order) && wasSentBefore(order, bar) && isOfSession(order, market)
}

/** A leg that only reduces needs a position of its whole size. */
function canClose({ holding }: Market, { purpose, side, quantity }: WorkingOrder): boolean {
  return purpose === 'entry' || -signOf(side) * holding.quantity >= quantity
}

function legPx(venue: Venue, root: Market, market: Market, order: WorkingOrder, bar: Bar): number {
  const { options } = venue.terms
  const mid =
    market === root || !market.instrument || !root.instrument || !options
      ? bar.open
      : optionPx(market.instrument, root.instrument, bar.open, yearsTo(market.expiresAt, bar.time), options)
  return isLimited(order) ? mid : pxWithCosts(venue, market, order, mid)
}

function isWithinLimits({ legs, limit }: WorkingCombo, prices: readonly number[]): boolean {
  const units = legs.reduce((most, { order }) => greatestCommonDivisor(most, order.quantity), 0)
  let cost = 0
  for (const [i, { market, order }] of legs.entries()) {
    const px = prices[i]!
    if (isLimited(order) && signOf(order.side) * (px - order.limitPx) > 0) return false
    cost += signOf(order.side) * px * (market.instrument?.tickValue ?? 0) * (order.quantity / units)
  }
  return limit === undefined || cost <= limit
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
