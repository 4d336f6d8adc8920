import type { EarlyClose } from '../calendar/early-closes.ts'
import { addDays, wallClock, type WallClock } from '../calendar/wall-time.ts'
import { epochMs, type DurationMs, type EpochMs } from '../units/units.ts'
import { openWallWindows, type WallWindowsSpec } from './wall-windows.ts'

/** When nothing may be held: the windows that are set, and what becomes of them on days that end early. */
export type FlatTimes = Readonly<{
  /** As written in the settings. */
  text: string
  contains(at: EpochMs): boolean
  /** Why nothing may be held in some part of `span` from `at` on, as a sentence; undefined where something may. */
  why(at: EpochMs, span: DurationMs): string | undefined
}>

/** A window as it lies on a day that ends early, [from, until). */
type Moved = Readonly<{ from: EpochMs; until: EpochMs; text: string }>

/**
 * A window in which the regular close of a session lies is there so that nothing is carried over that close. Where the
 * session ends early it begins as much earlier as the close comes, but not before the session, and ends when it always does.
 *
 * @param earlyCloses of every instrument of the account: what holds for one holds for the account
 */
export function openFlatTimes(text: string, spec: WallWindowsSpec, earlyCloses: readonly EarlyClose[]): FlatTimes {
  const windows = openWallWindows(text, spec)
  const clock = wallClock(spec.zone)
  const moved = earlyCloses.flatMap((early) => movedWindows(spec, clock, early))
  const always = `nothing may be held ${text}`
  const movedAt = (at: EpochMs, span: number) => moved.find(({ from, until }) => at + span >= from && at < until)
  return {
    text,
    contains: (at) => windows.contains(at) || movedAt(at, 0) !== undefined,
    why: (at, span) => {
      const early = movedAt(at, span)
      if (early) return `${always}; ${early.text}`
      return windows.touches(at, span) ? always : undefined
    },
  }
}

function movedWindows({ ranges }: WallWindowsSpec, clock: WallClock, early: EarlyClose): readonly Moved[] {
  const { date, open, close, regularClose } = early
  const closeDate = clock.toWall(regularClose).date
  const moved: Moved[] = []
  for (const range of ranges)
    // A range that goes over midnight may have begun the day before.
    for (const begins of [addDays(closeDate, -1), closeDate]) {
      const from = clock.toEpoch(begins, range.from)
      const until = clock.toEpoch(range.from < range.to ? begins : addDays(begins, 1), range.to)
      if (from > regularClose || until < regularClose) continue
      const earlier = epochMs(Math.max(open, close - (regularClose - from)))
      moved.push({ from: earlier, until, text: movedText(clock, date, earlier, close) })
    }
  return moved
}

function movedText(clock: WallClock, date: string, from: EpochMs, close: EpochMs): string {
  const time = (at: EpochMs) => {
    const minute = clock.toMinute(at)
    return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  }
  return `on ${date} from ${time(from)}, for the session ends early at ${time(close)}`
}
