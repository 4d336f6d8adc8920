import type { CalendarFacts } from '../calendar/facts.ts'
import { addDays } from '../calendar/wall-time.ts'
import type { CalendarId } from '../instrument/instrument.ts'
import type { ExpiryCycle, ExpiryCycleName, OptionRules } from './option-rules.ts'
import { onTradingDay } from './trading-days.ts'

/**
 * A day on which contracts expire. `certain` is false where it lies beyond the known holidays: one that we don't know of
 * may move it.
 */
export type Expiry = Readonly<{ date: string; cycle: ExpiryCycleName; certain: boolean; expiryMinute?: number }>

/** Where a day is both, it is called by the longer cycle. */
const LONGEST_FIRST: readonly ExpiryCycleName[] = ['quarterly', 'monthly', 'weekly']

/**
 * The expiries that are listed on a date, nearest first.
 *
 * The rule in force when a contract expires names its day. So a list for a day before a change shows the new weekday
 * already, which is where the exchanges moved the open contracts.
 *
 * @param today first date that may be one (YYYY-MM-DD)
 */
export function listedExpiries(
  rules: OptionRules,
  calendar: CalendarId,
  today: string,
  facts?: CalendarFacts,
): readonly Expiry[] {
  const found = new Map<string, Expiry>()
  for (const name of LONGEST_FIRST)
    for (const cycle of rules.cycles)
      if (cycle.cycle === name)
        for (const expiry of expiriesOf(rules, cycle, calendar, today, addDays(today, cycle.withinDays), facts))
          if (!found.has(expiry.date)) found.set(expiry.date, expiry)
  return [...found.values()].sort((a, b) => (a.date < b.date ? -1 : 1))
}

/** The expiry on a date, however far ahead; undefined where no rule has one on it. */
export function expiryOn(
  rules: OptionRules,
  calendar: CalendarId,
  date: string,
  facts?: CalendarFacts,
): Expiry | undefined {
  for (const name of LONGEST_FIRST)
    for (const cycle of rules.cycles)
      if (cycle.cycle === name)
        for (const expiry of expiriesOf(rules, cycle, calendar, date, date, facts)) return expiry
  return undefined
}

/** The monthly expiry of a month (YYYY-MM). */
export function monthlyExpiry(
  rules: OptionRules,
  calendar: CalendarId,
  month: string,
  facts?: CalendarFacts,
): Expiry | undefined {
  for (const cycle of rules.cycles) {
    if (cycle.week === 'every') continue
    const nominal = nominalInMonth(cycle, monthNumber(dayNumber(`${month}-01`)))
    if (nominal === undefined) continue
    const { date, certain } = onTradingDay(calendar, isoDay(nominal), facts)
    return expiryNamed(cycle, date, certain)
  }
  return undefined
}

/** A holiday never moves an expiry further than this many days. */
const MOST_MOVED = 7

function* expiriesOf(
  rules: OptionRules,
  cycle: ExpiryCycle,
  calendar: CalendarId,
  from: string,
  to: string,
  facts: CalendarFacts | undefined,
): Generator<Expiry> {
  for (const nominal of nominalDays(cycle, dayNumber(from), dayNumber(to) + MOST_MOVED)) {
    const { date, certain } = onTradingDay(calendar, isoDay(nominal), facts)
    if (date < from || date > to) continue
    if (cycle.notInMonthlyWeek && hasMonthlyInWeekOf(rules, nominal)) continue
    yield expiryNamed(cycle, date, certain)
  }
}

function expiryNamed({ cycle, expiryMinute }: ExpiryCycle, date: string, certain: boolean): Expiry {
  return { date, cycle, certain, ...(expiryMinute === undefined ? {} : { expiryMinute }) }
}

// Days are numbers here, counted from 1970-01-01: a chain is asked for on the way to an order, and dates as text cost
// a hundred times as much.

function* nominalDays(cycle: ExpiryCycle, from: number, to: number): Generator<number> {
  const [first, last] = [Math.max(from, inForceFrom(cycle)), Math.min(to, inForceUntil(cycle))]
  if (cycle.week === 'every') {
    for (let day = first; day <= last; day++) if (cycle.weekdays.includes(weekday(day))) yield day
    return
  }
  if (first > last) return
  for (let month = monthNumber(first); month <= monthNumber(last); month++) {
    const day = nominalInMonth(cycle, month)
    if (day !== undefined && day >= first && day <= last) yield day
  }
}

/**
 * The cycle's day in a month, before holidays move it; undefined where the cycle has none there.
 *
 * @param month counted from January 1970
 */
function nominalInMonth(cycle: ExpiryCycle, month: number): number | undefined {
  if (cycle.months && !cycle.months.includes((month % 12) + 1)) return undefined
  const wanted = cycle.weekdays[0]!
  const first = Date.UTC(1970, month, 1) / DAY_MS
  const last = Date.UTC(1970, month + 1, 1) / DAY_MS - 1
  const day =
    cycle.week === 'last'
      ? last - ((weekday(last) - wanted + 7) % 7)
      : first + ((wanted - weekday(first) + 7) % 7) + 7 * (Number(cycle.week) - 1)
  return day < inForceFrom(cycle) || day > inForceUntil(cycle) ? undefined : day
}

function hasMonthlyInWeekOf(rules: OptionRules, day: number): boolean {
  const monday = day - ((weekday(day) + 6) % 7)
  const months = new Set([monthNumber(monday), monthNumber(monday + 6)])
  return rules.cycles.some(
    (cycle) =>
      cycle.week !== 'every' &&
      [...months].some((month) => {
        const monthly = nominalInMonth(cycle, month)
        return monthly !== undefined && monthly >= monday && monthly <= monday + 6
      }),
  )
}

const DAY_MS = 86_400_000

function inForceFrom({ from }: ExpiryCycle): number {
  return from === undefined ? -Infinity : dayNumber(from)
}

function inForceUntil({ until }: ExpiryCycle): number {
  return until === undefined ? Infinity : dayNumber(until)
}

/** Of YYYY-MM-DD. Cheaper than Date.parse, and asked for each cycle. */
function dayNumber(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / DAY_MS
}

function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** 0 = Sunday; 1970-01-01 was a Thursday. */
function weekday(day: number): number {
  return (day + 4) % 7
}

function monthNumber(day: number): number {
  const date = new Date(day * DAY_MS)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}
