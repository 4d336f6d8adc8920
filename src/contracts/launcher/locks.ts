import { z } from 'zod'
import { HolderVerdictName } from '../fleet.ts'
import { api, Id, Iso } from './procedure.ts'

/** Who holds an account, and what that means. */
export const LockReport = z.object({
  accountId: z.string(),
  verdict: HolderVerdictName,
  /** Somebody may hold it: no bot can be started. */
  held: z.boolean(),
  /** The verdict as a sentence. */
  text: z.string(),
  /** What happens to somebody who wants to trade it all the same; a lock is never forced. */
  takeover: z.string(),
  /** What the holder wrote down; null where no record says anything. */
  record: z
    .object({
      pid: z.int(),
      instanceId: z.string(),
      startedAt: Iso.nullable(),
      mode: z.enum(['paper', 'live']).nullable(),
      appVersion: z.string(),
      program: z.string(),
      generation: z.int(),
    })
    .nullable(),
  recordFile: z.string(),
  guardFile: z.string(),
})
export type LockReport = z.output<typeof LockReport>

export const lockProcedures = {
  show: api
    .route({
      method: 'GET',
      path: '/accounts/{id}/lock',
      summary: 'Who holds an account, since when, and what that means',
    })
    .input(Id)
    .output(LockReport),
}
