import type { Reading } from '../../../domain/calendar/release-list.ts'

/** What came of reading a page: its list, or why it is none of ours. */
export type PageReading =
  /** `problem`: the best source could not be read, and this is from the second best. */
  Readonly<{ kind: 'read'; reading: Reading; problem?: string }> | Readonly<{ kind: 'unreadable'; problem: string }>

/** A page is not what it should be. Its message becomes the problem of the list. */
export class UnreadablePage extends Error {
  override readonly name = 'UnreadablePage'
}

export function unreadable(problem: string): never {
  throw new UnreadablePage(problem)
}

/** Reads, and turns what a page can do to us into a value. */
export function readingOf(read: () => Reading): PageReading {
  try {
    const reading = read()
    if (reading.releases.length === 0) unreadable('it lists nothing')
    return { kind: 'read', reading }
  } catch (error) {
    if (!(error instanceof UnreadablePage) && !(error instanceof RangeError)) throw error
    return { kind: 'unreadable', problem: `the page can't be read: ${error.message}` }
  }
}

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const

/** 1 to 12 of `January`, `Jan.`, `Sept.`; undefined of anything else. */
export function monthOf(text: string): number | undefined {
  const word = text.trim().replace(/\.$/, '').toLowerCase()
  if (word.length < 3) return undefined
  const at = MONTHS.findIndex((month) => month.startsWith(word))
  return at < 0 ? undefined : at + 1
}

/** YYYY-MM-DD; undefined where there is no such day. */
export function dateOf(year: number, month: number, day: number): string | undefined {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? text : undefined
}

const TIME = /^(\d{1,2}):(\d\d) ([AP])\.?M\.?$/i

/** HH:MM of `08:30 AM`. */
export function clockTime(text: string): string | undefined {
  const [, hourText, minute = '', half] = TIME.exec(text) ?? []
  const hour = Number(hourText)
  if (!(hour >= 1 && hour <= 12) || Number(minute) > 59) return undefined
  const ofDay = (hour % 12) + (half?.toUpperCase() === 'P' ? 12 : 0)
  return `${String(ofDay).padStart(2, '0')}:${minute}`
}

/** What a page said, short and without what could disturb a log or a page. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
