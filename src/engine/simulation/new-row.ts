import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import { opposite, type Bracket, type NewOrder, type Trail } from '../../domain/order/order.ts'
import { epochMs } from '../../domain/units/units.ts'
import { sessionForDayOrder } from './day-order.ts'
import { marketTime, type Market } from './market.ts'
import type { Venue } from './venue.ts'

type Terms = Pick<PaperOrder, 'clientOrderId' | 'side' | 'kind' | 'timeInForce' | 'purpose' | 'quantity'> &
  Partial<
    Pick<
      PaperOrder,
      'symbol' | 'parent' | 'stopPx' | 'limitPx' | 'trail' | 'oco' | 'combo' | 'comboLimit' | 'held' | 'reason'
    >
  >

/** The next order of the venue, acknowledged. A refused one may carry anything; the books keep whole numbers. */
export function newRow(venue: Venue, market: Market, terms: Terms): PaperOrder {
  venue.lastOrderSeq++
  const { combo, comboLimit } = terms
  return {
    seq: venue.lastOrderSeq,
    clientOrderId: terms.clientOrderId,
    parent: terms.parent,
    symbol: terms.symbol ?? market.symbol,
    side: terms.side,
    kind: terms.kind,
    stopPx: whole(terms.stopPx),
    limitPx: whole(terms.limitPx),
    trail: terms.trail && isWholeTrail(terms.trail) ? terms.trail : undefined,
    bestPx: undefined,
    oco: terms.oco,
    combo,
    comboLimit: comboLimit === undefined ? undefined : whole(comboLimit),
    timeInForce: terms.timeInForce,
    purpose: terms.purpose,
    quantity: whole(terms.quantity),
    cumQty: 0,
    status: 'acknowledged',
    held: terms.held ?? false,
    elected: false,
    session: terms.timeInForce === 'day' ? sessionForDayOrder(venue, market) : undefined,
    reason: terms.reason ?? '',
    at: epochMs(Math.max(marketTime(market), venue.now)),
  }
}

/** The row of an order as the client wants it, and those of its bracket's legs. */
export function rowsOf(venue: Venue, market: Market, order: NewOrder): [PaperOrder, ...PaperOrder[]] {
  const { type, bracket } = order
  const entry = newRow(venue, market, {
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    kind: type.kind,
    stopPx: 'stopPx' in type ? type.stopPx : 0,
    limitPx: 'limitPx' in type ? type.limitPx : 0,
    trail: 'trail' in type ? type.trail : undefined,
    oco: order.oco,
    timeInForce: order.timeInForce,
    purpose: order.purpose,
    quantity: order.quantity,
  })
  return bracket ? [entry, ...legRows(venue, market, order, bracket)] : [entry]
}

function legRows(venue: Venue, market: Market, order: NewOrder, { stop, target }: Bracket): PaperOrder[] {
  const leg = {
    parent: order.clientOrderId,
    symbol: order.symbol,
    side: opposite(order.side),
    timeInForce: 'gtc',
    quantity: 0,
    held: true,
  } as const
  return [
    newRow(venue, market, { ...leg, ...stop, kind: 'stop', purpose: 'stop' }),
    newRow(venue, market, { ...leg, ...target, kind: 'limit', purpose: 'target' }),
  ]
}

export function isWholeTrail(trail: Trail): boolean {
  return Number.isSafeInteger(trail.by === 'amount' ? trail.ticks : trail.bps)
}

function whole(value: number | undefined): number {
  return value !== undefined && Number.isSafeInteger(value) ? value : 0
}
