import { describe, expect, it } from 'vitest'
import { bundledReleases } from '../../../src/adapters/calendar/bundled-releases.ts'
import { readFedPage } from '../../../src/adapters/calendar/pages/fed-page.ts'
import { epochToWall } from '../../../src/domain/calendar/wall-time.ts'
import { deniedPage, pageOf } from '../../support/calendar-pages.ts'

const PAGE = pageOf('FOMC')
const TODAY = '2026-11-20'

function read(html: string, today = TODAY) {
  const page = readFedPage(html, today)
  if (page.kind !== 'read') throw new Error(page.problem)
  return page.reading
}
const datesOf = (html: string, today = TODAY) => read(html, today).releases.map(({ date }) => date)
const problemOf = (html: string, today = TODAY) => {
  const page = readFedPage(html, today)
  return page.kind === 'unreadable' ? page.problem : undefined
}

describe("the Fed's page", () => {
  it('gives the second day of each meeting of this year and the next, as the bundled facts have them', () => {
    const bundled = bundledReleases().events.filter(({ name }) => name === 'FOMC')
    const days = bundled.map(({ at }) => epochToWall(at, 'America/New_York').date).filter((date) => date >= '2026')
    expect(datesOf(PAGE)).toEqual(days)
    expect(read(PAGE).knownUntil).toBe('2027-12-31')
    const withProjections = read(PAGE).releases.filter(({ projections }) => projections)
    expect(withProjections.map(({ date }) => date.slice(5, 7))).toEqual([
      '03',
      '06',
      '09',
      '12',
      '03',
      '06',
      '09',
      '12',
    ])
    expect(read(PAGE).releases.every(({ time }) => time === '14:00')).toBe(true)
  })

  it('leaves out notation votes, and what is unscheduled or cancelled', () => {
    expect(datesOf(PAGE)).not.toContain('2026-08-20')
    expect(datesOf(PAGE.replace('20 (notation vote)', '2 (unscheduled)'))).toEqual(datesOf(PAGE))
    expect(datesOf(PAGE.replace('20 (notation vote)', '17-18 (cancelled)'))).toEqual(datesOf(PAGE))
  })

  it('keeps a meeting of whose statement it says more', () => {
    expect(datesOf(PAGE.replace('Implementation Note', 'notation vote of the day after'))).toEqual(datesOf(PAGE))
  })

  it('takes the second day of a meeting that crosses a month or a year', () => {
    const crossing = (month: string, days: string) =>
      PAGE.replace(
        '<strong>October</strong></div>\n        <div class="fomc-meeting__date col-xs-4 col-sm-9 col-md-10 col-lg-1">27-28',
        `<strong>${month}</strong></div>\n        <div class="fomc-meeting__date">${days}`,
      )
    expect(datesOf(crossing('Oct/Nov', '31-1'))).toContain('2026-11-01')
    expect(datesOf(crossing('April/May', '30-1*'))).toContain('2026-05-01')
    expect(datesOf(crossing('Dec/Jan', '31-1'))).toContain('2027-01-01')
    expect(problemOf(crossing('Oct/Nov', '30-1'))).toContain('no meeting of one or two days')
  })

  it('calls the next meeting confirmed and those after it tentative', () => {
    const statuses = read(PAGE).releases.map(({ date, status }) => `${date} ${status}`)
    expect(statuses).toContain('2026-12-09 scheduled')
    expect(statuses).toContain('2027-01-27 tentative')
  })

  it('is not filled by what only seems to stand there', () => {
    // The page has a script and a comment with panels and rows in them.
    const without = PAGE.replaceAll(
      / {4}<div class="panel panel-default"><div class="panel-heading"><h4><a[\s\S]*?\n {4}<\/div>\n/g,
      '',
    )
    expect(without).toContain("h4>2026 FOMC Meetings</h4></div>')")
    expect(problemOf(without)).toContain('no heading')
  })

  it.each([
    ['empty', () => ''],
    ['of an error', deniedPage],
    ['cut off before the first year', () => PAGE.slice(0, PAGE.indexOf('2026 FOMC Meetings</a>'))],
    ['without this year', () => PAGE.replace('>2026 FOMC Meetings</a>', '>2024 FOMC Meetings</a>')],
    ['with a frame around all years', () => PAGE.replaceAll('panel panel-default', 'box')],
    ['with a meeting without days', () => PAGE.replace('>8-9*<', '><')],
    ['with days in words', () => PAGE.replace('>8-9*<', '>eighth and ninth<')],
    ['with a day that is none', () => PAGE.replace('>8-9*<', '>31-32<')],
    ['with a month that is none', () => PAGE.replace('<strong>December</strong>', '<strong>Smarch</strong>')],
    ['with other cells', () => PAGE.replaceAll('fomc-meeting__date', 'meeting-days')],
    ['longer than any page', () => PAGE + ' '.repeat(2_000_000)],
    ['deeper than any page', () => '<div>'.repeat(5_000) + PAGE],
  ])('is unreadable where it is %s', (_what, html) => {
    expect(problemOf(html())).toMatch(/^the page can't be read: /)
  })

  it('is unreadable in a year of which it says nothing', () => {
    expect(problemOf(PAGE, '2028-01-02')).toContain('no meetings of 2028')
  })

  it('quotes what it stumbled over, and never much of it', () => {
    expect(problemOf(PAGE.replace('>8-9*<', `>${'x'.repeat(9_000)}<`))!.length).toBeLessThan(200)
  })
})
