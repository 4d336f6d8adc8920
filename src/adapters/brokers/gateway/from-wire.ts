import type { ExecutionReport, OrderReport, PositionReport, VenueOrderStatus } from '../../../domain/broker/broker.ts'
import type { Instrument } from '../../../domain/instrument/instrument.ts'
import { PRICE_DIGITS } from '../../../domain/market/price-text.ts'
import {
  clientOrderId,
  fillId,
  venueOrderId,
  type ClientOrderId,
  type Fill,
  type OrderPurpose,
  type OrderType,
} from '../../../domain/order/order.ts'
import { countFill, type ToldFill } from '../../../domain/order/told-fill.ts'
import { epochMs, lots, ticks, type Ticks } from '../../../domain/units/units.ts'
import type { WireExecution } from './execution-stream.ts'
import { NOTHING_TO_REDUCE, type WireFill, type WireOrder } from './wire.ts'

/** The gateway said something that can't be true of the instrument: the whole answer counts as garbage. */
export class Unreadable extends Error {}

/** How the instruments of the account count; undefined for one that nobody here knows. */
export type InstrumentOf = (symbol: string) => Instrument | undefined

const STATUSES: readonly VenueOrderStatus[] = [
  ...(['acknowledged', 'partially-filled', 'filled'] as const),
  ...(['canceled', 'rejected', 'expired'] as const),
]
const PURPOSES: readonly OrderPurpose[] = ['entry', 'exit', 'stop', 'target']

/** @throws {Unreadable} more filled than ordered, or a price too large to be counted */
export function orderFromWire(wire: WireOrder, instrumentOf: InstrumentOf): OrderReport {
  const type = typeFromWire(wire, instrumentOf(wire.symbol))
  if (wire.cumQty + wire.leavesQty > wire.quantity && wire.quantity > 0)
    throw new Unreadable(`order ${wire.venueOrderId} fills ${wire.cumQty} + ${wire.leavesQty} of ${wire.quantity}`)
  return {
    clientOrderId: ownName(wire),
    venueOrderId: venueOrderId(wire.venueOrderId),
    symbol: wire.symbol,
    side: wire.side,
    quantity: lots(wire.quantity),
    purpose: PURPOSES.find((purpose) => purpose === wire.purpose) ?? 'entry',
    ...(type === undefined ? {} : { type }),
    status: statusFromWire(wire),
    cumQty: lots(wire.cumQty),
    leavesQty: lots(wire.leavesQty),
    ...(wire.parent === undefined ? {} : { parent: clientOrderId(wire.parent) }),
    ...(wire.reason === undefined ? {} : { reason: wire.reason }),
    ...(wire.reasonCode === NOTHING_TO_REDUCE ? { nothingToReduce: true } : {}),
    at: epochMs(wire.at),
  }
}

/** A fill as it is told, its times and names in our words. */
export function toldFill(wire: WireFill): ToldFill {
  return {
    fillId: fillId(wire.fillId),
    clientOrderId: ownName(wire),
    symbol: wire.symbol,
    side: wire.side,
    quantity: lots(wire.quantity),
    price: wire.price,
    commission: wire.commission,
    at: epochMs(wire.at),
  }
}

/** @throws {Unreadable} a number too large to be counted */
export function fillFromWire(told: ToldFill, instrument: Instrument): Fill {
  const fill = countFill(told, instrument)
  if (!fill)
    throw new Unreadable(`fill ${told.fillId} has a price of ${told.price} and a commission of ${told.commission}`)
  return fill
}

/** What the stream told of an order, or why that can't be true. */
export function reportFromWire(
  { order, fill }: WireExecution,
  instrumentOf: InstrumentOf,
): ExecutionReport | Unreadable {
  try {
    const report = { order: orderFromWire(order, instrumentOf) }
    if (!fill) return report
    const told = toldFill(fill)
    const instrument = instrumentOf(told.symbol)
    return instrument ? { ...report, fill: fillFromWire(told, instrument) } : { ...report, foreign: told }
  } catch (error) {
    if (error instanceof Unreadable) return error
    throw error
  }
}

/** The average is rounded to a whole tick. */
export function positionFromWire(
  wire: Readonly<{ symbol: string; quantity: number; averagePrice: string }>,
  instrumentOf: InstrumentOf,
): PositionReport {
  const avgPx = priceFromWire(wire.averagePrice, instrumentOf(wire.symbol))
  return { symbol: wire.symbol, quantity: lots(wire.quantity), avgPx }
}

/** An order somebody placed by hand has no client order id; its name begins with a character that none of ours has. */
function ownName(wire: Readonly<{ clientOrderId?: string | undefined; venueOrderId: string }>): ClientOrderId {
  return clientOrderId(wire.clientOrderId ? wire.clientOrderId : `~${wire.venueOrderId}`)
}

/** A status nobody here knows counts as open, until the numbers say otherwise: an order is not given up on a word. */
function statusFromWire({ status, quantity, cumQty, leavesQty }: WireOrder): VenueOrderStatus {
  const known = STATUSES.find((one) => one === status)
  if (known) return known
  if (cumQty > 0 && cumQty === quantity && leavesQty === 0) return 'filled'
  return cumQty > 0 ? 'partially-filled' : 'acknowledged'
}

function typeFromWire(wire: WireOrder, instrument: Instrument | undefined): OrderType | undefined {
  const { type, limitPrice, stopPrice, trailAmount, trailBps } = wire
  const price = (text: string) => priceFromWire(text, instrument)
  if (type === 'market') return { kind: 'market' }
  if (type === 'limit' && limitPrice !== undefined) return { kind: 'limit', limitPx: price(limitPrice) }
  if (type === 'stop' && stopPrice !== undefined) return { kind: 'stop', stopPx: price(stopPrice) }
  if (type === 'stop-limit' && stopPrice !== undefined && limitPrice !== undefined)
    return { kind: 'stop-limit', stopPx: price(stopPrice), limitPx: price(limitPrice) }
  if (type === 'trailing-stop' && trailAmount !== undefined)
    return { kind: 'trailing-stop', trail: { by: 'amount', ticks: price(trailAmount) } }
  if (type === 'trailing-stop' && trailBps !== undefined)
    return { kind: 'trailing-stop', trail: { by: 'percent', bps: trailBps } }
  return undefined
}

/** The nearest tick: a price that somebody set by hand between two of them is told of as near as we count. */
function priceFromWire(text: string, instrument: Instrument | undefined): Ticks {
  const { digits, size } = countingOf(instrument)
  const px = Math.round((Number(text) * 10 ** digits) / size)
  if (!Number.isSafeInteger(px))
    throw new Unreadable(`${text} is no price of ${instrument?.symbol ?? 'any instrument'}`)
  return ticks(px)
}

/** What nobody here knows is counted as market data is: it is shown, never traded. */
function countingOf(instrument: Instrument | undefined): { digits: number; size: number } {
  return instrument ? { digits: instrument.priceDigits, size: instrument.tickUnits } : { digits: PRICE_DIGITS, size: 1 }
}
