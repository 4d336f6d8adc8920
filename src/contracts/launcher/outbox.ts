import { z } from 'zod'
import { api, Id, Iso } from './procedure.ts'

/** A contribution that the cloud would not take, or that can't be sent. */
export const ParkedContribution = z.object({
  kind: z.string(),
  /** The trade it is about. */
  tradeId: z.string(),
  /** Why, as the cloud or our own check said it. */
  reason: z.string(),
  attempts: z.int(),
  since: Iso,
})
export type ParkedContribution = z.output<typeof ParkedContribution>

/** Where the contributions of one account stand. */
export const OutboxState = z.object({
  accountId: z.string(),
  /** Written down and not delivered. */
  waiting: z.int(),
  /** When the oldest of them was first seen; null: none waits, or nobody has looked yet. */
  oldestWaitingAt: Iso.nullable(),
  /** Of trades of the user's own strategies; these only go to the cloud of this computer. They are not among `waiting`. */
  withheld: z.int(),
  /** Put aside: the newest of them are listed. */
  parked: z.int(),
  parkedRows: z.array(ParkedContribution),
  /** Since local midnight. */
  deliveredToday: z.int(),
  /** Given up because too many were waiting, or because an earlier version wrote them without what is needed. */
  dropped: z.int(),
  /** What the last try of one that waits met; '' where it met nothing. */
  lastTrouble: z.string(),
})
export type OutboxState = z.output<typeof OutboxState>

export const outboxProcedures = {
  retry: api
    .route({
      method: 'POST',
      path: '/accounts/{id}/outbox/retry',
      summary: 'Send contributions again that were put aside; all of them, or those of one trade',
    })
    .input(Id.extend({ tradeId: z.string().min(1).max(200).optional() }))
    .output(z.object({ accountId: z.string(), retried: z.int() })),
}
