import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { dayVerdict, type CalendarFacts, type DateRange } from '../../../src/domain/calendar/facts.ts'
import { earlyClosesOf } from '../../../src/domain/calendar/early-closes.ts'
import {
  CALENDAR_ZONE,
  withToldDays,
  type ExchangeCalendar,
  type ToldDays,
} from '../../../src/domain/calendar/told-days.ts'
import { addDays } from '../../../src/domain/calendar/wall-time.ts'
import { KNOWN_INSTRUMENTS } from '../../../src/domain/instrument/known-instruments.ts'

const BUNDLED = bundledCalendar()
const OIL_2027: ToldDays = {
  ...{ calendar: 'cme-other', from: '2027-01-01', to: '2027-12-31' },
  days: [
    { date: '2027-01-01', kind: 'closed', name: "New Year's Day" },
    { date: '2027-01-18', kind: 'early-close', closeMinute: 810 },
  ],
}

describe('days that a person told', () => {
  it('make known what nobody knew, to the ends of their range', () => {
    const facts = withToldDays(BUNDLED, [OIL_2027])
    const kindOf = (date: string) => dayVerdict(facts, 'cme-other', date).kind
    expect(kindOf('2027-01-01')).toBe('closed')
    expect(kindOf('2027-01-18')).toBe('early-close')
    expect([kindOf('2027-01-04'), kindOf('2027-12-31')]).toEqual(['regular', 'regular'])
    expect([kindOf('2026-12-31'), kindOf('2028-01-03')]).toEqual(['unknown', 'unknown'])
  })

  it('stand in the place of ours inside their range, and leave the gap between both unknown', () => {
    const told: ToldDays[] = [
      // Ours has Thanksgiving and the day after it; the person only the first, closed.
      {
        ...{ calendar: 'cme-equity', from: '2026-11-26', to: '2026-11-27' },
        days: [{ date: '2026-11-26', kind: 'closed' }],
      },
      { calendar: 'cme-equity', from: '2027-03-01', to: '2027-03-31', days: [] },
    ]
    const facts = withToldDays(BUNDLED, told)
    const kindOf = (date: string) => dayVerdict(facts, 'cme-equity', date).kind
    expect([kindOf('2026-11-26'), kindOf('2026-11-27')]).toEqual(['closed', 'regular'])
    expect([kindOf('2026-12-24'), kindOf('2026-12-25')]).toEqual(['early-close', 'closed'])
    expect([kindOf('2027-02-26'), kindOf('2027-03-01'), kindOf('2027-04-01')]).toEqual([
      'unknown',
      'regular',
      'unknown',
    ])
    expect(dayVerdict(facts, 'nyse', '2026-11-26')).toEqual(dayVerdict(BUNDLED, 'nyse', '2026-11-26'))
  })

  it('have early closes where no list was', () => {
    const oil = KNOWN_INSTRUMENTS.find(({ symbol }) => symbol === 'CL')!
    // 13:30 in Chicago, in winter.
    expect(earlyClosesOf(oil, withToldDays(BUNDLED, [OIL_2027]))).toMatchObject([
      {
        date: '2027-01-18',
        close: Date.parse('2027-01-18T19:30:00Z'),
        regularClose: Date.parse('2027-01-18T22:00:00Z'),
      },
    ])
  })

  it('are told in the zone of the calendar, also of one that ships', () => {
    for (const [calendar, { zone }] of Object.entries(BUNDLED.calendars))
      expect(zone).toBe(CALENDAR_ZONE[calendar as ExchangeCalendar])
  })
})

const dateAt = (day: number) => addDays('2026-10-01', day)
const calendars = Object.keys(CALENDAR_ZONE) as ExchangeCalendar[]

/** Ranges that lie one after another, some with a gap between, each with some of its dates closed. */
const toldOf = (calendar: ExchangeCalendar): fc.Arbitrary<ToldDays[]> =>
  fc
    .array(fc.record({ gap: fc.nat(20), closed: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }) }), {
      maxLength: 4,
    })
    .map((pieces) => {
      let day = 0
      return pieces.map(({ gap, closed }) => {
        const start = day + gap
        day = start + closed.length
        const days = closed.flatMap((is, index) =>
          is ? [{ date: dateAt(start + index), kind: 'closed' as const }] : [],
        )
        return { calendar, from: dateAt(start), to: dateAt(day - 1), days }
      })
    })

it('whatever is told: inside a range it is the word of the range alone, outside of all it is ours', () => {
  const within = ({ from, to }: DateRange, date: string) => from <= date && date <= to
  const expected = (facts: CalendarFacts, told: readonly ToldDays[], calendar: ExchangeCalendar, date: string) => {
    const range = told.find((one) => one.calendar === calendar && within(one, date))
    return range
      ? (range.days.find((one) => one.date === date) ?? { kind: 'regular' })
      : dayVerdict(facts, calendar, date)
  }
  fc.assert(
    fc.property(fc.tuple(...calendars.map(toldOf)), fc.array(fc.nat(300), { maxLength: 40 }), (lists, days) => {
      const told = lists.flat()
      const facts = withToldDays(BUNDLED, told)
      for (const calendar of calendars)
        for (const date of days.map(dateAt))
          expect(dayVerdict(facts, calendar, date)).toEqual(expected(BUNDLED, told, calendar, date))
      // In whatever order the ranges were written.
      expect(withToldDays(BUNDLED, told.toReversed()).calendars['nse']?.days.size).toBe(
        facts.calendars['nse']?.days.size,
      )
    }),
  )
})
