import type { PaperBooks } from '../../domain/broker/paper-books.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { rowOfMarket } from './market.ts'
import { newVenueState, openVenue, type OtherMarkets, type SimulationTerms, type Venue } from './venue.ts'

/**
 * The venue as its books were left; new books are opened with the account's cash.
 *
 * @throws {Refused} 'setting-invalid' when the books are kept in another currency; whatever the books throw
 */
export function loadVenue(
  books: PaperBooks,
  instrument: Instrument,
  settings: SimulationTerms,
  others: OtherMarkets,
): Venue {
  const { code } = instrument.currency
  const known = books.account()
  if (known && known.currency !== code)
    return refuse(
      'setting-invalid',
      `The paper account is kept in ${known.currency}, but ${instrument.symbol} trades in ${code}.`,
      `Add another account for ${code}, or choose an instrument in ${known.currency}.`,
    )
  const account = known ?? { currency: code, startingCash: settings.startingCash }
  const state = known
    ? { account, markets: books.markets(), orders: books.openOrders(), lastNumbers: books.lastNumbers() }
    : newVenueState(account)
  const venue = openVenue(instrument, settings, state, others)
  if (!known) books.commit({ account, markets: [rowOfMarket(venue.primary)], orders: [], fills: [] })
  return venue
}
