import { describe, expect, it } from 'vitest'
import { readBlsMonths } from '../../../src/adapters/calendar/pages/bls-month-page.ts'
import type { FetchedPage, PageStamp } from '../../../src/adapters/calendar/pages/fetch-page.ts'
import { openSourceReader } from '../../../src/adapters/calendar/pages/read-source.ts'
import { monthPage, pageOf } from '../../support/calendar-pages.ts'

const TODAY = '2026-11-20'
const MONTHS = ['2026-11', '2026-12'].map((month) => ({ month, html: monthPage(month) }))

describe('the lists of the months', () => {
  it.each([
    ['NFP', '2026-11-06', '2026-12-04'],
    ['CPI', '2026-11-10', '2026-12-10'],
    ['PPI', '2026-11-13', '2026-12-15'],
  ] as const)('give the dates of %s, and no other release that is called alike', (name, ...dates) => {
    const page = readBlsMonths(name, MONTHS, TODAY)
    expect(page).toMatchObject({
      kind: 'read',
      reading: { window: { from: TODAY, until: '2026-12-31' }, knownUntil: '' },
    })
    expect(page.kind === 'read' && page.reading.releases.map(({ date, time }) => [date, time])).toEqual(
      dates.map((date) => [date, '08:30']),
    )
  })

  it.each([
    ['of another month', () => monthPage('2026-12')],
    ['without its table', () => monthPage('2026-11').replace('>Release</th>', '>Title</th>')],
    [
      'with a date nobody can read',
      () => monthPage('2026-11').replace('Tuesday, November 10, 2026', 'to be announced'),
    ],
    ['with a release without an hour', () => monthPage('2026-11').replace('08:30 AM', '')],
    ['without any of the series', () => monthPage('2026-11').replaceAll('Employment Situation', 'Unemployment')],
    ['of an error', () => '<html><title>Not Found</title></html>'],
  ])('are unreadable where one is %s', (_what, html) => {
    expect(readBlsMonths('NFP', [{ month: '2026-11', html: html() }], TODAY).kind).toBe('unreadable')
  })
})

describe('a reader of the sources', () => {
  function reader(answer: (url: string, stamp: PageStamp | undefined) => FetchedPage) {
    const visits: string[] = []
    const read = openSourceReader(async (url, stamp) => {
      visits.push(url.replace('https://www.bls.gov/schedule/', ''))
      return answer(url, stamp)
    })
    return { read, visits }
  }
  const page = (text: string): FetchedPage => ({ kind: 'page', text, stamp: { etag: '"1"', lastModified: undefined } })
  const gone: FetchedPage = { kind: 'failed', problem: 'the site answers 404' }
  const months = (url: string): FetchedPage => {
    const [, year, month] = /schedule\/(\d{4})\/(\d\d)_sched_list/.exec(url) ?? []
    return year === '2026' ? page(monthPage(`${year}-${month}`)) : gone
  }

  it('reads the lists of the months where the page of a series can not be read, and says so', async () => {
    const { read, visits } = reader(months)
    const reading = await read('CPI', TODAY)
    expect(reading).toMatchObject({
      ...{ kind: 'read', problem: 'the site answers 404; the lists of the months were read instead, up to 2026-12-31' },
      reading: { releases: [{ date: '2026-11-10' }, { date: '2026-12-10' }] },
    })
    expect(visits).toEqual([
      'news_release/cpi.htm',
      ...['2026/11_sched_list.htm', '2026/12_sched_list.htm', '2027/01_sched_list.htm'],
    ])
  })

  it('asks for a list once, whoever needs it', async () => {
    const { read, visits } = reader(months)
    await Promise.all([read('NFP', TODAY), read('CPI', TODAY), read('PPI', TODAY)])
    expect(visits.filter((url) => url === '2026/11_sched_list.htm')).toHaveLength(1)
  })

  it('says what is wrong with the page of the series where nothing can be read', async () => {
    expect(await reader(() => gone).read('CPI', TODAY)).toEqual({ kind: 'unreadable', problem: 'the site answers 404' })
    const { read } = reader((url) => (url.includes('news_release') ? page('<p>') : page('<p>')))
    expect(await read('CPI', TODAY)).toMatchObject({ problem: expect.stringContaining('not the schedule of CPI') })
  })

  it('reads an unchanged page anew for another day, and asks whole for one that could not be read', async () => {
    const stamps: unknown[] = []
    let text = pageOf('FOMC')
    const { read } = reader((_url, stamp) => {
      stamps.push(stamp?.etag)
      return stamp ? { kind: 'unchanged' } : page(text)
    })
    const statusOf = async (today: string) => {
      const reading = await read('FOMC', today)
      return reading.kind === 'read' && reading.reading.releases.find(({ date }) => date === '2027-01-27')?.status
    }
    expect(await statusOf(TODAY)).toBe('tentative')
    expect(await statusOf('2026-12-10')).toBe('scheduled')
    text = 'broken'
    const { read: other } = reader((_url, stamp) => {
      stamps.push(stamp?.etag)
      return page(text)
    })
    await other('FOMC', TODAY)
    await other('FOMC', TODAY)
    expect(stamps).toEqual([undefined, '"1"', undefined, undefined])
  })

  it('is not led astray by a site that says "unchanged" to who has nothing', async () => {
    expect(await reader(() => ({ kind: 'unchanged' })).read('FOMC', TODAY)).toMatchObject({ kind: 'unreadable' })
  })
})
