import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getConfidence } from '../../src/contracts/cloud/pool.ts'
import { setups } from '../support/pool-experiences.ts'
import { fullLoad, steadyLoad, wireOf } from '../support/http-load.ts'
import { repoRoot } from '../support/repo-root.ts'
import type { Bench, Figure } from './figure.ts'

export const name: Bench['name'] = 'confidence'

const CONNECTIONS = 32
const ROUNDS = 5
const ROUND_MS = 2_000
const WARM_MS = 2_000
const STEADY_MS = 6_000
/** 100 bots that ask once a minute. */
const POLLS_A_SECOND = 100 / 60
/** So many hours of their questions are asked in the time of this bench. */
const POLLED = 6_000
const HOUR_SECONDS = 3_600
const IDLE_MS = 4_000
const TICKS_A_SECOND = 100

type Server = Readonly<{ port: number; pid: number; stop: () => Promise<void> }>

/**
 * Questions a second that the pool of 10,000 experiences answers, against a Hono route that checks the same body with zod
 * and does nothing, taking turns: servers on one core, each in a process of its own, the load on another. Then how long
 * an answer takes at half that load, and what 100 bots that ask once a minute cost.
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
    for (let round = 0; round < ROUNDS; round++) {
      const base = await fullLoad(bare.port, requests, CONNECTIONS, ROUND_MS)
      const ours = await fullLoad(pool.port, requests, CONNECTIONS, ROUND_MS)
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
        note: `${Math.round(rate)} requests/s, baseline in requests/s; rounds ${ratios.map((one) => one.toFixed(2)).join(', ')}`,
      },
      {
        name: 'get_confidence: 99th percentile at half that load',
        ...{ value: at(0.99), limit: 10, unit: 'ms' },
        note: `median ${at(0.5)} ms, worst ${at(1)} ms; ${Math.round(steady.answered / steady.seconds)} requests/s, timed from when they were due`,
      },
    ]
    return { figures: process.platform === 'linux' ? [...figures, await polled(pool, requests)] : figures }
  } finally {
    await bare.stop()
    await pool.stop()
  }
}

/** An hour of 100 bots in a minute or so: what their questions cost, and what the server does while nobody asks. */
async function polled({ port, pid }: Server, requests: readonly string[]): Promise<Figure> {
  const before = cpuSeconds(pid)
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const idle = (cpuSeconds(pid) - before) / (IDLE_MS / 1_000)
  const perSecond = 200
  const began = cpuSeconds(pid)
  const load = await steadyLoad(port, requests, perSecond, (POLLED / perSecond) * 1_000)
  const spent = cpuSeconds(pid) - began - idle * load.seconds
  const ofQuestions = (spent / load.answered) * POLLS_A_SECOND
  return {
    name: '100 bots that ask once a bar of a minute: share of a core',
    ...{ value: round((ofQuestions + idle) * 100), limit: 5, unit: '%' },
    note:
      `${load.answered} questions (an hour of them) at ${perSecond}/s: ${round((spent / load.answered) * 1e6)} µs of processor each, ` +
      `so ${round(ofQuestions * HOUR_SECONDS)} s in an hour; idle ${round(idle * 100)} %`,
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

/** All threads of a process to one core, where the system can. */
function pin(pid: number, core: number): void {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
  } catch {
    console.error('cores are not pinned here')
  }
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
