import type { AccountStore } from '../../domain/account/account-store.ts'
import type { VenueAccount } from '../../domain/broker/venue-account.ts'
import type { Statements } from '../sqlite/late-statements.ts'

type VenueAccountQueries = Pick<AccountStore, 'venueAccount' | 'saveVenueAccount'>
type Row = { account_id: string; mode: string; identity: string | null; address: string }

/** Which account of its venue the books are about. */
export function venueAccountQueries(db: Statements): VenueAccountQueries {
  const select = db.prepare('SELECT account_id, mode, identity, address FROM venue_account')
  const save = db.prepare(
    'INSERT OR REPLACE INTO venue_account (id, account_id, mode, identity, address) VALUES (1, ?, ?, ?, ?)',
  )
  return {
    venueAccount: () => accountFrom(select.get() as Row | undefined),
    saveVenueAccount: ({ accountId, mode, identity, address }) =>
      void save.run(accountId, mode, identity ?? null, address),
  }
}

function accountFrom(row: Row | undefined): VenueAccount | undefined {
  return (
    row && {
      ...{ accountId: row.account_id, mode: row.mode === 'live' ? 'live' : 'paper' },
      ...{ identity: row.identity ?? undefined, address: row.address },
    }
  )
}
