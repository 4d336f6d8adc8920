import { existsSync } from 'node:fs'
import { bundledCalendar } from '../../adapters/calendar/bundled-calendar.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import { loadLate } from './load-late.ts'

/**
 * For a bot: what reads the user's own holidays is loaded where there are any.
 *
 * @param isClosing the bot is there to close everything: a mistake in the file must not keep it from that
 * @throws {Refused} as `homeCalendar`
 */
export async function openHolidays(
  layout: Pick<HomeLayout, 'holidaysFile'>,
  isClosing = false,
): Promise<CalendarFacts> {
  if (isClosing || !existsSync(layout.holidaysFile)) return bundledCalendar()
  const { homeCalendar } = await loadLate(() => import('../../adapters/calendar/home-calendar.ts'))
  return homeCalendar(layout)
}
