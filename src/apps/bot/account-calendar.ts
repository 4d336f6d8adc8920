import { bundledView, followCalendar, type CalendarView } from '../../adapters/calendar/known-calendar.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'

/**
 * The calendar an account keeps to. History is told again by what shipped with us: what a cloud says today, emergencies
 * included, must not change trades of days that are over.
 *
 * @param onChange when another calendar was taken up
 */
export function calendarOf(
  layout: HomeLayout,
  { feed }: Pick<AccountSettings, 'feed'>,
  onChange?: () => void,
): CalendarView {
  return feed.kind === 'replay' ? bundledView() : followCalendar(layout, onChange)
}
