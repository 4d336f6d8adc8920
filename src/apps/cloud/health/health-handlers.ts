import type { CloudDatabase } from '../../../adapters/cloud-db/open-cloud-db.ts'
import {
  readHealth,
  readMetrics,
  readOpenApi,
  readReady,
  type Footing,
  type Readiness,
} from '../../../contracts/cloud/health.ts'
import type { CloudRoute } from '../../../contracts/cloud/route.ts'
import { answers, type CloudHandler } from '../cloud-call.ts'
import type { CloudMetrics, Gauge } from '../cloud-metrics.ts'
import { openApiDocument } from './openapi.ts'

export type HealthParts = Readonly<{
  version: string
  database: Pick<CloudDatabase, 'ping' | 'kind' | 'connections'>
  /** undefined: none is set up. */
  redis: { isUp(): boolean } | undefined
  pool: () => Footing | null
  isDraining: () => boolean
  metrics: CloudMetrics
  gauges: () => readonly Gauge[]
  routes: () => readonly CloudRoute[]
  /** Monotonic, milliseconds. */
  elapsed: () => number
}>

/** Longest wait for the database; and how long an answer serves for all who ask, milliseconds. */
const PING = { wait: 1_000, fresh: 500 } as const

/** What load balancers, scrapers and writers of clients ask. */
export function healthHandlers(parts: HealthParts): CloudHandler[] {
  const { elapsed, metrics } = parts
  const startedAt = elapsed()
  let looked: { at: number; footing: Promise<Footing> } | undefined
  const database = () => {
    if (!looked || elapsed() - looked.at > PING.fresh) looked = { at: elapsed(), footing: lookAt(parts) }
    return looked.footing
  }
  const ready = async (): Promise<Readiness> => {
    const [footing, pool, draining] = [await database(), parts.pool(), parts.isDraining()]
    const isReady = !draining && [footing, pool].every((one) => one === null || one.ok || !one.needed)
    return { ready: isReady, draining, database: footing, redis: redisFooting(parts.redis), pool }
  }
  const json = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
  let document: string | undefined
  return [
    answers(readHealth, () => ({
      ...{ name: 'slipway-cloud' as const, version: parts.version },
      uptime_seconds: Math.round((elapsed() - startedAt) / 1000),
    })),
    answers(readReady, async () => {
      const state = await ready()
      return json(state.ready ? 200 : 503, state)
    }),
    answers(readMetrics, async () => {
      const gauges = [
        ...footingGauges(parts, await ready()),
        ...processGauges(elapsed() - startedAt),
        ...parts.gauges(),
      ]
      return new Response(metrics.text(gauges), {
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      })
    }),
    answers(readOpenApi, () => {
      document ??= JSON.stringify(openApiDocument(parts.routes(), parts.version))
      return new Response(document, { headers: { 'content-type': 'application/json' } })
    }),
  ]
}

async function lookAt({ database, elapsed }: HealthParts): Promise<Footing> {
  const began = elapsed()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), PING.wait)
  })
  const ping = database.ping()
  // It may fail long after nobody waits for it.
  ping.catch(() => undefined)
  try {
    await Promise.race([ping, late])
    return { ok: true, needed: true, detail: `${database.kind} answers`, seconds: (elapsed() - began) / 1000 }
  } catch {
    return { ok: false, needed: true, detail: `${database.kind} does not answer`, seconds: null }
  } finally {
    clearTimeout(timer)
  }
}

function redisFooting(redis: HealthParts['redis']): Footing | null {
  if (!redis) return null
  const ok = redis.isUp()
  const detail = ok ? 'connected' : 'not connected: each instance counts requests for itself'
  return { ok, needed: false, detail, seconds: null }
}

function footingGauges({ database }: HealthParts, state: Readiness): Gauge[] {
  const { total, idle, waiting } = database.connections()
  const { redis } = state
  return [
    { name: 'slipway_ready', help: '1 where this instance takes requests.', value: Number(state.ready) },
    { name: 'slipway_database_up', help: '1 where the database answers.', value: Number(state.database.ok) },
    { name: 'slipway_database_connections', help: 'Connections to the database.', value: total },
    { name: 'slipway_database_connections_idle', help: 'Connections that nobody uses.', value: idle },
    { name: 'slipway_database_waiting', help: 'Callers that wait for a connection.', value: waiting },
    ...(redis ? [{ name: 'slipway_redis_up', help: '1 where Redis is connected.', value: Number(redis.ok) }] : []),
  ]
}

function processGauges(upMs: number): Gauge[] {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return [
    { name: 'slipway_uptime_seconds', help: 'Since this instance started.', value: upMs / 1000 },
    { name: 'process_resident_memory_bytes', help: 'Resident memory.', value: rss },
    { name: 'nodejs_heap_used_bytes', help: 'Heap in use.', value: heapUsed },
    { name: 'process_cpu_seconds_total', help: 'CPU time used.', value: (user + system) / 1e6, kind: 'counter' },
  ]
}
