import type { AccountId } from '../../domain/account/account-id.ts'
import type { VenueAccount } from '../../domain/broker/venue-account.ts'
import type { HomeLayout } from '../home/layout.ts'
import { lookIntoState } from './read-only-state.ts'
import { venueAccountQueries } from './venue-account.ts'

/**
 * Which account of its venue an account's books are about, whether or not its bot runs.
 *
 * @returns undefined while nobody knows, as in a state from before it was kept
 * @throws {Refused} the state can't be read
 */
export function readVenueAccount(layout: HomeLayout, accountId: AccountId): VenueAccount | undefined {
  return lookIntoState(layout, accountId, ({ db }) => {
    const isKept = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'venue_account'").get() !== undefined
    return isKept ? venueAccountQueries(db).venueAccount() : undefined
  })
}
