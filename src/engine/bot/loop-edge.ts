import type { StopReason } from '../../domain/bot/bot.ts'
import type { FeedStep } from '../../domain/feed/feed.ts'

export type BotEnd = Readonly<{
  reason: StopReason
  message: string
  /** What a person must look at although the bot ended as asked. */
  warning?: string
}>

/** What the loop needs of the process it runs in. */
export type LoopEdge = Readonly<{
  /** Waits for the next step of the feed; ends early, with `aborted`, when somebody asks the bot for something. */
  wait: () => Promise<FeedStep>
  /** True when the loop has held the process long enough and others should have a turn. */
  breathless: () => boolean
  breathe: () => Promise<void>
  /** Waits before a broker is asked the same again. */
  pause: (ms: number) => Promise<void>
  /** Sentences about the feed for the user; undefined when all is well. */
  feedTrouble: (message: string | undefined) => void
  /** True when it is time to compare books again although they differed last time. */
  reconcileDue: () => boolean
  /** True when it is time to compare books although nothing speaks against them; never in a replay. */
  auditDue: () => boolean
  /** The account has been reconciled as far as it can be, and bars are being handled. */
  trading: () => void
  /** A flatten that somebody asked for is done. */
  flat: () => void
}>
