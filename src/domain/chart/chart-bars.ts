import type { Session, SessionClock } from '../calendar/session.ts'
import { SessionVwap } from '../indicator/session-vwap.ts'
import type { Bar } from '../market/bar.ts'
import type { EpochMs, Ticks } from '../units/units.ts'

/** A bar as a chart shows it: with the VWAP of its session as it stood when the bar ended. */
export type ChartBar = Bar & {
  /** Ticks, fractional; undefined outside of sessions. */
  vwap: number | undefined
  /** Standard deviation around it, ticks. */
  sigma: number | undefined
}

export type ChartBars = Readonly<{
  bars: readonly ChartBar[]
  /** Sessions that have a bar, oldest first. */
  sessions: readonly Session[]
}>

/**
 * Bars of a feed put together into longer ones that never reach over the end of a session, with the session's VWAP.
 *
 * Longer bars are counted from the open of their session; one that is as long as a day is the session. The VWAP is that of
 * the strategies: it takes every bar of the feed, not the longer ones. Bars outside of sessions are put together too, by
 * themselves and without a VWAP.
 *
 * @param bars    in order of time; the first is the first of its session, or the VWAP begins with it
 * @param spanMs  of the bars to make, milliseconds; not shorter than those given
 */
export function chartBars(bars: Iterable<Readonly<Bar>>, spanMs: number, clock: SessionClock): ChartBars {
  const made: ChartBar[] = []
  const sessions: Session[] = []
  const vwap = new SessionVwap(1)
  let session: Session | undefined
  let from: number | undefined
  let current: ChartBar | undefined
  for (const bar of bars) {
    const now = clock.sessionAt(bar.time)
    if (from === undefined || now?.open !== session?.open) {
      session = now
      from = now ? now.open : bar.time
      current = undefined
      vwap.reset()
      if (now) sessions.push(now)
    }
    const start = spanMs >= DAY_MS && now ? from : from + Math.floor((bar.time - from) / spanMs) * spanMs
    if (current?.time === start) addTo(current, bar)
    else made.push((current = { ...bar, time: start as EpochMs, vwap: undefined, sigma: undefined }))
    if (!now) continue
    vwap.push(bar.high, bar.low, bar.close, bar.volume)
    current.vwap = vwap.value
    current.sigma = vwap.sigma
  }
  return { bars: made, sessions }
}

const DAY_MS = 86_400_000

function addTo(bar: Bar, next: Readonly<Bar>): void {
  bar.high = Math.max(bar.high, next.high) as Ticks
  bar.low = Math.min(bar.low, next.low) as Ticks
  bar.close = next.close
  bar.volume += next.volume
}
