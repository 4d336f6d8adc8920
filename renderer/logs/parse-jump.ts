/**
 * A time as somebody types it: `14:30`, `14:30:05`, `2026-01-02`, `2026-01-02 14:30`, an ISO time with its zone, or a span
 * back from the end of the log such as `15m`, `2h`, `3d`.
 *
 * @param zone  IANA name of the zone times without one are meant in
 * @param near  a time on the day that is meant where none is named; of the line in view
 * @param last  time of the last line, which spans count back from
 * @returns epoch milliseconds; undefined where it is no time
 */
export function parseJump(typed: string, zone: string, near: number, last: number): number | undefined {
  const text = typed.trim().replace(/\s+/g, ' ')
  const span = /^-?(\d{1,6}) ?(s|m|h|d)$/i.exec(text)
  if (span) return last - Number(span[1]) * SPAN_MS[span[2]!.toLowerCase() as keyof typeof SPAN_MS]
  if (/(Z|[+-]\d\d:?\d\d)$/i.test(text) && /^\d{4}-\d\d-\d\d[T ]/.test(text)) {
    const at = Date.parse(text.replace(' ', 'T'))
    return Number.isNaN(at) ? undefined : at
  }
  const day = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](.+))?$/.exec(text)
  const clock = CLOCK.exec(day ? (day[4] ?? '00:00') : text)
  if (!clock) return undefined
  const [year, month, date] = day ? [Number(day[1]), Number(day[2]), Number(day[3])] : dayIn(zone, near)
  const [hour, minute, second] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)]
  if (month < 1 || month > 12 || date < 1 || date > 31 || hour > 23 || minute > 59 || second > 59) return undefined
  return wallTimeToEpoch(Date.UTC(year, month - 1, date, hour, minute, second), zone)
}

const SPAN_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,3})?)?$/

function dayIn(zone: string, at: number): [year: number, month: number, date: number] {
  const shown = new Date(at + offsetAt(at, zone))
  return [shown.getUTCFullYear(), shown.getUTCMonth() + 1, shown.getUTCDate()]
}

/** A wall time that happens twice is the first one; one that is left out is what it would have been without the change. */
function wallTimeToEpoch(wall: number, zone: string): number {
  const before = wall - offsetAt(wall - 86_400_000, zone)
  if (before + offsetAt(before, zone) === wall) return before
  const after = wall - offsetAt(before, zone)
  return after + offsetAt(after, zone) === wall ? after : before
}

/** How far a zone's clock is ahead of UTC, milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...({ year: 'numeric', month: 'numeric', day: 'numeric' } as const),
    ...({ hour: 'numeric', minute: 'numeric', second: 'numeric' } as const),
  }).formatToParts(at)
  const part = (name: string) => Number(parts.find(({ type }) => type === name)?.value)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(at / 1_000) * 1_000
}
