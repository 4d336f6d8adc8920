import { epochMs, type EpochMs } from '../units/units.ts'

/** A moment on the wall clock of a zone: the date (YYYY-MM-DD) and the minutes after its midnight, 0 to 1439. */
export type WallTime = Readonly<{ date: string; minute: number }>

/** The wall clock of one zone. Making one is costly (Intl loads the zone's rules), using it is not. */
export interface WallClock {
  readonly zone: string
  /**
   * The instant of a wall time. One that a clock change skips means the same distance after the change (02:30 becomes
   * 03:30); one that comes twice means the first.
   *
   * @param minute after midnight; may be 1440 (the next midnight) or beyond
   */
  toEpoch(date: string, minute: number): EpochMs
  toWall(at: EpochMs): WallTime
  /** The minute of `toWall` alone, which costs a fraction of it: a date is a text. */
  toMinute(at: EpochMs): number
}

const MINUTE = 60_000
const DAY = 86_400_000
const WEEK = 7 * DAY

/** How far a zone's wall clock is ahead of UTC at an instant, milliseconds. */
export type ZoneOffset = (at: number) => number

/** Where the offsets of a zone come from. */
export type ZoneOffsets = (zone: string) => ZoneOffset

/** Offsets as Intl knows them, for any zone. @throws {RangeError} `zone` is no IANA zone */
export const intlOffsets: ZoneOffsets = (zone) => {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })

  /** The wall time at an instant, written as if it were UTC. */
  function localMs(at: number): number {
    const field: Record<string, number> = {}
    for (const part of format.formatToParts(at)) field[part.type] = Number(part.value)
    return Date.UTC(field.year!, field.month! - 1, field.day!, field.hour!, field.minute!, field.second!)
  }
  return (at) => localMs(at) - Math.floor(at / 1000) * 1000
}

/**
 * The wall clock of a zone.
 *
 * @param offsets a cheaper source than Intl, where there is one
 * @throws {RangeError} `zone` is no IANA zone
 */
export function wallClock(zone: string, offsets: ZoneOffsets = intlOffsets): WallClock {
  const exactOffset = offsets(zone)

  // Asking Intl costs microseconds, and a clock changes twice a year: a week that begins and ends with the same offset
  // has it throughout.
  const atWeekStart = new Map<number, number>()
  function offsetOfWeekStart(week: number): number {
    let offset = atWeekStart.get(week)
    if (offset === undefined) atWeekStart.set(week, (offset = exactOffset(week * WEEK)))
    return offset
  }
  function offsetAt(at: number): number {
    const week = Math.floor(at / WEEK)
    const offset = offsetOfWeekStart(week)
    return offset === offsetOfWeekStart(week + 1) ? offset : exactOffset(at)
  }

  const minuteOf = (local: number) => Math.floor((local - Math.floor(local / DAY) * DAY) / MINUTE)

  return {
    zone,
    toEpoch(date, minute) {
      const local = dateMs(date) + minute * MINUTE
      const before = offsetAt(local - DAY)
      const after = offsetAt(local + DAY)
      // Of the two candidates the one that the zone confirms is right; both when the hour comes twice (the first is
      // earlier), none when it is skipped (the first lies past the gap).
      const first = local - before
      if (before === after || offsetAt(first) === before) return epochMs(first)
      const second = local - after
      return epochMs(offsetAt(second) === after ? second : first)
    },
    toWall(at) {
      const local = at + offsetAt(at)
      return { date: isoDate(local), minute: minuteOf(local) }
    },
    toMinute: (at) => minuteOf(at + offsetAt(at)),
  }
}

/** One conversion; whoever converts often keeps a `wallClock`. */
export function wallToEpoch(date: string, minute: number, zone: string): EpochMs {
  return wallClock(zone).toEpoch(date, minute)
}

/** One conversion; whoever converts often keeps a `wallClock`. */
export function epochToWall(at: EpochMs, zone: string): WallTime {
  return wallClock(zone).toWall(at)
}

/** The calendar date `days` later (earlier if negative). */
export function addDays(date: string, days: number): string {
  return isoDate(dateMs(date) + days * DAY)
}

/** 0 = Sunday … 6 = Saturday. */
export function weekdayOf(date: string): number {
  return new Date(dateMs(date)).getUTCDay()
}

function isoDate(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10)
}

function dateMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}
