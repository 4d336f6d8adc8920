import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import type { BookOrder } from './books.ts'
import { priceTicks, VenueRefusal, type OrderInput } from './order-input.ts'

type Serial = Readonly<{ now: number; combo: string | undefined; next: () => string }>

/** A new order, working. @throws {VenueRefusal} it lacks a price, or has a bad one */
export function orderOf(input: OrderInput, instrument: Instrument, serial: Serial, byHand: boolean): BookOrder {
  const { type } = input
  const limit = priceTicks(instrument, input.limitPrice)
  const stop = priceTicks(instrument, input.stopPrice)
  const trailAmount = priceTicks(instrument, input.trailAmount)
  const needs = (what: string, isThere: boolean) => {
    if (!isThere) throw new VenueRefusal('price-missing', `a ${type} order needs ${what}`)
  }
  if (type === 'limit' || type === 'stop-limit') needs('a limit price', limit !== undefined)
  if (type === 'stop' || type === 'stop-limit') needs('a stop price', stop !== undefined)
  if (type === 'trailing-stop') needs('a distance', trailAmount !== undefined || input.trailBps !== undefined)
  return {
    ...blank(instrument, serial),
    venueOrderId: serial.next(),
    clientOrderId: byHand ? undefined : input.clientOrderId,
    side: input.side,
    type,
    limit: type === 'market' ? undefined : limit,
    stop: type === 'market' || type === 'limit' ? undefined : stop,
    trailAmount,
    trailBps: input.trailBps,
    timeInForce: input.timeInForce,
    purpose: input.purpose,
    reduceOnly: input.reduceOnly ?? false,
    parent: undefined,
    quantity: input.quantity,
  }
}

/** Stop and target of an entry: nothing to do until it fills. @throws {VenueRefusal} they are the wrong way round */
export function legsOfBracket(
  entry: BookOrder,
  { stop, target }: NonNullable<OrderInput['bracket']>,
  serial: Serial,
  reduceOnly: boolean,
): [BookOrder, BookOrder] {
  const { instrument } = entry
  const [stopPx, targetPx] = [priceTicks(instrument, stop.stopPrice)!, priceTicks(instrument, target.limitPrice)!]
  if (entry.side === 'buy' ? targetPx <= stopPx : targetPx >= stopPx)
    throw new VenueRefusal('bracket-invalid', 'stop and target are the wrong way round')
  const number = Number(entry.venueOrderId.slice(1))
  const common = {
    ...blank(instrument, serial),
    ...{ side: entry.side === 'buy' ? ('sell' as const) : ('buy' as const), timeInForce: 'gtc' as const },
    ...{ reduceOnly, parent: entry, quantity: 0, trailAmount: undefined, trailBps: undefined },
  }
  const one: BookOrder = {
    ...common,
    ...{ venueOrderId: `V${number + 1}`, clientOrderId: stop.clientOrderId, purpose: 'stop' },
    ...{ type: 'stop', stop: stopPx, limit: undefined },
  }
  const other: BookOrder = {
    ...common,
    ...{ venueOrderId: `V${number + 2}`, clientOrderId: target.clientOrderId, purpose: 'target' },
    ...{ type: 'limit', stop: undefined, limit: targetPx },
  }
  one.twin = other
  other.twin = one
  return [one, other]
}

function blank(instrument: Instrument, { now, combo }: Serial) {
  return {
    ...{ instrument, combo, twin: undefined, cumQty: 0, status: 'acknowledged' as const },
    ...{ elected: false, best: undefined, reason: undefined, reasonCode: undefined, at: now },
  }
}
