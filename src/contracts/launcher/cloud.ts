import { z } from 'zod'
import { RefusalShape } from '../bot-protocol.ts'
import { api, Iso } from './procedure.ts'

/** Where one account stands with what lies outside this computer. */
export const AccountCloud = z.object({
  accountId: z.string(),
  mode: z.enum(['paper', 'live']).nullable(),
  /** Whether the licence lets it make entries; exits never ask. */
  licence: z.object({ entries: z.enum(['allowed', 'refused']), code: z.string(), message: z.string() }).nullable(),
  /** Closed trades written down for the shared pool and not delivered. */
  waiting: z.int(),
  oldestWaitingAt: Iso.nullable(),
  problem: RefusalShape.nullable(),
})
export type AccountCloud = z.output<typeof AccountCloud>

export const CloudState = z.object({
  deviceId: z.string().nullable(),
  calendarAsOf: z.iso.date(),
  accounts: z.array(AccountCloud),
})
export type CloudState = z.output<typeof CloudState>

export const cloudProcedure = api
  .route({ method: 'GET', path: '/cloud', summary: 'Licence, contributions that wait, and calendar of this computer' })
  .output(CloudState)
