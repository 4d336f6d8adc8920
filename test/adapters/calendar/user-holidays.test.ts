import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { homeCalendar } from '../../../src/adapters/calendar/home-calendar.ts'
import { readUserHolidays } from '../../../src/adapters/calendar/user-holidays.ts'
import { homeLayout, type HomeLayout } from '../../../src/adapters/home/layout.ts'
import { checkHolidays } from '../../../src/apps/doctor/check-accounts.ts'
import { openHolidays } from '../../../src/apps/bot/open-holidays.ts'
import { dayVerdict } from '../../../src/domain/calendar/facts.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { tempHome } from '../../support/temp-home.ts'

const CLOSED = { date: '2027-01-01', kind: 'closed', name: "New Year's Day" }
const EARLY = { date: '2027-01-18', kind: 'early-close', close: '13:30' }
const OIL = {
  ...{ calendar: 'cme-other', from: '2027-01-01', to: '2027-12-31' },
  ...{ source: 'CME holiday calendar 2027, read 2026-12-01', days: [CLOSED, EARLY] },
}

describe('a file of holidays', () => {
  let layout: HomeLayout
  beforeEach(() => {
    layout = homeLayout(tempHome())
    mkdirSync(layout.root, { recursive: true })
  })
  const write = (content: unknown) =>
    writeFileSync(layout.holidaysFile, typeof content === 'string' ? content : JSON.stringify(content))
  const read = (content: unknown) => {
    write(content)
    return readUserHolidays(layout.holidaysFile)
  }

  it('means no days where there is none', async () => {
    expect(readUserHolidays(layout.holidaysFile)).toEqual([])
    expect(homeCalendar(layout)).toEqual(bundledCalendar())
    expect(await openHolidays(layout)).toEqual(bundledCalendar())
    expect(checkHolidays(layout)).toEqual([])
  })

  it('is read into days, with the byte order mark that some editors write', () => {
    expect(read(`\uFEFF${JSON.stringify({ calendars: [OIL] })}`)).toMatchObject([
      {
        ...{ calendar: 'cme-other', from: '2027-01-01', to: '2027-12-31' },
        days: [CLOSED, { date: '2027-01-18', kind: 'early-close', closeMinute: 810 }],
      },
    ])
  })

  it('may tell of a session of its own, and of several ranges of one calendar', () => {
    const special = { date: '2026-11-08', kind: 'special', open: '18:00', close: '19:00' }
    const muhurat = { ...OIL, calendar: 'nse', from: '2026-11-08', to: '2026-11-08', days: [special] }
    const later = { ...OIL, from: '2028-01-01', to: '2028-12-31', days: [] }
    expect(read({ calendars: [muhurat, OIL, later] })).toHaveLength(3)
    const facts = homeCalendar(layout)
    expect(dayVerdict(facts, 'nse', '2026-11-08')).toMatchObject({ openMinute: 1080, closeMinute: 1140 })
    expect(dayVerdict(facts, 'cme-other', '2028-01-03')).toEqual({ kind: 'regular' })
  })

  it('may look like the example in the documentation', () => {
    const page = readFileSync(new URL('../../../docs/instruments.md', import.meta.url), 'utf8')
    const example = [...page.matchAll(/```json\n([\s\S]*?)```/g)].find(([, text]) => text!.includes('"calendars"'))![1]!
    expect(read(example)).toMatchObject([{ calendar: 'cme-other', from: '2027-01-01' }])
  })

  it('is for a bot what it is for everyone, and doctor tells its ranges', async () => {
    write({ calendars: [OIL] })
    expect(await openHolidays(layout)).toEqual(homeCalendar(layout))
    expect(checkHolidays(layout)).toMatchObject([
      { check: 'holidays', result: 'ok', message: 'Of your own: cme-other 2027-01-01 to 2027-12-31.' },
    ])
  })

  const of = (more: object) => ({ calendars: [{ ...OIL, ...more }] })
  const day = (more: object) => of({ days: [more] })
  it.each<[string, unknown, string]>([
    ['no JSON', '{', ' is no JSON ('],
    ['no list', {}, ': calendars: must be a list.'],
    [
      'a calendar nobody keeps',
      of({ calendar: 'none' }),
      ': calendars.0.calendar: must be nyse, cme-equity, cme-other or nse.',
    ],
    ['no such date', of({ from: '2027-02-30' }), ': calendars.0.from: must be a date such as 2027-01-18.'],
    [
      'an end before the beginning',
      of({ to: '2026-12-31', days: [] }),
      ': calendars.0.to: must not be earlier than from (2027-01-01).',
    ],
    ['no source', of({ source: undefined }), ': calendars.0.source: must say where the days were read.'],
    ['an empty source', of({ source: ' ' }), ': calendars.0.source: must say where the days were read.'],
    ['no days', of({ days: undefined }), ': calendars.0.days: must be a list.'],
    ['a mistyped field', of({ sorce: 'CME' }), ': calendars.0 has an unknown field sorce (did you mean source?).'],
    [
      'a field elsewhere',
      day({ ...CLOSED, close: '13:00' }),
      ': calendars.0.days.0 has a field close, which does not belong there.',
    ],
    [
      'a day outside',
      day({ ...CLOSED, date: '2028-01-03' }),
      ': calendars.0.days.0.date: 2028-01-03 is not from 2027-01-01 to 2027-12-31.',
    ],
    ['a day twice', of({ days: [CLOSED, EARLY, CLOSED] }), ': calendars.0.days.2.date: 2027-01-01 is listed twice.'],
    ['no kind', day({ date: '2027-01-01' }), ': calendars.0.days.0.kind: must be closed, early-close or special.'],
    [
      'no close',
      day({ date: '2027-01-18', kind: 'early-close' }),
      ': calendars.0.days.0.close: must be a time of day such as "13:30".',
    ],
    [
      'no such time',
      day({ ...EARLY, close: '25:00' }),
      ': calendars.0.days.0.close: "25:00" is no time of day such as 09:30.',
    ],
    [
      'an end before the opening',
      day({ ...EARLY, kind: 'special', open: '14:00' }),
      ': calendars.0.days.0.close: must be later than open.',
    ],
    [
      'ranges that overlap',
      { calendars: [OIL, { ...OIL, from: '2027-12-31', to: '2028-12-31', days: [] }] },
      ': calendars.1.from: 2027-12-31 to 2028-12-31 of cme-other overlaps 2027-01-01 to 2027-12-31.',
    ],
  ])('is refused with its path for %s', async (_what, content, sentence) => {
    const refused = read(content)
    expect(refused).toMatchObject({
      code: 'holiday-file-invalid',
      message: expect.stringContaining(`${layout.holidaysFile}${sentence}`) as string,
      nextStep: 'Correct the file, or move it away to go on without it.',
    })
    expect(() => homeCalendar(layout)).toThrow(Refused)
    await expect(openHolidays(layout)).rejects.toThrow(Refused)
    expect(checkHolidays(layout)).toMatchObject([{ check: 'holidays', result: 'fail' }])
  })

  it('is refused where it can’t be read', () => {
    mkdirSync(layout.holidaysFile)
    expect(readUserHolidays(layout.holidaysFile)).toMatchObject({
      code: 'holiday-file-invalid',
      message: expect.stringContaining(`${layout.holidaysFile} can't be read (`) as string,
    })
  })
})
