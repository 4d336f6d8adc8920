import { z } from 'zod'
import { StartOutcome, StopOutcome } from '../fleet.ts'
import { FlattenOutcome } from '../kill-switch.ts'
import { api, Ids } from './procedure.ts'

export const botProcedures = {
  start: api
    .route({ method: 'POST', path: '/bots/start', summary: 'Start bots; wait returns when each trades or has ended' })
    .input(
      Ids.extend({ wait: z.boolean().default(false), timeoutMs: z.int().min(1_000).max(3_600_000).default(120_000) }),
    )
    .output(z.array(StartOutcome)),
  stop: api
    .route({ method: 'POST', path: '/bots/stop', summary: 'Stop bots; flatten closes their positions first' })
    .input(
      Ids.extend({
        flatten: z.boolean().default(false),
        /** Leaves entry orders working at the broker; by default a stop cancels them. */
        keepOrders: z.boolean().default(false),
        timeoutMs: z.int().min(1_000).max(600_000).default(30_000),
      }).refine(({ flatten, keepOrders }) => !(flatten && keepOrders), {
        message: 'flatten closes positions and cancels orders, so it cannot keep them',
      }),
    )
    .output(z.array(StopOutcome)),
  restart: api
    .route({ method: 'POST', path: '/bots/restart', summary: 'Stop and start bots' })
    .input(
      Ids.extend({ wait: z.boolean().default(false), timeoutMs: z.int().min(1_000).max(3_600_000).default(120_000) }),
    )
    .output(z.array(StartOutcome)),
  flatten: api
    .route({ method: 'POST', path: '/bots/flatten', summary: 'Close positions and cancel orders; bots go on' })
    .input(Ids)
    .output(z.array(FlattenOutcome)),
}
