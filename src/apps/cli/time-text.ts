import { refuse } from '../../domain/failure/refusal.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

/** An instant for people and for scripts alike: ISO, UTC, without empty milliseconds. */
export function isoTime(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

/** The same of an ISO text from the API; a dash of none. */
export function shortTime(iso: string | null): string {
  return iso === null ? '–' : iso.replace(/\.\d+Z$/, 'Z')
}

/**
 * Reads a time as typed: a day (UTC) or an ISO time with its zone.
 *
 * @param end takes the last millisecond of a day instead of its first
 * @throws {Refused} bad-usage
 */
export function typedTime(text: string, option: string, end = false): EpochMs {
  const start = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : MOMENT.test(text) ? Date.parse(text) : Number.NaN
  // 2024-02-31 is taken for a day of March; writing it back shows that.
  const isReal = !Number.isNaN(start) && (!DAY.test(text) || new Date(start).toISOString().startsWith(text))
  if (!isReal)
    refuse('bad-usage', `${JSON.stringify(text)} is no time for ${option}.`, 'Use 2024-01-02 or 2024-01-02T15:04:00Z.')
  return epochMs(end && DAY.test(text) ? start + 86_400_000 - 1 : start)
}
