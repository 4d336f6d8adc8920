import { wallClock } from '../calendar/wall-time.ts'
import { epochMs, type DurationMs, type EpochMs } from '../units/units.ts'
import { isZone } from './risk-days.ts'

/** Times of the day on the wall clock of one zone; a range whose end is not after its start goes over midnight. */
export type WallWindowsSpec = Readonly<{
  zone: string
  /** Minutes after midnight, [from, to). */
  ranges: readonly Readonly<{ from: number; to: number }>[]
}>

/** The same with the zone's clock at hand. */
export type WallWindows = Readonly<{
  /** As written in the settings. */
  text: string
  contains(at: EpochMs): boolean
  /** True when any part of `span` from `at` on lies in a window. */
  touches(at: EpochMs, span: DurationMs): boolean
}>

const SHAPE = /^(\S+) (\S+)$/
const RANGE = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/
const MINUTES_A_DAY = 1440

/**
 * Reads windows such as `09:30-11:30,13:00-15:00 America/Chicago`.
 *
 * @returns undefined when the text is none
 */
export function parseWallWindows(text: string): WallWindowsSpec | undefined {
  const [, list, zone] = SHAPE.exec(text) ?? []
  if (list === undefined || zone === undefined || !isZone(zone)) return undefined
  const ranges: { from: number; to: number }[] = []
  for (const part of list.split(',')) {
    const match = RANGE.exec(part)
    if (!match) return undefined
    const [h1, m1, h2, m2] = match.slice(1).map(Number) as [number, number, number, number]
    ranges.push({ from: h1 * 60 + m1, to: h2 * 60 + m2 })
  }
  return { zone, ranges }
}

export function openWallWindows(text: string, spec: WallWindowsSpec): WallWindows {
  const clock = wallClock(spec.zone)
  const holds = (minute: number) =>
    spec.ranges.some(({ from, to }) => (from < to ? minute >= from && minute < to : minute >= from || minute < to))
  return {
    text,
    contains: (at) => holds(clock.toMinute(at)),
    touches: (at, span) => {
      const minute = clock.toMinute(at)
      const ahead = span / 60_000
      const isAhead = spec.ranges.some(({ from }) => (from - minute + MINUTES_A_DAY) % MINUTES_A_DAY <= ahead)
      // The wall clock may jump over the beginning of a window, and into it.
      return holds(minute) || isAhead || holds(clock.toMinute(epochMs(at + span)))
    },
  }
}
