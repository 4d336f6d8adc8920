import { dateOf, monthOf, quoted, readingOf, unreadable, type PageReading } from './page-reading.ts'
import { elementsIn, hasClass, readHtml, textOf, type HtmlElement } from './read-html.ts'

export const FED_PAGE = 'https://www.federalreserve.gov/monetarypolicy/fomccalendars.htm'

/** The statement comes at two on the last day of a meeting: Fed release 2024-08-09. The page itself has no hours. */
const STATEMENT_TIME = '14:00'
/** Words of rows that are no meeting of the plan, in their own cells. */
const NO_MEETING = /notation\s+vote|unscheduled|cancell?ed/i
const HEADING = /^(20\d\d) FOMC Meetings$/
const DAYS = /^(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?\s*(\*?)$/
/** A meeting lasts two days. */
const LONGEST_DAYS = 2

/**
 * Reads the Fed's calendar of meetings: years in panels, meetings in rows with a month and the days, `*` where
 * projections come with it, `Oct/Nov 31-1` where it crosses a month.
 *
 * Strict in the years that matter: one row that can't be read makes the page unreadable, since nobody knows which
 * meeting was in it.
 *
 * @param today YYYY-MM-DD in New York. Years before it are left out; the next meeting counts as confirmed, as each is at
 *              the one before, later ones of it as tentative
 */
export function readFedPage(html: string, today: string): PageReading {
  return readingOf(() => {
    const page = readHtml(html)
    const isPanel = (one: HtmlElement) => one.tag === 'div' && hasClass(one, 'panel')
    // A frame around the panels of several years is not the panel of one.
    const panels = elementsIn(page, isPanel).filter((panel) => elementsIn(panel, isPanel).length === 0)
    const years = panels.flatMap((panel) => {
      const heading = elementsIn(panel, ({ tag }) => tag === 'h4')
        .map(textOf)
        .find((text) => HEADING.test(text))
      return heading === undefined ? [] : [{ year: Number(HEADING.exec(heading)![1]), panel }]
    })
    if (years.length === 0) unreadable('it has no heading such as "2026 FOMC Meetings"')
    const thisYear = Number(today.slice(0, 4))
    const coming = years.filter(({ year }) => year >= thisYear && year <= thisYear + 3)
    if (!coming.some(({ year }) => year === thisYear)) unreadable(`it has no meetings of ${thisYear}`)
    const meetings = coming.flatMap(({ year, panel }) => meetingsOf(panel, year))
    meetings.sort((a, b) => (a.date < b.date ? -1 : 1))
    const next = meetings.find(({ date }) => date >= today)
    return {
      releases: meetings.map(({ date, projections }) => {
        const isConfirmed = date < today || date === next?.date
        return { date, time: STATEMENT_TIME, status: isConfirmed ? 'scheduled' : 'tentative', projections } as const
      }),
      knownUntil: knownUntil(meetings.map(({ date }) => date)),
    }
  })
}

type Meeting = Readonly<{ date: string; projections: boolean }>

function meetingsOf(panel: HtmlElement, year: number): Meeting[] {
  const rows = elementsIn(panel, (one) => hasClass(one, 'fomc-meeting'))
  if (rows.length === 0) unreadable(`${year} has no meetings`)
  const meetings = new Map<string, Meeting>()
  for (const row of rows) {
    const month = cellOf(row, 'fomc-meeting__month')
    const days = cellOf(row, 'fomc-meeting__date')
    if (NO_MEETING.test(`${month} ${days}`)) continue
    const meeting = meetingOf(year, month, days)
    meetings.set(meeting.date, meeting)
  }
  return [...meetings.values()]
}

/** The decision comes on the last day. */
function meetingOf(year: number, monthText: string, daysText: string): Meeting {
  const shown = quoted(`${monthText} ${daysText}`)
  const months = monthText.split('/').map(monthOf)
  const [, first = '', second, star] = DAYS.exec(daysText) ?? unreadable(`the meeting ${shown} of ${year} has no days`)
  const [from, to = from] = months
  if (from === undefined || to === undefined || months.length > 2) unreadable(`${shown} of ${year} has no month`)
  const begins = dateOf(year, from, Number(first))
  // A meeting of `Dec/Jan` ends in the year after that of its panel.
  const ends = dateOf(to < from ? year + 1 : year, to, Number(second ?? first))
  if (begins === undefined || ends === undefined) unreadable(`${shown} of ${year} is no date`)
  const length = (Date.parse(ends) - Date.parse(begins)) / 86_400_000 + 1
  if (length < 1 || length > LONGEST_DAYS) unreadable(`${shown} of ${year} is no meeting of one or two days`)
  return { date: ends, projections: star === '*' }
}

function cellOf(row: HtmlElement, name: string): string {
  const [cell] = elementsIn(row, (one) => hasClass(one, name))
  if (!cell) unreadable(`a meeting has no ${name}`)
  return textOf(cell)
}

/** Meetings are published by the year, the last one in December: then the whole year is known, else up to the last. */
function knownUntil(dates: readonly string[]): string {
  const last = dates.at(-1) ?? ''
  return last.slice(5, 7) === '12' ? `${last.slice(0, 4)}-12-31` : last
}
