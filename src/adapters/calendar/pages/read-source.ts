import type { EconomicEventName } from '../../../domain/calendar/economic-event.ts'
import { blsMonthPage, nextMonth, readBlsMonths, type Month } from './bls-month-page.ts'
import { BLS_PAGES, readBlsPage, type BlsName } from './bls-page.ts'
import { FED_PAGE, readFedPage } from './fed-page.ts'
import type { FetchedPage, FetchPage, PageStamp } from './fetch-page.ts'
import type { PageReading } from './page-reading.ts'

/** Where all four lists have their clock. */
export const SOURCE_ZONE = 'America/New_York'

/** Reads the list of one name from its source. @param today in `SOURCE_ZONE` */
export type ReadSource = (name: EconomicEventName, today: string) => Promise<PageReading>

/** Months that are looked at where the page of a series can't be read: what is near counts most. */
const MONTHS = 3

/**
 * Reads the public pages, each again only if it has changed since this reader read it.
 *
 * A page that could not be read is asked for whole the next time. Where the page of a BLS series can't be read, the lists
 * of this and the next months are, so that a release that moves at short notice is still seen.
 */
export function openSourceReader(fetchPage: FetchPage): ReadSource {
  const last = new Map<string, Readonly<{ text: string; stamp: PageStamp }>>()
  const asked = new Map<string, Promise<FetchedPage>>()

  /** The page as it is now; once for all who ask at the same time. */
  function pageAt(url: string): Promise<FetchedPage> {
    const known = last.get(url)
    const answer =
      asked.get(url) ??
      fetchPage(url, known?.stamp)
        .then((page) => {
          if (page.kind === 'page') last.set(url, page)
          return page.kind === 'unchanged' && known ? { kind: 'page' as const, ...known } : page
        })
        .finally(() => asked.delete(url))
    asked.set(url, answer)
    return answer
  }

  async function readAt(url: string, read: (text: string) => PageReading): Promise<PageReading> {
    const page = await pageAt(url)
    if (page.kind !== 'page') return { kind: 'unreadable', problem: problemOf(page) }
    // What is confirmed depends on the day, so an old text is read anew.
    const reading = read(page.text)
    if (reading.kind === 'unreadable') last.delete(url)
    return reading
  }

  async function readMonths(name: BlsName, today: string): Promise<PageReading> {
    const months: Month[] = [today.slice(0, 7)]
    while (months.length < MONTHS) months.push(nextMonth(months.at(-1)!))
    const pages: { month: Month; html: string }[] = []
    for (const [at, page] of (await Promise.all(months.map(blsMonthPage).map(pageAt))).entries()) {
      // The lists of a new year come late in the old one: what there is counts.
      if (page.kind !== 'page') break
      pages.push({ month: months[at]!, html: page.text })
    }
    const reading = readBlsMonths(name, pages, today)
    if (reading.kind === 'unreadable') for (const { month } of pages) last.delete(blsMonthPage(month))
    return reading
  }

  return async (name, today) => {
    if (name === 'FOMC') return await readAt(FED_PAGE, (text) => readFedPage(text, today))
    const own = await readAt(BLS_PAGES[name], (text) => readBlsPage(name, text))
    if (own.kind === 'read') return own
    const months = await readMonths(name, today)
    if (months.kind === 'unreadable') return own
    const { until = '' } = months.reading.window ?? {}
    return { ...months, problem: `${own.problem}; the lists of the months were read instead, up to ${until}` }
  }
}

function problemOf(page: Exclude<FetchedPage, { kind: 'page' }>): string {
  return page.kind === 'failed' ? page.problem : 'the site says that nothing has changed, and we have nothing'
}
