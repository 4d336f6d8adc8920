const DAY_MS = 86_400_000

/** Turns wall time of one zone into UTC, row after row. Remembers the day it is in, so most rows cost a comparison. */
export interface ZoneTime {
  /**
   * A wall time that occurs twice (clocks set back) means the occurrence that keeps the file in its order: the first
   * one that comes after the previous row, so a file is read as it was recorded.
   *
   * @param wallMs      wall time as if it were UTC milliseconds
   * @param previous    UTC of the row before; ±Infinity for the first
   * @param newestFirst the file goes backwards in time
   * @returns UTC milliseconds; NaN for a wall time the clocks skipped
   */
  toUtc(wallMs: number, previous: number, newestFirst: boolean): number
  /** How many wall times so far occur twice in this zone. */
  readonly ambiguous: number
}

/** @returns undefined when there is no such IANA zone */
export function openZoneTime(zone: string): ZoneTime | undefined {
  if (zone === 'UTC' || zone === 'Etc/UTC') return { toUtc: (wallMs) => wallMs, ambiguous: 0 }
  const offsetAt = openOffsets(zone)
  return offsetAt && new CachedZoneTime(offsetAt)
}

class CachedZoneTime implements ZoneTime {
  ambiguous = 0
  readonly #offsetAt: (utcMs: number) => number
  #day = NaN
  #offset = 0
  #changing = false

  constructor(offsetAt: (utcMs: number) => number) {
    this.#offsetAt = offsetAt
  }

  toUtc(wallMs: number, previous: number, newestFirst: boolean): number {
    const day = Math.floor(wallMs / DAY_MS)
    if (day !== this.#day) this.#enter(day)
    return this.#changing ? this.#search(wallMs, previous, newestFirst) : wallMs - this.#offset
  }

  /** Looks half a day apart over the widest span of UTC that can be this local day, offsets being within ±15 h. */
  #enter(day: number): void {
    const start = day * DAY_MS
    this.#day = day
    this.#offset = this.#offsetAt(start - 0.75 * DAY_MS)
    this.#changing = false
    for (let quarter = -1; quarter <= 7; quarter++)
      if (this.#offsetAt(start + quarter * 0.25 * DAY_MS) !== this.#offset) this.#changing = true
  }

  #search(wallMs: number, previous: number, newestFirst: boolean): number {
    const early = wallMs - this.#offsetAt(wallMs - DAY_MS)
    const late = wallMs - this.#offsetAt(wallMs + DAY_MS)
    const first = Math.min(early, late)
    const second = Math.max(early, late)
    const firstHolds = first + this.#offsetAt(first) === wallMs
    const secondHolds = second + this.#offsetAt(second) === wallMs
    if (firstHolds && secondHolds && first !== second) {
      this.ambiguous++
      if (newestFirst) return second < previous ? second : first
      return first > previous ? first : second
    }
    if (firstHolds) return first
    return secondHolds ? second : NaN
  }
}

function openOffsets(zone: string): ((utcMs: number) => number) | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  return (utcMs) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(utcMs)) part[type] = Number(value)
    const wall = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second)
    return wall - Math.floor(utcMs / 1000) * 1000
  }
}
