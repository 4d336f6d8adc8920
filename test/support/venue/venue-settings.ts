import { z } from 'zod'

const Likelihood = z.number().min(0).max(1)

/** How the venue behaves, until told otherwise. Everything can be changed while it runs: POST /control/settings. */
export const VenueSettings = z.strictObject({
  capabilities: z
    .strictObject({
      bracket: z.boolean().default(true),
      oco: z.boolean().default(true),
      trailingStop: z.boolean().default(true),
      replace: z.boolean().default(true),
      combo: z.boolean().default(true),
      /** Off unless told: then nothing here keeps a stop from opening a position. */
      reduceOnly: z.boolean().default(false),
    })
    .prefault({}),
  /** A client order id is taken once; otherwise every copy becomes an order. The capabilities say the same. */
  dedupe: z.boolean().default(true),
  /** Queries answer as of this long ago. */
  visibilityLagMs: z.int().min(0).default(0),
  /** What the capabilities say of it; null: the truth. */
  claimedLagMs: z.int().min(0).nullable().default(null),
  /** Time from a request to its processing, and again from there to its answer: at least, at most. */
  latencyMs: z.tuple([z.int().min(0), z.int().min(0)]).default([0, 0]),
  /** `at-once`: marketable orders fill at the last price; `next-bar`: they wait for the next open. */
  marketFill: z.enum(['at-once', 'next-bar']).default('at-once'),
  slippageTicks: z.int().min(0).default(0),
  /** Price, less than a tick, by which every fill is better than the tick it was met at. */
  improvement: z.string().default('0'),
  /** Per lot and side, money. */
  commission: z.string().default('2.10'),
  /** Likelihood that only a part of what could fill does; the rest follows `restMs` later, or with the next bar. */
  partial: Likelihood.default(0),
  restMs: z.int().min(0).default(30),
  /** Requests per second above which the answer is 429; null: no limit. */
  requestsPerSecond: z.int().positive().nullable().default(null),
  /** Tells clients of the limit above, so that they keep below it by themselves. */
  tellsLimit: z.boolean().default(true),
  /** GET /v1/positions says that nothing is held, whatever is (O25). */
  emptyPositions: z.boolean().default(false),
  stream: z
    .strictObject({
      heartbeatMs: z.int().positive().default(1_000),
      /** A report is told twice. */
      duplicate: Likelihood.default(0),
      /** A report is told after the one that follows it. */
      swap: Likelihood.default(0),
      /** A report is told `lateMs` late, overtaken by all that follow. */
      late: Likelihood.default(0),
      lateMs: z.int().min(0).default(500),
      /** A report is never told, though counted. */
      drop: Likelihood.default(0),
    })
    .prefault({}),
  token: z.string().default('venue-token'),
  account: z
    .strictObject({
      accountId: z.string().default('SIM-1'),
      /** What the account is called wherever it is reached; null: made of its id; '': not told. */
      identity: z.string().nullable().default(null),
      mode: z.string().default('paper'),
      currency: z.string().default('USD'),
      currencyDigits: z.int().default(2),
      cash: z.string().default('100000.00'),
    })
    .prefault({}),
  /** More accounts, each with books of its own, that other tokens open. All else there is as it was when they were first opened. */
  others: z.array(z.strictObject({ token: z.string(), accountId: z.string() })).default([]),
})
export type VenueSettings = z.output<typeof VenueSettings>

/** Settings with some of them changed, groups included. @throws {z.ZodError} */
export function changeSettings(before: VenueSettings, change: unknown): VenueSettings {
  return VenueSettings.parse(merge(before, change))
}

function merge(before: unknown, change: unknown): unknown {
  if (!isGroup(before) || !isGroup(change)) return change
  const merged: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(change)) merged[key] = merge(before[key], value)
  return merged
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
