import { TickMarkType } from 'lightweight-charts'

/**
 * What stands at a mark of a time axis: as much as tells it from the mark before.
 *
 * @param day    `2026-11-18`
 * @param minute `2026-11-18 14:05`
 */
export function tickText(type: TickMarkType, day: string, minute: string): string {
  if (type === TickMarkType.Year) return day.slice(0, 4)
  if (type === TickMarkType.Month || type === TickMarkType.DayOfMonth) return day.slice(5)
  return minute.slice(11)
}
