import type { EconomicEventName } from '../../../domain/calendar/economic-event.ts'
import { BLS_PAGES, readBlsPage } from './bls-page.ts'
import { FED_PAGE, readFedPage } from './fed-page.ts'
import type { FetchPage, PageStamp } from './fetch-page.ts'
import type { PageReading } from './page-reading.ts'

/** Where all four lists have their clock. */
export const SOURCE_ZONE = 'America/New_York'

/** Reads the list of one name from its source. @param today in `SOURCE_ZONE` */
export type ReadSource = (name: EconomicEventName, today: string) => Promise<PageReading>

/**
 * Reads the public pages, each again only if it has changed since this reader read it.
 *
 * A page that could not be read is asked for whole the next time.
 */
export function openSourceReader(fetchPage: FetchPage): ReadSource {
  const last = new Map<EconomicEventName, Readonly<{ text: string; stamp: PageStamp }>>()
  return async (name, today) => {
    const known = last.get(name)
    const page = await fetchPage(name === 'FOMC' ? FED_PAGE : BLS_PAGES[name], known?.stamp)
    if (page.kind === 'failed') return { kind: 'unreadable', problem: page.problem }
    const read = page.kind === 'page' ? page : known!
    // What is confirmed depends on the day, so an old text is read anew.
    const reading = name === 'FOMC' ? readFedPage(read.text, today) : readBlsPage(name, read.text)
    if (reading.kind === 'read') last.set(name, { text: read.text, stamp: read.stamp })
    else last.delete(name)
    return reading
  }
}
