import type { EpochMs } from '../units/units.ts'

/**
 * One session of a market: [open, close) in UTC, and the exchange's date for it.
 *
 * `holidayFacts` is 'unknown' outside the range of the bundled holiday list: the hours are then the regular ones,
 * and whoever trades real time must treat the session as one that may not take place.
 */
export type Session = Readonly<{
  date: string
  open: EpochMs
  close: EpochMs
  holidayFacts: 'known' | 'unknown'
}>

/** Answers which session an instant belongs to. Remembers the last one, so asking bar by bar costs a comparison. */
export interface SessionClock {
  /** @returns the session that contains `at`, undefined when the market is closed */
  sessionAt(at: EpochMs): Session | undefined
}
