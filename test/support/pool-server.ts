import { onTestFinished } from 'vitest'
import { type NewExperience } from '../../src/adapters/cloud-db/experience-records.ts'
import { plantSeed } from '../../src/adapters/cloud-db/seed-records.ts'
import { openMetrics } from '../../src/apps/cloud/cloud-metrics.ts'
import { followPool } from '../../src/apps/cloud/pool/follow-pool.ts'
import { poolHandlers, type PoolParts } from '../../src/apps/cloud/pool/pool-handlers.ts'
import type { LeaseClaims } from '../../src/contracts/cloud/licence.ts'
import type { ConfidenceAnswer, SaveTrade } from '../../src/contracts/cloud/pool.ts'
import { EMBEDDED_POOL, type PoolSettings } from '../../src/domain/pool/pool-settings.ts'
import { epochMs, type EpochMs } from '../../src/domain/units/units.ts'
import { type OpenedCloud } from './cloud-databases.ts'
import { cloudFetch } from './cloud-fetch.ts'
import { market, rowOf } from './pool-experiences.ts'

export const NOW = epochMs(Date.UTC(2026, 10, 21, 12))
export const DAY_MS = 86_400_000
export const USER = '0123456789ab'
export const trade = (over: Partial<SaveTrade> = {}): SaveTrade => ({
  user_id: USER,
  idempotency_key: 'key-0000000000000001',
  kind: 'signal',
  symbol: 'ES',
  side: 'buy',
  features: { x: 1, noise: 400 },
  outcome: { r: 1, exit: 'target', bars: 5 },
  source: 'paper',
  timeframe: '1m',
  strategy: 'vwap-bounce',
  day: '2026-11-20',
  ...over,
})
export const question = (over: object = {}) => ({
  user_id: USER,
  symbol: 'ES',
  side: 'buy',
  features: { x: 1, noise: 400 },
  ...over,
})
export const leaseOf = (licence: string, user = USER) =>
  ({ licence_id: licence, user_id: user, device_id: 'device-0001', threshold: 0.9 }) as LeaseClaims

export async function serve(
  opened: OpenedCloud,
  settings: PoolSettings = EMBEDDED_POOL,
  { clock = { now: NOW }, ...more }: Partial<PoolParts> & { clock?: { now: EpochMs } } = {},
) {
  const { db } = opened
  // What these tests have stored is old enough to be used.
  const follows = epochMs(NOW + settings.delayMs)
  const told: string[] = []
  const log = { info: () => undefined, warn: (event: string) => void told.push(event) }
  const follower = followPool({ db, settings, log, now: () => follows, elapsed: () => 0 })
  onTestFinished(() => follower.close())
  await follower.look()
  let nudges = 0
  const licenceSince = async () => NOW - 45 * DAY_MS
  const parts = {
    db,
    follower,
    settings,
    licenceSince,
    standingSince: licenceSince,
    nudge: () => void nudges++,
    ...more,
  }
  const handle = cloudFetch({
    handlers: poolHandlers(parts),
    limiter: { take: async () => ({ allowed: true, remaining: 9, retryAfterSeconds: 0, refusedBy: undefined }) },
    leases: { verify: (token) => (token.startsWith('lic_') ? leaseOf(token, USER) : undefined) },
    findAdmin: async () => undefined,
    metrics: openMetrics(),
    log: { error: (event: string) => void told.push(event) },
    now: () => clock.now,
    elapsed: () => 0,
  })
  async function ask<T>(path: string, body?: object, lease?: string): Promise<{ status: number; body: T }> {
    const headers = {
      'content-type': 'application/json',
      ...(lease ? { 'x-slipway-lease': lease, 'x-slipway-device': 'device-0001' } : {}),
    }
    const init = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers }
    const response = await handle(new Request(`http://cloud${path}`, init), { address: 'local' })
    return { status: response.status, body: (await response.json()) as T }
  }
  return {
    follower,
    told,
    nudges: () => nudges,
    save: (over: Partial<SaveTrade> = {}, lease?: string) =>
      ask<{ result?: string; code?: string }>('/api/ml/save_trade', trade(over), lease),
    confidence: (over: object = {}, lease?: string) =>
      ask<ConfidenceAnswer>('/api/ml/get_confidence', question(over), lease),
    stats: (lease?: string) => ask<{ [name: string]: unknown }>(`/api/ml/stats?user_id=${USER}`, undefined, lease),
    ask,
  }
}

/** Rows of a made-up market, as contributors of a number of licences would have given them. */
export function given(count: number, contributors: number, prefix = 'lic_'): NewExperience[] {
  const { trade: next } = market(7)
  return Array.from({ length: count }, (_, n) => {
    const { features, r, exit } = next(`${prefix}${n % contributors}`)
    return rowOf({
      contributor: `${prefix}${n % contributors}`,
      idempotency_key: `key-${String(n).padStart(16, '0')}`,
      features: JSON.stringify(features),
      outcome: JSON.stringify({ r, exit }),
      r,
    })
  })
}

export const put = (opened: OpenedCloud, rows: readonly NewExperience[]) => plantSeed(opened.db, 'test', rows, NOW)
