import { describe, expect, it } from 'vitest'
import { bundledReleases } from '../../../src/adapters/calendar/bundled-releases.ts'
import { readBlsPage, type BlsName } from '../../../src/adapters/calendar/pages/bls-page.ts'
import { epochToWall } from '../../../src/domain/calendar/wall-time.ts'
import { deniedPage, pageOf } from '../../support/calendar-pages.ts'

const NAMES = ['NFP', 'CPI', 'PPI'] as const satisfies BlsName[]
const CPI = pageOf('CPI')
const LAST_ROW = /<tr class="release-list-even-row">\s*<td>November 2026[\s\S]*?<\/tr>/

const problemOf = (html: string, name: BlsName = 'CPI') => {
  const page = readBlsPage(name, html)
  return page.kind === 'unreadable' ? page.problem : undefined
}
const releasesOf = (html: string, name: BlsName = 'CPI') => {
  const page = readBlsPage(name, html)
  if (page.kind !== 'read') throw new Error(page.problem)
  return page.reading.releases
}

describe('a schedule page of the BLS', () => {
  it.each(NAMES)('gives the dates of %s as the bundled facts have them', (name) => {
    const page = readBlsPage(name, pageOf(name))
    const bundled = bundledReleases().events.filter((event) => event.name === name)
    const days = bundled.map(({ at }) => epochToWall(at, 'America/New_York').date).filter((date) => date >= '2026')
    expect(page).toMatchObject({ kind: 'read', reading: { knownUntil: '2026-12-31' } })
    expect(
      releasesOf(pageOf(name), name)
        .map(({ date }) => date)
        .filter((date) => date >= '2026'),
    ).toEqual(days)
    expect(releasesOf(pageOf(name), name).every(({ time }) => time === '08:30')).toBe(true)
  })

  it('is known as far as it reaches where the last month is not in it', () => {
    const page = readBlsPage('CPI', CPI.replace(LAST_ROW, ''))
    expect(page).toMatchObject({ kind: 'read', reading: { knownUntil: '2026-11-10' } })
  })

  it('may write months and hours in several ways', () => {
    const other = CPI.replace('Dec. 10, 2026', 'December 10, 2026').replaceAll('08:30 AM', '8:30 a.m.')
    expect(releasesOf(other)).toEqual(releasesOf(CPI))
    expect(releasesOf(CPI.replaceAll('08:30 AM', '02:15 PM'))[0]?.time).toBe('14:15')
    expect(releasesOf(CPI.replaceAll('08:30 AM', '12:00 AM'))[0]?.time).toBe('00:00')
  })

  it('may leave end tags out and have rows without a word', () => {
    const loose = CPI.replaceAll('</td>', '')
      .replaceAll('</tr>', '')
      .replace(/<tbody>/, '<tbody><tr><td></td></tr>')
    expect(releasesOf(loose)).toEqual(releasesOf(CPI))
  })

  it.each([
    ['empty', () => ''],
    ['of an error', deniedPage],
    ['of another series', () => pageOf('PPI')],
    ['about two series', () => CPI.replace('<h1>', '<h2>Producer Price Index</h2><h1>')],
    ['without its table', () => CPI.replace(/<table class="release-list"[\s\S]*<\/table>/, '<p>See the new page.')],
    ['with an empty table', () => CPI.replace(/<tbody>[\s\S]*<\/tbody>/, '')],
    ['with other columns', () => CPI.replace('Release Time', 'Embargo')],
    ['with a fourth column', () => CPI.replaceAll('08:30 AM</td>', '08:30 AM</td><td>x</td>')],
    ['with a date to be announced', () => CPI.replace('Dec. 10, 2026', 'TBD')],
    ['with a date that is none', () => CPI.replace('Feb. 13, 2026', 'Feb. 30, 2026')],
    ['with a date of another year', () => CPI.replace('Dec. 10, 2026', 'Dec. 10, 2025')],
    ['with a date long after its month', () => CPI.replace('Dec. 10, 2026', 'Dec. 10, 2027')],
    ['with no time', () => CPI.replace('08:30 AM', '')],
    ['with a time that is none', () => CPI.replace('08:30 AM', '25:30 AM')],
    ['with a month that is none', () => CPI.replace('November 2026', 'Smarch 2026')],
  ])('is unreadable where it is %s', (_what, html) => {
    expect(problemOf(html())).toMatch(/^the page can't be read: /)
  })
})
