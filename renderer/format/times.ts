/** An ISO time to the minute, UTC: `2024-01-05 20:59`. Bars may be years old, so the day is always there. */
export function utcMinute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`
}

/** An ISO time to the second, UTC: `2024-01-05 20:59:07`. */
export function utcSecond(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`
}

/** Time of day of an epoch time, UTC, milliseconds in: `20:59:07`. */
export function utcTimeOfDay(at: number): string {
  return new Date(at).toISOString().slice(11, 19)
}

/** Time of day of a log line, UTC, to the millisecond; the text itself where it is no ISO time. */
export function logTime(iso: string): string {
  return /^\d{4}-\d\d-\d\dT/.test(iso) ? iso.slice(11, 23) : iso
}
