import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import {
  openPricingService,
  type PricingRules,
  type PricingService,
} from '../../src/adapters/pricing/pricing-service.ts'
import type { PricingProgram } from '../../src/adapters/pricing/pricing-process.ts'
import type { PricingFailure, PricingReply } from '../../src/domain/options/pricing-port.ts'
import type { Misbehaviour } from './pricing-double.ts'
import { programOf } from './programs/programs.ts'
import { repoRoot } from './repo-root.ts'

/** Generous, because these share a machine with others; what is counted is that every question ends. */
export const PATIENT: PricingRules = {
  deadlineMs: 500,
  startMs: 20_000,
  mostWaiting: 2_000,
  mostBacklog: 8 * 1_048_576,
  circuit: { opensAfter: 3, backoffMs: [20, 40], openMs: 400 },
}

/** The service itself. */
export const PRICING: PricingProgram = { node: process.execPath, env: process.env, entry: programOf('pricing') }

export type PricingRig = Readonly<{
  service: PricingService
  /** What was told of its failures, in order. */
  told: string[]
  reasons: PricingFailure[]
  /** Every process that ever ran. */
  pids: () => readonly number[]
  /**
   * Waits until it is up; notes its process. One that was just killed counts as up until its end is
   * heard of, so a test that killed names it.
   */
  up: (afterPid?: number) => Promise<number>
  end: () => void
}>

/** A service of the real program, or of one that misbehaves. */
export function pricingRig(program: PricingProgram | Misbehaviour = PRICING, rules = PATIENT): PricingRig {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pricing-'))
  const told: string[] = []
  const reasons: PricingFailure[] = []
  const pids = new Set<number>()
  const service = openPricingService({
    program: typeof program === 'string' ? doubleOf(program, folder) : program,
    onDown: (reason) => {
      told.push('down')
      reasons.push(reason)
    },
    onBack: () => told.push('back'),
    rules,
  })
  return {
    service,
    told,
    reasons,
    pids: () => [...pids],
    up: async (afterPid) => {
      for (const end = performance.now() + 30_000; performance.now() < end; await delay(5)) {
        const state = service.state()
        if (state.kind !== 'up' || state.pid === afterPid) continue
        pids.add(state.pid)
        return state.pid
      }
      throw new Error('the pricing service did not come up')
    },
    end: () => {
      service.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function doubleOf(how: Misbehaviour, folder: string): PricingProgram {
  const entry = join(folder, 'double.mjs')
  const double = pathToFileURL(programOf('pricing-double')).href
  writeFileSync(entry, `process.argv[2] = '${how}'\nawait import(${JSON.stringify(double)})\n`)
  return { node: process.execPath, env: process.env, entry, mayRead: [repoRoot, folder] }
}

/** How many replies came to what: 'ok', or the code of the failure. */
export function countReplies(replies: readonly PricingReply<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const reply of replies) {
    const key = reply.ok ? 'ok' : reply.reason.code
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Whether a process runs; one that has ended and was not collected yet does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Waits for a process to be gone. */
export async function untilGone(pid: number): Promise<boolean> {
  for (const end = performance.now() + 20_000; performance.now() < end; await delay(10))
    if (!isRunning(pid)) return true
  return false
}
