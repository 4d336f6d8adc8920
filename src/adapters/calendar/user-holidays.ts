import { z } from 'zod'
import { isIn, type DateRange, type DayFact } from '../../domain/calendar/facts.ts'
import type { ToldDays } from '../../domain/calendar/told-days.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import { readUserFile } from '../home/read-user-file.ts'
import { minuteOfDay } from '../instruments/minute-of-day.ts'

const FIELDS = 'calendars calendar from to source days date kind open close name'.split(' ')

function userHolidays() {
  const Day = z.iso.date({ error: 'must be a date such as 2027-01-18' })
  const Minute = z.string('must be a time of day such as "13:30"').transform(minuteOfDay)
  const Name = z.string('must be text').min(1).max(100).optional()

  const ToldDay = z
    .discriminatedUnion(
      'kind',
      [
        z.strictObject({ date: Day, kind: z.literal('closed'), name: Name }),
        z.strictObject({ date: Day, kind: z.literal('early-close'), close: Minute, name: Name }),
        z.strictObject({ date: Day, kind: z.literal('special'), open: Minute, close: Minute, name: Name }),
      ],
      { error: 'must be closed, early-close or special' },
    )
    .transform(toDayFact)

  const Told = z
    .strictObject({
      calendar: z.enum(['nyse', 'cme-equity', 'cme-other', 'nse'], {
        error: 'must be nyse, cme-equity, cme-other or nse',
      }),
      from: Day,
      to: Day,
      /** Where the days were read: who reads the file a year later knows whether to trust it. */
      source: z.string('must say where the days were read').trim().min(1, 'must say where the days were read'),
      days: z.array(ToldDay, 'must be a list'),
    })
    .superRefine(refuseOddDays)

  return z.strictObject({ calendars: z.array(Told, 'must be a list').superRefine(refuseOverlaps) })
}

/**
 * Days of exchanges that the user has looked up: `holidays.json` in the home folder (docs/instruments.md shows one).
 *
 * @param file path; a file that does not exist means none
 * @returns the days, or `holiday-file-invalid` with the path, the field and what it must be
 */
export function readUserHolidays(file: string): readonly ToldDays[] | Refusal {
  const read = readUserFile(file, userHolidays, FIELDS)
  if ('wrong' in read)
    return refusal('holiday-file-invalid', read.wrong, 'Correct the file, or move it away to go on without it.')
  return read.value?.calendars ?? []
}

type ToldDay = Readonly<{
  date: string
  kind: DayFact['kind']
  open?: number
  close?: number
  name?: string | undefined
}>

function toDayFact({ date, kind, open = 0, close = 0, name }: ToldDay, ctx: z.RefinementCtx): DayFact {
  const named = name === undefined ? {} : { name }
  if (kind === 'closed') return { date, kind, ...named }
  if (kind === 'early-close') return { date, kind, closeMinute: close, ...named }
  if (close <= open) ctx.addIssue({ code: 'custom', path: ['close'], message: 'must be later than open' })
  return { date, kind, openMinute: open, closeMinute: close, ...named }
}

function refuseOddDays({ from, to, days }: DateRange & { days: readonly DayFact[] }, ctx: z.RefinementCtx): void {
  const complain = (path: (string | number)[], message: string) => ctx.addIssue({ code: 'custom', path, message })
  if (to < from) return complain(['to'], `must not be earlier than from (${from})`)
  const seen = new Set<string>()
  for (const [index, { date }] of days.entries()) {
    const path = ['days', index, 'date']
    if (!isIn({ from, to }, date)) complain(path, `${date} is not from ${from} to ${to}`)
    if (seen.has(date)) complain(path, `${date} is listed twice`)
    seen.add(date)
  }
}

function refuseOverlaps(told: readonly (DateRange & { calendar: string })[], ctx: z.RefinementCtx): void {
  for (const [index, { calendar, from, to }] of told.entries()) {
    const other = told.slice(0, index).find((one) => one.calendar === calendar && one.from <= to && from <= one.to)
    if (!other) continue
    const message = `${from} to ${to} of ${calendar} overlaps ${other.from} to ${other.to}`
    ctx.addIssue({ code: 'custom', path: [index, 'from'], message })
  }
}
