import { z } from 'zod'
import { RefusalShape } from './bot-protocol.ts'

/** What became of one account whose positions were to be closed. */
export const FlattenOutcome = z.object({
  accountId: z.string(),
  /**
   * `flattened`: it is flat now; `flat`: no bot ran and nothing was open; `timed-out`: its bot is still closing; else
   * the refusal says why it may not be flat.
   */
  outcome: z.enum(['flattened', 'flat', 'refused', 'failed', 'timed-out']),
  /** A bot was running; else one was started for this alone. */
  wasRunning: z.boolean(),
  refusal: RefusalShape.nullable(),
})
export type FlattenOutcome = z.output<typeof FlattenOutcome>

/** Whom the kill switch is about; exactly one of the three. */
export const KillTarget = z
  .object({
    ids: z.array(z.string()).default([]),
    /** User name at the broker, or userId. */
    user: z.string().min(1).optional(),
    all: z.boolean().default(false),
  })
  .refine(({ ids, user, all }) => Number(ids.length > 0) + Number(user !== undefined) + Number(all) === 1, {
    message: 'name accounts, or a user, or all',
  })
export type KillTarget = z.input<typeof KillTarget>

export const KillScopeRow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('account'), accountId: z.string() }),
  z.object({ kind: z.literal('user'), userId: z.string() }),
  z.object({ kind: z.literal('all') }),
])

/** A mark that stands: nothing is entered in its scope until it is released. */
export const KillMarkRow = z.object({
  scope: KillScopeRow,
  purpose: z.enum(['kill', 'flatten']),
  reason: z.string(),
  /** UTC epoch milliseconds. */
  at: z.int(),
})
export type KillMarkRow = z.output<typeof KillMarkRow>
