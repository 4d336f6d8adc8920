import type { CancelSignal } from '../cancel/cancel-signal.ts'
import type { Bar } from '../market/bar.ts'
import type { EpochMs } from '../units/units.ts'

/**
 * A source of closed bars for one instrument, in time order, each once.
 *
 * The feed pushes nothing: the bot pulls, so a slow bot slows a replay instead of filling memory.
 */
export interface Feed {
  /**
   * Waits for the next bar or until `signal` aborts.
   *
   * @returns how the wait ended; `bar` may be reused by the next call
   */
  next(signal: CancelSignal): Promise<FeedStep>
  /**
   * Fast path of `next`: the next bar if it is already here, without a promise.
   *
   * @returns undefined when one must wait (use `next`)
   */
  poll(): Bar | undefined
  /** Where several instruments come in one feed: which of them the last bar was of, from 0. */
  readonly lane?: number
  /**
   * The next bar of another instrument, where it has the time of the last bar given and is here already. It is given by
   * `poll` or `next` all the same; valid until then.
   */
  beside?(lane: number): Readonly<Bar> | undefined
  close(): void
}

export type FeedStep =
  | Readonly<{ kind: 'bar'; bar: Bar }>
  /** Nothing more will come (end of a replay). */
  | Readonly<{ kind: 'ended' }>
  | Readonly<{ kind: 'aborted' }>
  /** The source is in trouble; more may come later. */
  | Readonly<{ kind: 'trouble'; message: string }>

/** Where a feed starts: after the bar with this time, or at its beginning. */
export type FeedStart = Readonly<{ after: EpochMs | undefined }>

export type FeedSpec =
  | Readonly<{ kind: 'replay'; speed: 'max' | number; from?: EpochMs; to?: EpochMs }>
  | Readonly<{ kind: 'synthetic'; seed: number }>
