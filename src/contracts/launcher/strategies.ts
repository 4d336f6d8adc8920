import { z } from 'zod'
import { RefusalShape } from '../bot-protocol.ts'
import { api } from './procedure.ts'

/** One strategy and what a form for its settings needs. */
export const StrategyRow = z.object({
  /** What an account's `strategy` is set to. */
  id: z.string(),
  title: z.string(),
  kind: z.enum(['built-in', 'plug-in']),
  file: z.string().nullable(),
  parameters: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      help: z.string(),
      unit: z.string(),
      kind: z.enum(['integer', 'number']),
      default: z.number(),
      min: z.number(),
      max: z.number(),
    }),
  ),
  /** Why a plug-in can't be used now. */
  problem: RefusalShape.nullable(),
})
export type StrategyRow = z.output<typeof StrategyRow>

export const strategyProcedures = {
  list: api
    .route({
      method: 'GET',
      path: '/strategies',
      summary: 'Strategies with their parameters: built in, in the home folder, and those accounts name by path',
    })
    .output(z.array(StrategyRow)),
}
