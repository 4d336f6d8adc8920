import { z } from 'zod'
import { FEATURE_NAME } from '../../domain/experience/feature-name.ts'
import { cloudRoute, SHORT_ANSWER } from './route.ts'
import { IdempotencyKey, Side, UserId } from './words.ts'

/** Values of one setup by name, as strategies make them: finite, without a price level, so that instruments compare. */
export const Features = z
  .record(z.string().regex(FEATURE_NAME), z.number().min(-1e6).max(1e6))
  .refine((features) => Object.keys(features).length >= 1 && Object.keys(features).length <= 12, {
    error: 'must have 1 to 12 features',
  })

/** Symbol of the catalogue, or its class alone where the client keeps it to itself (domain/experience/pool-symbol.ts). */
export const PoolSymbol = z.string().regex(/^[A-Z0-9][A-Za-z0-9._-]{0,31}$/, 'must be a symbol')

export const Strategy = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be the id of a strategy')

const question = {
  user_id: UserId,
  symbol: PoolSymbol,
  side: Side,
  features: Features,
  /** Left out, it is the one whose features are named most like these. */
  strategy: Strategy.optional(),
}

export const Confidence = z.object({
  /** 0..1: lower bound of what the neighbours say; 0.5 where too little is known. */
  confidence: z.number().min(0).max(1),
  should_trade: z.boolean(),
  threshold: z.number().min(0).max(1),
  sample_size: z.int().min(0),
  win_rate: z.number().min(0).max(1).nullable(),
  /** Expected result in R: multiples of what was put at risk. */
  expected_pnl: z.number().nullable(),
  /** A sentence; says `neutral` where it is. */
  reason: z.string(),
  /** Exit questions only, within bounds: multiples of the setup's own stop and target distance. */
  stop_multiple: z.number().min(0.5).max(2).nullable(),
  target_multiple: z.number().min(0.5).max(2).nullable(),
})
export type ConfidenceAnswer = z.output<typeof Confidence>

export const getConfidence = cloudRoute({
  method: 'POST',
  path: '/api/ml/get_confidence',
  summary: 'What the pool of experiences says of a setup',
  access: 'user',
  limit: 'user',
  repeatable: true,
  longestAnswer: SHORT_ANSWER,
  input: z.strictObject({ ...question, kind: z.enum(['signal', 'exit']).default('signal') }),
  output: Confidence,
})

/** How one trade ended. Nothing here tells a size, an amount of money or an exact time. */
export const Outcome = z.strictObject({
  /** Result in R, −20..20. */
  r: z.number().min(-20).max(20),
  /** Best and worst excursion on the way, in R. */
  mfe: z.number().min(0).max(50).optional(),
  mae: z.number().min(-50).max(0).optional(),
  exit: z.enum(['stop', 'target', 'time', 'signal', 'other']),
  /** How long it was held. */
  bars: z.int().min(0).max(1_000_000).optional(),
})

export const saveTrade = cloudRoute({
  method: 'POST',
  path: '/api/ml/save_trade',
  summary: 'Contribute one closed trade; a second delivery of a key changes nothing',
  access: 'user',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({
    user_id: UserId,
    idempotency_key: IdempotencyKey,
    kind: z.enum(['signal', 'exit']),
    symbol: PoolSymbol,
    side: Side,
    features: Features,
    outcome: Outcome,
    /** What the trade was made on; only trades on real prices in real time count in a shared pool. */
    source: z.enum(['live', 'paper', 'synthetic', 'replay']),
    timeframe: z.enum(['1m', '5m', '15m', '1h', '1d']),
    strategy: Strategy,
    /** UTC day of the exit; no finer. */
    day: z.iso.date(),
  }),
  output: z.object({ result: z.enum(['stored', 'duplicate']) }),
})
export type SaveTrade = z.input<typeof saveTrade.input>

const Count = z.object({ count: z.int(), win_rate: z.number().nullable(), total_r: z.number() })

export const readStats = cloudRoute({
  method: 'GET',
  path: '/api/ml/stats',
  summary: 'The pool in numbers, and what one user gave to it',
  access: 'user',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({ user_id: UserId }),
  output: z.object({
    total: Count,
    by_kind: z.object({ signal: Count, exit: Count }),
    /** Experiences that Slipway brought with it, from its own paper replays of generated data. */
    seeded: z.int(),
    /** What that user gave; null where nothing proves that he asks: a server of many wants his lease with it. */
    mine: Count.nullable(),
    contributors: z.int(),
    /** Of this instance's copy of the pool. */
    pool_age_seconds: z.number(),
  }),
})
