/** What another instance, or another part of this one, should look at again. */
export const NUDGES = ['push', 'pool', 'calendar'] as const
export type Nudge = (typeof NUDGES)[number]

/**
 * "Look again", said to all instances. It carries nothing, may come twice and may be lost: the database is what counts, and
 * whoever listens also looks by itself from time to time. So neither a dead Redis nor an instance that was away can make
 * two instances differ for long.
 */
export interface CloudBus {
  /** Says it to this instance and, through Redis, to the others. Many in a row become one; returns at once and never throws. */
  nudge(what: Nudge): void
  /** @returns stops listening */
  on(what: Nudge, listener: () => void): () => void
  close(): Promise<void>
}
