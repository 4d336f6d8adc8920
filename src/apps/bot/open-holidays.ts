import { existsSync } from 'node:fs'
import { bundledCalendar } from '../../adapters/calendar/bundled-calendar.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import { loadLate } from './load-late.ts'

/** For a bot: what reads the user's own holidays is loaded where there are any. @throws {Refused} as `homeCalendar` */
export async function openHolidays(layout: Pick<HomeLayout, 'holidaysFile'>): Promise<CalendarFacts> {
  if (!existsSync(layout.holidaysFile)) return bundledCalendar()
  const { homeCalendar } = await loadLate(() => import('../../adapters/calendar/home-calendar.ts'))
  return homeCalendar(layout)
}
