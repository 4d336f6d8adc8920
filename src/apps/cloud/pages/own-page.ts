import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { readLicence } from '../../../adapters/cloud-db/licence-listings.ts'
import { readGivenBy } from '../../../adapters/cloud-db/given-records.ts'
import type { MyPage } from '../../../contracts/cloud/pages.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { licenceDetails } from '../licence/licence-views.ts'

/** Why something that was contributed does not count, in words for its contributor. */
const WHY: Readonly<Record<string, string>> = {
  source: 'made on replayed or generated prices',
  'held-outcome': 'their outcomes contradict themselves',
  'held-day': 'their days are too old or lie ahead',
  'held-range': 'more than the market of that day could give',
  capped: 'more than one contributor may give in a day',
  excluded: 'left out by an admin',
}

/** A user's own page; undefined when the licence is gone. */
export async function ownPage(db: CloudDb, licenceId: string, now: EpochMs): Promise<MyPage | undefined> {
  const licence = await readLicence(db, licenceId, now)
  if (!licence) return undefined
  const { events: _, ...shown } = licenceDetails(licence, now)
  const given = await readGivenBy(db, licence.userId)
  const sum = (rows: typeof given) => rows.reduce((total, { count }) => total + count, 0)
  const lastDay = given
    .map(({ lastDay: day }) => day)
    .sort()
    .at(-1)
  return {
    licence: shown,
    contributions: {
      total: sum(given),
      signal: sum(given.filter(({ kind }) => kind === 'signal')),
      exit: sum(given.filter(({ kind }) => kind === 'exit')),
      not_counted: [
        ...Map.groupBy(
          given.filter(({ status }) => status !== 'used'),
          ({ status }) => status,
        ),
      ].map(([status, rows]) => ({ reason: WHY[status] ?? status, count: sum(rows) })),
      last_day: lastDay ?? null,
    },
  }
}
