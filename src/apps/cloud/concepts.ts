import { adminConcept } from './admin/admin-concept.ts'
import { calendarConcept } from './calendar/calendar-concept.ts'
import type { CloudConcept, CloudParts } from './cloud-parts.ts'
import { claimLinks } from './licence/claim-licence.ts'
import { licenceHandlers } from './licence/licence-handlers.ts'
import { pagesConcept } from './pages/page-handlers.ts'
import { openPool } from './pool/open-pool.ts'
import { mailConcept } from './mail/mail-concept.ts'
import { pushConcept } from './push/push-concept.ts'
import { stripeConcept } from './stripe/stripe-concept.ts'

/** Everything that the server does. A new concept is a folder here, and a line. */
export const CONCEPTS: readonly ((parts: CloudParts) => Promise<CloudConcept> | CloudConcept)[] = [
  ({ database, signer, push }) => ({ handlers: licenceHandlers({ db: database.db, signer, push }) }),
  adminConcept,
  calendarConcept,
  (parts) => {
    const { database, signer, settings, now } = parts
    return mailConcept(parts, claimLinks({ db: database.db, signer }, settings.publicUrl, now))
  },
  openPool,
  pagesConcept,
  stripeConcept,
  pushConcept,
]
