import { bundledLists } from '../../../adapters/calendar/bundled-lists.ts'
import { pageFetcher } from '../../../adapters/calendar/pages/fetch-page.ts'
import { openSourceReader } from '../../../adapters/calendar/pages/read-source.ts'
import { plantLists } from '../../../adapters/cloud-db/calendar-records.ts'
import type { CloudConcept, CloudParts } from '../cloud-parts.ts'
import { openCalendarDesk } from './calendar-desk.ts'
import { calendarHandlers } from './calendar-handlers.ts'

/** The calendar: begins with what ships, is kept fresh from the public pages, and listens to admins. */
export async function calendarConcept(parts: CloudParts): Promise<CloudConcept> {
  const { database, push, settings, instance, version, log, now } = parts
  const { db } = database
  await plantLists(db, bundledLists(), now())
  const leaving = new AbortController()
  const contact = settings.publicUrl === undefined ? '' : `; +${settings.publicUrl}`
  const readSource = openSourceReader(
    pageFetcher(`Slipway/${version} (economic calendar${contact})`, { signal: leaving.signal }),
  )
  const desk =
    settings.calendarPages === 'none' ? undefined : openCalendarDesk({ db, push, readSource, instance, log, now })
  return {
    handlers: calendarHandlers({ db, push, desk }),
    async close() {
      leaving.abort()
      await desk?.close()
    },
  }
}
