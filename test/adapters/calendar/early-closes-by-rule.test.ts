import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { addDays, weekdayOf } from '../../../src/domain/calendar/wall-time.ts'

const { calendars } = bundledCalendar()
const [THURSDAY, MONDAY] = [4, 1]

/** The n-th of a weekday in a month. */
function nth(year: number, month: number, weekday: number, n: number): string {
  const first = `${year}-${String(month).padStart(2, '0')}-01`
  return addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1))
}
const lastMonday = (year: number, month: number) => {
  const fifth = nth(year, month, MONDAY, 5)
  return fifth.slice(5, 7) === String(month).padStart(2, '0') ? fifth : nth(year, month, MONDAY, 4)
}
/** Where a holiday is kept that falls on a weekend. */
const kept = (date: string) => addDays(date, { 6: -1, 0: 1 }[weekdayOf(date)] ?? 0)
const isMondayToThursday = (date: string) => weekdayOf(date) >= 1 && weekdayOf(date) <= 4

function early(calendar: 'nyse' | 'cme-equity', year: number): string[] {
  return [...calendars[calendar]!.days.values()].flatMap((day) =>
    day.kind === 'early-close' && day.date.startsWith(`${year}`) ? [`${day.date} ${day.closeMinute / 60}`] : [],
  )
}

/** The evenings before the Fourth and before Christmas end early where they are no holiday themselves. */
const eves = (year: number) => [`${year}-07-03`, `${year}-12-24`].filter(isMondayToThursday)

describe('the early closes that ship agree with the rules of the exchanges', () => {
  it.each([2025, 2026, 2027])('New York in %i: 13:00 after Thanksgiving and before two holidays', (year) => {
    const days = [...eves(year), addDays(nth(year, 11, THURSDAY, 4), 1)].sort()
    expect(early('nyse', year)).toEqual(days.map((date) => `${date} 13`))
  })

  it('CME equity index futures in 2026: 12:00 on holidays of the US, 12:15 after Thanksgiving and before Christmas', () => {
    const year = 2026
    const thanksgiving = nth(year, 11, THURSDAY, 4)
    const halts = [
      ...[nth(year, 1, MONDAY, 3), nth(year, 2, MONDAY, 3), lastMonday(year, 5), kept(`${year}-06-19`)],
      ...[kept(`${year}-07-04`), nth(year, 9, MONDAY, 1), thanksgiving],
    ].map((date) => `${date} 12`)
    // The one day that no rule tells: the release of payrolls on Good Friday.
    const all = [...halts, `${addDays(thanksgiving, 1)} 12.25`, `${year}-12-24 12.25`, `${year}-04-03 8.25`]
    expect(early('cme-equity', year)).toEqual(all.sort())
  })
})
