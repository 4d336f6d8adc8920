import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import { withToldDays } from '../../domain/calendar/told-days.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import type { HomeLayout } from '../home/layout.ts'
import { bundledCalendar } from './bundled-calendar.ts'
import { readUserHolidays } from './user-holidays.ts'

/**
 * The exchange holidays of a home: ours, and in their place what its `holidays.json` tells.
 *
 * @throws {Refused} 'holiday-file-invalid'
 */
export function homeCalendar({ holidaysFile }: Pick<HomeLayout, 'holidaysFile'>): CalendarFacts {
  const told = readUserHolidays(holidaysFile)
  if ('code' in told) throw new Refused(told)
  return withToldDays(bundledCalendar(), told)
}
