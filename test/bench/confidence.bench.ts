import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { getConfidence } from '../../src/contracts/cloud/pool.ts'
import { setups } from '../support/pool-experiences.ts'
import { fullLoad, steadyLoad, wireOf } from '../support/http-load.ts'
import { cpuSeconds, pin } from '../support/processor.ts'
import { repoRoot } from '../support/repo-root.ts'
import type { Bench, Figure } from './figure.ts'

export const name: Bench['name'] = 'confidence'

const CONNECTIONS = 32
/** Many and short, so that what else the machine does meets both alike. */
const ROUNDS = 25
const ROUND_MS = 500
const WARM_MS = 2_000
const STEADY_MS = 6_000
type Server = Readonly<{ port: number; pid: number; stop: () => Promise<void> }>

/**
 * Questions a second that the pool of 10,000 experiences answers, against a Hono route that checks the same body with zod
 * and does nothing, taking turns: servers on one core, each in a process of its own, the load on another. Then how long an
 * answer takes at half that load.
 */
export const run: Bench['run'] = async () => {
  const requests = setups(99, 500).map(({ features }, n) =>
    wireOf(getConfidence.path, {
      ...{ user_id: (n % 100).toString(16).padStart(12, '0'), symbol: 'ES', side: 'buy', features },
      strategy: 'vwap-bounce',
    }),
  )
  pin(process.pid, 1)
  const bare = await serve('bare')
  const pool = await serve('pool')
  try {
    for (const { port } of [bare, pool]) await fullLoad(port, requests, CONNECTIONS, WARM_MS)
    const rounds = []
    const spent = { base: 0, ours: 0, baseAsked: 0, oursAsked: 0 }
    for (let round = 0; round < ROUNDS; round++) {
      const [atFirst, ofPool] = [processorOf(bare.pid), processorOf(pool.pid)]
      const base = await fullLoad(bare.port, requests, CONNECTIONS, ROUND_MS)
      const ours = await fullLoad(pool.port, requests, CONNECTIONS, ROUND_MS)
      spent.base += processorOf(bare.pid) - atFirst
      spent.ours += processorOf(pool.pid) - ofPool
      spent.baseAsked += base.answered
      spent.oursAsked += ours.answered
      if (base.failed + ours.failed > 0) throw new Error(`${base.failed} and ${ours.failed} requests failed`)
      rounds.push({ base: base.answered / base.seconds, ours: ours.answered / ours.seconds })
    }
    const ratios = rounds.map(({ base, ours }) => ours / base)
    const rate = median(rounds.map(({ ours }) => ours))
    const steady = await steadyLoad(pool.port, requests, rate / 2, STEADY_MS)
    if (steady.failed > 0) throw new Error(`${steady.failed} requests failed`)
    const at = (share: number) => round(steady.latencies[Math.floor(share * (steady.latencies.length - 1))]!)
    const figures: Figure[] = [
      {
        name: 'get_confidence at 10,000 experiences, against a route that does nothing',
        ...{ value: median(ratios), limit: 0.5, better: 'higher', unit: 'x baseline' },
        baseline: Math.round(median(rounds.map(({ base }) => base))),
        note:
          `${Math.round(rate)} requests/s, baseline in requests/s; rounds ${round(Math.min(...ratios))} to ${round(Math.max(...ratios))}; ` +
          `processor time ${micros(spent.ours / spent.oursAsked)} against ${micros(spent.base / spent.baseAsked)} µs a request`,
      },
      {
        name: 'get_confidence: 99th percentile at half that load',
        ...{ value: at(0.99), limit: 10, unit: 'ms' },
        note: `median ${at(0.5)} ms, worst ${at(1)} ms; ${Math.round(steady.answered / steady.seconds)} requests/s, timed from when they were due`,
      },
    ]
    return { figures }
  } finally {
    await bare.stop()
    await pool.stop()
  }
}

async function serve(kind: 'bare' | 'pool'): Promise<Server> {
  const program = join(repoRoot, 'test', 'support', 'confidence-server.ts')
  const child = spawn(process.execPath, [program, kind], { stdio: ['pipe', 'pipe', 'inherit'] })
  pin(child.pid!, 0)
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  const exited = once(child, 'exit')
  return {
    port: Number(first.toString()),
    pid: child.pid!,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

/** Seconds; 0 where the system does not tell. */
function processorOf(pid: number): number {
  return process.platform === 'linux' ? cpuSeconds(pid) : 0
}

function micros(seconds: number): number {
  return Math.round(seconds * 1e6)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
