import { z } from 'zod'
import { cloudRoute } from './route.ts'

const probe = { method: 'GET', access: 'open', limit: 'probe', repeatable: true, input: z.strictObject({}) } as const

export const readHealth = cloudRoute({
  ...probe,
  limit: 'exempt',
  path: '/health',
  summary: 'Whether the process answers at all',
  output: z.object({ name: z.literal('slipway-cloud'), version: z.string(), uptime_seconds: z.number() }),
})

/** One thing that an instance stands on. Without what is `needed` it takes no requests. */
export const Footing = z.object({
  ok: z.boolean(),
  needed: z.boolean(),
  /** What is known of it, in words. */
  detail: z.string(),
  /** Pool: seconds since it was last brought up to date; database and Redis: seconds that the answer took. */
  seconds: z.number().nullable(),
})
export type Footing = z.output<typeof Footing>

/** 200 where the instance takes requests, else 503: the same body. */
export const Readiness = z.object({
  ready: z.boolean(),
  draining: z.boolean(),
  database: Footing,
  /** null: none is set up, and this instance is the only one. */
  redis: Footing.nullable(),
  pool: Footing.nullable(),
})
export type Readiness = z.output<typeof Readiness>

export const readReady = cloudRoute({
  ...probe,
  limit: 'exempt',
  path: '/ready',
  summary: 'Whether this instance takes requests: database, Redis, age of its pool',
  output: Readiness,
})

export const readMetrics = cloudRoute({
  ...probe,
  path: '/metrics',
  summary: 'Figures of this instance, as Prometheus reads them',
  output: z.string(),
})

export const readOpenApi = cloudRoute({
  ...probe,
  path: '/api/openapi.json',
  summary: 'This document',
  output: z.record(z.string(), z.unknown()),
})
