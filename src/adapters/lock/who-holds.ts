import { setTimeout as delay } from 'node:timers/promises'
import type { AccountId } from '../../domain/account/account-id.ts'
import { judgeHolder, type Here, type HolderVerdict, type LockRecord } from '../../domain/lock/lock-record.ts'
import { readDeviceId } from '../home/device-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import { nameProcess } from '../process/name-process.ts'
import { ownIdentity } from '../process/own-identity.ts'
import { seeProcess } from '../process/see-process.ts'
import { probeExclusive } from './exclusive-file.ts'
import { readLockRecord } from './record-file.ts'

export { readLockRecord } from './record-file.ts'

export type WhoHoldsContext = Readonly<{
  layout: HomeLayout
  /** Asks a control endpoint for its instanceId; undefined when none answers in time. */
  challenge: (endpoint: string, timeoutMs: number) => Promise<string | undefined>
}>

/** A bot answers from its event loop, which a bar or a commit may keep busy for a moment. Milliseconds. */
const CHALLENGE_TIMEOUT_MS = 2_000
/** A new holder needs a few milliseconds between taking the guard and naming itself. */
const NAMING_PAUSE_MS = 20
const NAMING_PATIENCE = 10

/**
 * Who holds an account: tried on its guard, then explained by the record, the process it names, and that process's
 * own answer. Takes nothing away from a holder, this process included.
 */
export function whoHolds(ctx: WhoHoldsContext, accountId: AccountId): Promise<HolderVerdict> {
  return explain(ctx, ctx.layout.guard(accountId), ctx.layout.lockRecord(accountId))
}

/** The same for the home's launcher. */
export function whoHoldsLauncher(ctx: WhoHoldsContext): Promise<HolderVerdict> {
  return explain(ctx, ctx.layout.launcherGuard, ctx.layout.launcherRecord)
}

async function explain(ctx: WhoHoldsContext, guardPath: string, recordPath: string): Promise<HolderVerdict> {
  const here = ownIdentity(() => readDeviceId(ctx.layout) ?? '')
  for (let attempt = 0; ; attempt++) {
    const guard = probeExclusive(guardPath)
    const record = readLockRecord(recordPath)
    const verdict = typeof record === 'string' ? undefined : judgeHolder(record, await seeProcess(record.pid), here)
    if (guard === 'free') return explainFree(verdict)
    if (verdict?.kind === 'alive' || verdict?.kind === 'unresponsive' || verdict?.kind === 'unknown')
      return challenged(ctx, verdict, here)
    if (guard === 'unknown') return unexplained(record, "its guard can't be read")
    if (attempt >= NAMING_PATIENCE)
      return unexplained(record, 'its guard is taken, but no lock record names a living process')
    await delay(NAMING_PAUSE_MS)
  }
}

async function explainFree(verdict: HolderVerdict | undefined): Promise<HolderVerdict> {
  if (!verdict) return { kind: 'free' }
  if (verdict.kind === 'pid-reused') return { ...verdict, by: await nameProcess(verdict.record.pid, verdict.by) }
  if (verdict.kind !== 'alive' && verdict.kind !== 'unresponsive') return verdict
  return { kind: 'unknown', record: verdict.record, why: 'its process lives, but no longer holds its guard' }
}

async function challenged(
  ctx: WhoHoldsContext,
  verdict: Extract<HolderVerdict, { kind: 'alive' | 'unresponsive' | 'unknown' }>,
  here: Here,
): Promise<HolderVerdict> {
  const { record } = verdict
  if (!record || (verdict.kind === 'unresponsive' && verdict.paused)) return verdict
  const answer = await ctx.challenge(record.controlEndpoint, CHALLENGE_TIMEOUT_MS)
  if (answer === record.instanceId) return { kind: 'alive', record }
  if (verdict.kind === 'unknown') return verdict
  // It may have been stopped, or have ended, while it was asked.
  const now = judgeHolder(record, await seeProcess(record.pid), here)
  return now.kind === 'alive' ? { kind: 'unresponsive', record, paused: false } : now
}

function unexplained(record: LockRecord | 'missing' | 'unreadable', why: string): HolderVerdict {
  return typeof record === 'string' ? { kind: 'unknown', why } : { kind: 'unknown', record, why }
}
