import type { Reading } from '../../../domain/calendar/release-list.ts'
import type { BlsName } from './bls-page.ts'
import { clockTime, dateOf, monthOf, quoted, readingOf, unreadable, type PageReading } from './page-reading.ts'
import { elementsIn, readHtml, rowsOf } from './read-html.ts'

/** A month of the calendar: `2026-12`. */
export type Month = string

/** The list of all releases of one month. */
export function blsMonthPage(month: Month): string {
  return `https://www.bls.gov/schedule/${month.slice(0, 4)}/${month.slice(5)}_sched_list.htm`
}

/** How a release is called there. Others begin alike: `Employment Situation of Veterans` comes once a year. */
const RELEASES = {
  NFP: /^employment situation( for\b|$)/i,
  CPI: /^consumer price index( for\b|$)/i,
  PPI: /^producer price index( for\b|$)/i,
} as const satisfies Record<BlsName, RegExp>

const COLUMNS = ['date', 'time', 'release']
const DATE = /^(?:[A-Za-z]+, )?([A-Za-z]{3,9}\.?) (\d{1,2}), (20\d\d)$/

/**
 * Reads the releases of one series out of the lists of some months in a row: a table of date, time and release, in which
 * holidays have no time. Second best to the series' own page: it says nothing of what comes after.
 *
 * @param pages the lists, months in a row
 * @param today YYYY-MM-DD in New York: the reading is about the time from then to the end of the last month
 */
export function readBlsMonths(
  name: BlsName,
  pages: readonly Readonly<{ month: Month; html: string }>[],
  today: string,
): PageReading {
  return readingOf(() => ({
    releases: pages.flatMap(({ month, html }) => releasesOf(name, month, html)),
    knownUntil: '',
    window: { from: today, until: lastDayOf(pages.at(-1)?.month ?? today.slice(0, 7)) },
  }))
}

function releasesOf(name: BlsName, month: Month, html: string): Reading['releases'] {
  const tables = elementsIn(readHtml(html), ({ tag }) => tag === 'table').map(rowsOf)
  const lists = tables.filter(([head = []]) => head.map((cell) => cell.toLowerCase()).join('|') === COLUMNS.join('|'))
  if (lists.length === 0) unreadable(`the list of ${month} has no table of date, time and release`)
  return lists.flatMap((rows) => rows.slice(1).flatMap((cells) => releaseOf(name, month, cells)))
}

function releaseOf(name: BlsName, month: Month, cells: readonly string[]): Reading['releases'] {
  const [dateText = '', timeText = '', release = ''] = cells
  if (cells.every((cell) => cell === '')) return []
  const shown = quoted(cells.join(' | '))
  const [, monthText = '', day, year] = DATE.exec(dateText) ?? unreadable(`the row ${shown} of ${month} has no date`)
  const date = dateOf(Number(year), monthOf(monthText) ?? 0, Number(day))
  // One of another month: this is another page than the one that was asked for.
  if (date === undefined || !date.startsWith(month)) unreadable(`the row ${shown} is not of ${month}`)
  if (!RELEASES[name].test(release)) return []
  const time = clockTime(timeText) ?? unreadable(`the row ${shown} has no time`)
  return [{ date, time, status: 'scheduled', projections: false }]
}

/** The month after. */
export function nextMonth(month: Month): Month {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))]
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

function lastDayOf(month: Month): string {
  return new Date(Date.parse(`${nextMonth(month)}-01T00:00:00Z`) - 1).toISOString().slice(0, 10)
}
