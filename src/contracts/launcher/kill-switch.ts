import { z } from 'zod'
import { FlattenOutcome, KillMarkRow, KillScopeRow, KillTarget } from '../kill-switch.ts'
import { api } from './procedure.ts'

export const killSwitchProcedures = {
  engage: api
    .route({
      method: 'POST',
      path: '/kill-switch/engage',
      summary: 'Close everything of accounts, a user or all, and make no entries until released',
    })
    .input(
      KillTarget.safeExtend({
        reason: z.string().max(200).default(''),
        timeoutMs: z.int().min(1_000).max(3_600_000).default(120_000),
      }),
    )
    .output(z.array(FlattenOutcome)),
  release: api
    .route({ method: 'POST', path: '/kill-switch/release', summary: 'Let entries be made again' })
    .input(KillTarget)
    .output(z.object({ released: z.array(KillScopeRow), standing: z.array(KillMarkRow) })),
  state: api
    .route({ method: 'GET', path: '/kill-switch', summary: 'Every kill switch that is engaged' })
    .output(z.array(KillMarkRow)),
}
