import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import type { EpochMs } from '../../domain/units/units.ts'

/** Wall time, as a feed needs it. `sleep` ends early, without an error, when the signal aborts. */
export type FeedClock = Readonly<{
  now: () => EpochMs
  sleep: (ms: number, signal: CancelSignal) => Promise<void>
}>
