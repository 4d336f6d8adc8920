import { z } from 'zod'
import { api, Iso } from './procedure.ts'

/** What making up bars came to; the same as `slipway data generate --json`. */
export const GeneratedBars = z.object({
  symbol: z.string(),
  timeframe: z.string(),
  seed: z.int(),
  sessions: z.int(),
  bars: z.int(),
  added: z.int(),
  alreadyThere: z.int(),
  from: Iso,
  to: Iso,
})
export type GeneratedBars = z.output<typeof GeneratedBars>

/** Bars that are stored; the same as `slipway data list --json`. */
export const SeriesRow = z.object({
  symbol: z.string(),
  timeframe: z.string(),
  bars: z.int(),
  from: Iso.nullable(),
  to: Iso.nullable(),
  source: z.string(),
  importedAt: Iso,
})
export type SeriesRow = z.output<typeof SeriesRow>

export const dataProcedures = {
  list: api.route({ method: 'GET', path: '/data', summary: 'Which bars are stored' }).output(z.array(SeriesRow)),
  generate: api
    .route({
      method: 'POST',
      path: '/data/generate',
      summary: 'Make up one-minute bars, the same ones for the same seed',
    })
    .input(
      z.object({
        symbol: z.string().min(1).max(64),
        days: z.int().min(1).max(5_000).default(20),
        seed: z.int().min(0).max(0xffff_ffff).default(7),
      }),
    )
    .output(GeneratedBars),
}
