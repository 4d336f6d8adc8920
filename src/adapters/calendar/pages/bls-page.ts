import type { EconomicEventName } from '../../../domain/calendar/economic-event.ts'
import type { Reading } from '../../../domain/calendar/release-list.ts'
import { clockTime, dateOf, monthOf, quoted, readingOf, unreadable, type PageReading } from './page-reading.ts'
import { elementsIn, readHtml, rowsOf, textOf, type HtmlElement } from './read-html.ts'

export type BlsName = Exclude<EconomicEventName, 'FOMC'>

const FOLDER = 'https://www.bls.gov/schedule/news_release'
export const BLS_PAGES = {
  NFP: `${FOLDER}/empsit.htm`,
  CPI: `${FOLDER}/cpi.htm`,
  PPI: `${FOLDER}/ppi.htm`,
} as const satisfies Record<BlsName, string>

/** What the page calls the series, so that one is not taken for another. */
const TITLES = {
  NFP: /employment situation/i,
  CPI: /consumer price index/i,
  PPI: /producer price index/i,
} as const satisfies Record<BlsName, RegExp>

const COLUMNS = ['reference month', 'release date', 'release time']
const DATE = /^([A-Za-z]{3,9}\.?) (\d{1,2}), (20\d\d)$/
const REFERENCE = /^([A-Za-z]{3,9}\.?) (20\d\d)\b/
/** A month's figures come within half a year, even after a shutdown. */
const LATEST_MONTHS = 6

/**
 * Reads the schedule of one BLS series: a table of reference month, release date and release time, New York's clock.
 *
 * Strict: one row that can't be read makes the page unreadable, since nobody knows which release was in it.
 */
export function readBlsPage(name: BlsName, html: string): PageReading {
  return readingOf(() => {
    const page = readHtml(html)
    const titles = elementsIn(page, ({ tag }) => ['title', 'h1', 'h2', 'h3', 'caption'].includes(tag)).map(textOf)
    if (!titles.some((title) => TITLES[name].test(title))) unreadable(`it is not the schedule of ${name}`)
    const other = Object.entries(TITLES).find(([one, title]) => one !== name && titles.some((text) => title.test(text)))
    if (other) unreadable(`it is about ${other[0]} too`)
    const tables = elementsIn(page, ({ tag }) => tag === 'table').filter((table) => isSchedule(rowsOf(table)[0] ?? []))
    if (tables.length === 0) unreadable('it has no table of reference month, release date and release time')
    const releases = tables.flatMap((table) => dataRows(table).map(releaseOf))
    releases.sort((a, b) => (a.date < b.date ? -1 : 1))
    return { releases: unique(releases), knownUntil: knownUntil(releases.map(({ date }) => date)) }
  })
}

type Release = Reading['releases'][number]

/** Rows without a word are there for the eye. */
function dataRows(table: HtmlElement): readonly (readonly string[])[] {
  return rowsOf(table)
    .slice(1)
    .filter((cells) => cells.some((cell) => cell !== ''))
}

function isSchedule(cells: readonly string[]): boolean {
  return cells.length === COLUMNS.length && cells.every((cell, at) => cell.toLowerCase() === COLUMNS[at])
}

function releaseOf(cells: readonly string[]): Release {
  const [reference = '', dateText = '', timeText = ''] = cells
  const shown = quoted(cells.join(' | '))
  if (cells.length !== COLUMNS.length) unreadable(`the row ${shown} has not three cells`)
  const [, monthText = '', day, year] = DATE.exec(dateText) ?? unreadable(`the row ${shown} has no date`)
  const month = monthOf(monthText)
  const date = month === undefined ? undefined : dateOf(Number(year), month, Number(day))
  if (date === undefined) unreadable(`the row ${shown} has no date`)
  refuseFarReference(reference, date, shown)
  return {
    date,
    time: clockTime(timeText) ?? unreadable(`the row ${shown} has no time`),
    status: 'scheduled',
    projections: false,
  }
}

/** A release follows its month. A date before it, or years after, was read from the wrong place. */
function refuseFarReference(reference: string, date: string, shown: string): void {
  const [, monthText = '', year] = REFERENCE.exec(reference) ?? unreadable(`the row ${shown} has no reference month`)
  const month = monthOf(monthText) ?? unreadable(`the row ${shown} has no reference month`)
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - (Number(year) * 12 + month)
  if (months < 0 || months > LATEST_MONTHS) unreadable(`the row ${shown} has a date far from its month`)
}

/** One moment may release two months' figures at once, as after a shutdown. */
function unique(releases: readonly Release[]): readonly Release[] {
  return [...new Map(releases.map((release) => [release.date, release])).values()]
}

/** Schedules are published by the year: with its last month listed, the year is known to its end. */
function knownUntil(dates: readonly string[]): string {
  const last = dates.at(-1) ?? ''
  return last.slice(5, 7) === '12' ? `${last.slice(0, 4)}-12-31` : last
}
