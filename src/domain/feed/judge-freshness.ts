import type { Session } from '../calendar/session.ts'
import type { DurationMs, EpochMs } from '../units/units.ts'

/** What a feed's silence means. `blind`: the bot is alive, but bars that should have come did not. */
export type FreshnessVerdict =
  | Readonly<{ kind: 'fresh' }>
  | Readonly<{ kind: 'blind'; forMs: DurationMs; text: string }>
  | Readonly<{ kind: 'closed' }>

export type FeedSilence = Readonly<{
  now: EpochMs
  /** Real time: start of the newest bar. Replay: wall time at which it was delivered. Undefined: none yet. */
  lastBarAt: EpochMs | undefined
  timeframeMs: number
  /** The session `now` falls in; undefined when the market is closed. Not asked of a replay. */
  session: Session | undefined
  feedStartedAt: EpochMs
  /** Bars of the past, which have no session to be late in. */
  replaying: boolean
  /** Bars that may be missed; 0 or left out: the usual number. Not asked of a replay. */
  barsLate?: number
}>

/** Bars that may be missed before a user is told: one is a minute without a trade, two are a fault. */
const BARS_LATE = 2
/** A replay passes over long silences of the market, so only a stuck one is silent for so long. */
const REPLAY_SILENCE_MS = 900_000

/**
 * Whether bars arrive as they should.
 *
 * In real time the next bar is due when its span has passed, counted from the last bar's end, the session's open or the
 * start of the feed, whichever came last; the feed is blind when two more spans have gone by.
 */
export function judgeFreshness(silence: FeedSilence): FreshnessVerdict {
  const { now, lastBarAt, timeframeMs, session, feedStartedAt, replaying, barsLate } = silence
  if (replaying) {
    const since = Math.max(lastBarAt ?? feedStartedAt, feedStartedAt)
    return verdict(now - since, Math.max(REPLAY_SILENCE_MS, (BARS_LATE + 1) * timeframeMs), 'from the replay')
  }
  if (!session) return { kind: 'closed' }
  const lastEnd = lastBarAt === undefined ? -Infinity : lastBarAt + timeframeMs
  const since = Math.max(lastEnd, session.open, feedStartedAt)
  return verdict(now - since, ((barsLate || BARS_LATE) + 1) * timeframeMs, 'while the market is open')
}

function verdict(silentMs: number, allowedMs: number, where: string): FreshnessVerdict {
  if (silentMs <= allowedMs) return { kind: 'fresh' }
  return { kind: 'blind', forMs: silentMs as DurationMs, text: `no bar for ${spanText(silentMs)} ${where}` }
}

function spanText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.floor(ms / 1_000)} seconds`
  if (minutes < 120) return minutes === 1 ? 'a minute' : `${minutes} minutes`
  return `${Math.floor(minutes / 60)} hours`
}
