/** How soon an account has its next owner after `kill -9`, and whether it can ever have two. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import lockfile from 'proper-lockfile'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { openHome } from '../../src/adapters/home/open-home.ts'
import { acquireAccountGuard } from '../../src/adapters/lock/account-guard.ts'
import { holdExclusively } from '../../src/adapters/lock/exclusive-file.ts'
import type { HolderOrder } from '../support/guard-holder.ts'
import type { VisitorOrder } from '../support/guard-visitor.ts'
import { repoRoot } from '../support/repo-root.ts'
import type { Bench, Figure } from './figure.ts'

export const name = 'guard'

const ACCOUNT = 'bench-1' as AccountId
const HANDOVERS = 50
const BASELINE_HANDOVERS = 3
const STORM_PROCESSES = 50
const STORM_ROUNDS = 50

export const run: Bench['run'] = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    const layout = openHome(folder)
    const guard = await handovers(HANDOVERS, () => guardHandover(layout))
    const whole = await handovers(HANDOVERS, () => wholeHandover(layout))
    const baseline = await handovers(BASELINE_HANDOVERS, () => heartbeatHandover(join(folder, 'baseline')))
    const overlaps = await storm(layout)
    const speedUp: Figure = {
      name: 'next owner after kill -9: times faster than proper-lockfile, stale 2000',
      value: baseline.median / guard.median,
      limit: 200,
      unit: 'x',
      better: 'higher',
      baseline: baseline.median,
      note: `proper-lockfile took ${baseline.median.toFixed(0)} ms (median of ${BASELINE_HANDOVERS})`,
    }
    const figures: Figure[] = [
      {
        name: 'next owner after kill -9, guard alone',
        value: guard.median,
        limit: 10,
        unit: 'ms',
        note: `median of ${HANDOVERS}, of which the kernel takes ${guard.gone.toFixed(1)} ms to end the process; worst ${guard.worst.toFixed(1)} ms; with the record judged, written and synced ${whole.median.toFixed(1)} ms`,
      },
      speedUp,
      {
        name: `overlapping holds, ${STORM_PROCESSES} processes on a dead holder's lock, ${STORM_ROUNDS} rounds`,
        value: overlaps,
        limit: 0,
        unit: 'holds',
        note: `${STORM_PROCESSES * STORM_ROUNDS} holds in all`,
      },
    ]
    return { figures }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Milliseconds from the signal: to the next owner, and to the word that the killed process has ended. */
type Handover = Readonly<{ owned: number; gone: number }>

async function handovers(
  count: number,
  measure: () => Promise<Handover>,
): Promise<{ median: number; worst: number; gone: number }> {
  const all: Handover[] = []
  for (let i = 0; i < count; i++) all.push(await measure())
  const owned = all.map((it) => it.owned)
  return { median: medianOf(owned), worst: Math.max(...owned), gone: medianOf(all.map((it) => it.gone)) }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Milliseconds from killing a holder to having its guard. */
async function guardHandover(layout: HomeLayout): Promise<Handover> {
  const holder = await startHolder(layout)
  return timed(holder, async () => {
    const tried = holdExclusively(layout.guard(ACCOUNT))
    return tried.kind === 'held' ? () => tried.hold.free() : undefined
  })
}

/** The same with all that a bot does: the dead holder judged, the new one written down. */
async function wholeHandover(layout: HomeLayout): Promise<Handover> {
  const holder = await startHolder(layout)
  return timed(holder, async () => {
    const tried = acquireAccountGuard({
      layout,
      accountId: ACCOUNT,
      instanceId: crypto.randomUUID(),
      controlEndpoint: '',
      appVersion: '0.1.0',
      mode: 'paper',
      now: () => epochMs(Date.now()),
    })
    return tried.kind === 'held' ? () => tried.hold.release() : undefined
  })
}

/** The same for a lock whose holder is known by its heartbeat. */
async function heartbeatHandover(path: string): Promise<Handover> {
  const holder = await start('guard-heartbeat.ts', path)
  return timed(holder, () => lockfile.lock(path, { realpath: false, stale: 2_000 }).catch(() => undefined))
}

async function timed(
  holder: ChildProcess,
  attempt: () => Promise<(() => void | Promise<void>) | undefined>,
): Promise<Handover> {
  const killed = performance.now()
  const gone = once(holder, 'exit').then(() => performance.now() - killed)
  holder.kill('SIGKILL')
  for (;;) {
    const release = await attempt()
    const owned = performance.now() - killed
    if (release) {
      await release()
      return { owned, gone: await gone }
    }
    await delay(1)
  }
}

/** Overlapping holds of many processes that all want a dead holder's account, each until it had it once a round. */
async function storm(layout: HomeLayout): Promise<number> {
  const order: VisitorOrder = { home: layout.root, accountId: ACCOUNT, visits: 1, onCommand: true }
  const crowd = await Promise.all(
    Array.from({ length: STORM_PROCESSES }, () => talkTo('guard-visitor.ts', JSON.stringify(order))),
  )
  let overlaps = 0
  for (let round = 0; round < STORM_ROUNDS; round++) {
    const dead = await startHolder(layout)
    dead.kill('SIGKILL')
    await once(dead, 'exit')
    const said = await Promise.all(crowd.map((visitor) => visitor.order('go')))
    for (const it of said) {
      const { entered, overlaps: seen } = JSON.parse(it) as { entered: number; overlaps: number }
      if (entered !== 1) throw new Error(`a process was in ${entered} times in one round`)
      overlaps += seen
    }
  }
  await Promise.all(crowd.map((visitor) => visitor.end()))
  return overlaps
}

function startHolder(layout: HomeLayout): Promise<ChildProcess> {
  const order: HolderOrder = { home: layout.root, accountId: ACCOUNT, instanceId: crypto.randomUUID() }
  return start('guard-holder.ts', JSON.stringify(order))
}

/** Starts a support program and waits for its first line. */
async function start(script: string, argument: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(repoRoot, 'test', 'support', script), argument], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.stdin.on('error', () => undefined)
  return child
}

type Talker = { order: (line: string) => Promise<string>; end: () => Promise<unknown> }

/** Starts a support program that answers each line with one, and waits for the line it starts with. */
async function talkTo(script: string, argument: string): Promise<Talker> {
  const child = spawn(process.execPath, [join(repoRoot, 'test', 'support', script), argument], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const line = await lines.next()
    if (line.done) throw new Error(`${script} ended before it answered`)
    return line.value
  }
  await next()
  return {
    order: (line) => {
      child.stdin.write(line + '\n')
      return next()
    },
    end: () => {
      child.stdin.end()
      return ended
    },
  }
}
