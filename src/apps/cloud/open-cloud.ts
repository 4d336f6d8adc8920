import { openLimits } from './limits/open-limits.ts'
import { RATE_SUBJECTS } from '../../domain/rate/rate-limiter.ts'
import { cloudAnswerer, type CloudAnswerer } from './cloud-fetch.ts'
import { openMetrics, type Gauge } from './cloud-metrics.ts'
import { CONCEPTS } from './concepts.ts'
import type { CloudConcept, CloudParts } from './cloud-parts.ts'
import { healthHandlers } from './health/health-handlers.ts'
import { knownLeases } from './known-leases.ts'

export type OpenCloud = Readonly<{
  answer: CloudAnswerer
  /** From now on it tells load balancers to send no more. */
  drain(): void
  /** Ends streams and timers; what is under way may finish. */
  close(): Promise<void>
}>

/** The server without a door: everything it answers, on what it was given. */
export async function openCloud(
  parts: CloudParts,
  pages?: (request: Request) => Promise<Response | undefined>,
): Promise<OpenCloud> {
  const { database, redis, instance, log, now, elapsed, signer, push } = parts
  const limits = await openLimits({ db: database.db, instance, now, elapsed, redis })
  const opened: CloudConcept[] = []
  const closeAll = async () => {
    for (const concept of opened.splice(0).reverse()) await concept.close?.()
    await limits.close()
  }
  try {
    for (const open of CONCEPTS) opened.push(await open(parts))
  } catch (error) {
    await closeAll()
    throw error
  }
  const concepts = [...opened]
  const metrics = openMetrics()
  let draining = false
  const limitGauges = (): Gauge[] => {
    const figures = limits.figures()
    return [
      {
        ...{ name: 'slipway_limits_fallback', value: Number(figures.mode === 'fallback') },
        help: '1 where this instance counts alone because Redis is dead or slow.',
      },
      { name: 'slipway_instances', help: 'Instances that share the limits.', value: figures.instances },
      {
        ...{ name: 'slipway_limits_decided_alone_total', value: figures.decidedAlone, kind: 'counter' },
        help: 'Requests that were counted here because Redis was dead or slow.',
      },
      ...RATE_SUBJECTS.map((subject) => ({
        ...{ name: `slipway_limited_${subject}_total`, value: figures.refused[subject], kind: 'counter' as const },
        help: `Requests turned away: too many of one ${subject}.`,
      })),
      { name: 'slipway_push_listeners', help: 'Open streams.', value: push.listeners() },
    ]
  }
  const health = healthHandlers({
    ...{ version: parts.version, database, redis, metrics, elapsed },
    pool: () => concepts.find((concept) => concept.pool)?.pool?.() ?? null,
    isDraining: () => draining,
    gauges: () => [...limitGauges(), ...concepts.flatMap((concept) => concept.gauges?.() ?? [])],
    routes: () => handlers.map(({ route }) => route),
  })
  const handlers = [...health, ...concepts.flatMap((concept) => concept.handlers)]
  const answer = cloudAnswerer({
    ...{ handlers, limiter: limits.limiter, metrics, log, now, elapsed },
    leases: knownLeases(signer, elapsed),
    ...(pages ? { pages } : {}),
    async findAdmin(header, at) {
      for (const concept of concepts) {
        const found = await concept.findAdmin?.(header, at)
        if (found) return found
      }
      return undefined
    },
  })
  return { answer, drain: () => void (draining = true), close: closeAll }
}
