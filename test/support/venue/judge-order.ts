import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import type { BookPosition, BookSide } from './books.ts'
import { instrumentOf, VenueRefusal, type OrderInput } from './order-input.ts'
import type { VenueSettings } from './venue-settings.ts'

type Positions = ReadonlyMap<string, BookPosition>

/** The instrument of an order that the venue takes. @throws {VenueRefusal} it does not */
export function judgeOrder(
  input: OrderInput,
  { bracket, oco, trailingStop, reduceOnly }: VenueSettings['capabilities'],
  positions: Positions,
): Instrument {
  const instrument = instrumentOf(input.symbol)
  if (input.quantity <= 0) throw new VenueRefusal('quantity-invalid', `${input.quantity} lots can't be traded`)
  if (input.bracket && !bracket) throw new VenueRefusal('not-supported', 'no brackets are kept here')
  if (input.oco !== undefined && !oco) throw new VenueRefusal('not-supported', 'no pairs are kept here')
  if (input.type === 'trailing-stop' && !trailingStop)
    throw new VenueRefusal('not-supported', 'no stops are trailed here')
  if (input.reduceOnly && !reduceOnly)
    throw new VenueRefusal('not-supported', 'an order that only reduces is not known here')
  if (input.reduceOnly && reducible(positions, input.symbol, input.side) === 0)
    throw new VenueRefusal('nothing-to-reduce', `there is nothing of ${input.symbol} to ${input.side}`)
  return instrument
}

/** Lots of a position that an order on this side could close. */
export function reducible(positions: Positions, symbol: string, side: BookSide): number {
  const held = positions.get(symbol)?.quantity ?? 0
  return Math.max(0, side === 'sell' ? held : -held)
}
