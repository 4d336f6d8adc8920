import type { Session } from '../calendar/session.ts'
import { epochMs, type DurationMs, type EpochMs } from '../units/units.ts'

/** A run of bars that a session should have and the data lack: bar starts, both included. */
export type Gap = Readonly<{ from: EpochMs; to: EpochMs; missing: number }>

/**
 * What is missing inside sessions between the first and the last bar.
 *
 * Missing bars need not be a fault: a minute without a trade gives no bar.
 */
export type GapReport = Readonly<{
  expected: number
  missing: number
  gaps: number
  /** Longest first, at most ten. */
  longest: readonly Gap[]
  /** Bars outside of every session, such as pre-market trades. */
  outside: number
  /** Sessions past the end of the known holidays: regular hours were assumed. */
  sessionsWithUnknownHolidays: number
}>

const LONGEST_SHOWN = 10
const DAY_MS = 86_400_000

/**
 * Compares bars with the sessions of their instrument.
 *
 * @param times     bar starts, ascending
 * @param sessions  every session that touches the span of the bars, ascending
 * @param timeframe span of a bar
 */
export function findGaps(times: ArrayLike<number>, sessions: readonly Session[], timeframe: DurationMs): GapReport {
  const first = times[0] ?? 0
  const last = times[times.length - 1] ?? 0
  const gaps: Gap[] = []
  let at = 0
  let expected = 0
  let missing = 0
  let inside = 0
  for (const session of sessions) {
    let gapFrom = NaN
    let gapBars = 0
    const close = () => {
      if (gapBars > 0)
        gaps.push({ from: epochMs(gapFrom), to: epochMs(gapFrom + (gapBars - 1) * timeframe), missing: gapBars })
      gapBars = 0
    }
    for (const [slotStart, slotEnd] of slotsOf(session, timeframe)) {
      if (slotEnd <= first || slotStart > last) continue
      while (at < times.length && (times[at] ?? 0) < slotStart) at++
      const before = at
      while (at < times.length && (times[at] ?? 0) < slotEnd) at++
      expected++
      inside += at - before
      if (at > before) close()
      else {
        if (gapBars === 0) gapFrom = slotStart
        gapBars++
        missing++
      }
    }
    close()
  }
  const count = gaps.length
  gaps.sort((a, b) => b.missing - a.missing || a.from - b.from)
  return {
    expected,
    missing,
    gaps: count,
    longest: gaps.slice(0, LONGEST_SHOWN),
    outside: times.length - inside,
    sessionsWithUnknownHolidays: sessions.filter(({ holidayFacts }) => holidayFacts === 'unknown').length,
  }
}

/**
 * The spans that should each hold a bar. A daily bar is stamped at midnight of UTC or of its exchange, so its span
 * reaches from the midnight furthest east to the close.
 */
function* slotsOf(session: Session, timeframe: DurationMs): Generator<readonly [number, number]> {
  if (timeframe >= DAY_MS) {
    const midnight = Date.parse(`${session.date}T00:00:00Z`)
    yield [midnight - 14 * 3_600_000, session.close]
    return
  }
  for (let start: number = session.open; start + timeframe <= session.close; start += timeframe)
    yield [start, start + timeframe]
}
