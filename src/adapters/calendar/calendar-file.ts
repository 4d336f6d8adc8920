import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { CloudCalendar } from '../../contracts/cloud/calendar.ts'
import { replaceFile } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'

/** `calendar.json` of a home: written by the launcher, read by every bot (stored-calendar.ts reads the same without zod). */
export const CalendarFile = z.object({
  version: z.literal(1),
  /** Which cloud told it: `local`, or the address of a team's. */
  server: z.string().max(2_048),
  /** When it was told, epoch milliseconds. */
  fetchedAt: z.int(),
  calendar: CloudCalendar,
})
export type CalendarFile = z.output<typeof CalendarFile>

/** undefined: none was ever told, or the file is damaged, which the next word of the cloud mends. */
export function readCalendarFile({ calendarFile }: Pick<HomeLayout, 'calendarFile'>): CalendarFile | undefined {
  try {
    return CalendarFile.safeParse(JSON.parse(readFileSync(calendarFile, 'utf8'))).data
  } catch {
    return undefined
  }
}

/** @throws {Refused} disk-full, home-read-only; the old file stands */
export function writeCalendarFile({ calendarFile }: Pick<HomeLayout, 'calendarFile'>, file: CalendarFile): void {
  replaceFile(calendarFile, `${JSON.stringify(file)}\n`)
}
