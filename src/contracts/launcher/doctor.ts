import { z } from 'zod'
import { api } from './procedure.ts'

/** One thing looked at. `nextStep` is empty when there is nothing to do. */
export const Finding = z.object({
  check: z.string(),
  result: z.enum(['ok', 'warn', 'fail']),
  message: z.string(),
  nextStep: z.string(),
})
export type Finding = Readonly<z.output<typeof Finding>>

export const doctorProcedure = api
  .route({ method: 'GET', path: '/doctor', summary: 'Everything that could keep bots from trading, looked at now' })
  .output(z.array(Finding))
