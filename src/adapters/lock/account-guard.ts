import type { AccountId } from '../../domain/account/account-id.ts'
import type { Mode } from '../../domain/context/trading-context.ts'
import { Refused, type Refusal } from '../../domain/failure/refusal.ts'
import {
  isExactStart,
  judgeHolder,
  mayBeHeld,
  type Here,
  type HolderVerdict,
  type LockRecord,
} from '../../domain/lock/lock-record.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { readDeviceId } from '../home/device-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import { ownIdentity } from '../process/own-identity.ts'
import { pause } from '../process/pause.ts'
import { seeProcessSync } from '../process/see-process.ts'
import type { ExclusiveHold } from './exclusive-file.ts'
import { guardFailure, heldByOther, heldDespiteFreeGuard, recordFailure, startedElsewhere } from './guard-refusals.ts'
import { holdGuard } from './heal-guard.ts'
import { readLockRecord, removeLockRecord, writeLockRecord } from './record-file.ts'

/** The hold on a guard, for the life of the process. */
export interface GuardHold {
  readonly record: LockRecord
  /**
   * Rewrites the record with the generation this holder took in state.db.
   *
   * @throws {Refused} disk-full, home-read-only
   */
  publish(generation: number): void
  /** Removes the record, then frees the guard. A second call does nothing. */
  release(): void
}

export type GuardOutcome =
  | { readonly kind: 'held'; readonly hold: GuardHold }
  /** Codes: account-held, other-host, guard-unavailable, home-read-only, disk-full. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly verdict: HolderVerdict }

export type AccountGuardContext = Readonly<{
  layout: HomeLayout
  accountId: AccountId
  instanceId: string
  controlEndpoint: string
  appVersion: string
  mode: Mode
  now: () => EpochMs
}>

export type LauncherGuardContext = Readonly<{
  layout: HomeLayout
  instanceId: string
  appVersion: string
  now: () => EpochMs
}>

/** How long, and how often, to look again while what we see should pass by itself: milliseconds, times. */
const PAUSE_MS = 5
const PATIENCE = 50

/**
 * Makes this process the only bot of an account, or says who is.
 *
 * The guard decides. The record of an earlier holder is replaced, whatever is left of it, with two exceptions that
 * mean the guard can't be trusted: it names another computer (a shared folder), or a process that provably lives on
 * (its guard file was replaced under it).
 */
export function acquireAccountGuard(ctx: AccountGuardContext): GuardOutcome {
  return acquire({
    layout: ctx.layout,
    guardPath: ctx.layout.guard(ctx.accountId),
    recordPath: ctx.layout.lockRecord(ctx.accountId),
    fields: {
      accountId: ctx.accountId,
      instanceId: ctx.instanceId,
      appVersion: ctx.appVersion,
      mode: ctx.mode,
      controlEndpoint: ctx.controlEndpoint,
    },
    now: ctx.now,
  })
}

/** Makes this process the only launcher of a home, by the same means. */
export function acquireLauncherGuard(ctx: LauncherGuardContext): GuardOutcome {
  return acquire({
    layout: ctx.layout,
    guardPath: ctx.layout.launcherGuard,
    recordPath: ctx.layout.launcherRecord,
    fields: {
      accountId: null,
      instanceId: ctx.instanceId,
      appVersion: ctx.appVersion,
      mode: null,
      controlEndpoint: ctx.layout.launcherEndpoint,
    },
    now: ctx.now,
  })
}

type Claim = Readonly<{
  layout: HomeLayout
  guardPath: string
  recordPath: string
  fields: Pick<LockRecord, 'accountId' | 'instanceId' | 'appVersion' | 'mode' | 'controlEndpoint'>
  now: () => EpochMs
}>

function acquire(claim: Claim): GuardOutcome {
  const identity = ownIdentity(() => readDeviceId(claim.layout) ?? '')
  for (let attempt = 0; ; attempt++) {
    const tried = holdGuard(claim.layout, claim.guardPath)
    if (tried.kind === 'held') return settle(claim, identity, tried.hold)
    const verdict = judgeRecord(claim.recordPath, identity)
    if (tried.kind === 'failed')
      return { kind: 'refused', verdict, refusal: guardFailure(claim.layout, claim.guardPath, tried) }
    // Busy though no record explains it: the holder is writing its own, or somebody only looked.
    if (mayBeHeld(verdict) && 'record' in verdict) return refusedAsHeld(claim, verdict)
    if (attempt >= PATIENCE) return refusedAsHeld(claim, unexplained(verdict))
    pause(PAUSE_MS)
  }
}

/** With the guard won: refuse what makes it worthless, else write ourselves down. */
function settle(claim: Claim, identity: ReturnType<typeof ownIdentity>, guard: ExclusiveHold): GuardOutcome {
  const verdict = judgeAfterWinning(claim.recordPath, identity)
  if (verdict.kind === 'other-host') {
    guard.free()
    return { kind: 'refused', verdict, refusal: startedElsewhere(verdict, claim.recordPath) }
  }
  if (provesLivingHolder(verdict, identity)) {
    guard.free()
    return { kind: 'refused', verdict, refusal: heldDespiteFreeGuard(verdict) }
  }
  try {
    const { user, ...known } = identity
    const record: LockRecord = {
      version: 1,
      ...claim.fields,
      ...known,
      ...(user === undefined ? {} : { user }),
      generation: 0,
      startedAt: claim.now(),
    }
    writeLockRecord(claim.layout, claim.recordPath, record)
    return { kind: 'held', hold: openHold(claim, guard, record) }
  } catch (error) {
    guard.free()
    return { kind: 'refused', verdict, refusal: recordFailure(claim.recordPath, error) }
  }
}

function openHold(claim: Claim, guard: ExclusiveHold, first: LockRecord): GuardHold {
  let record = first
  let isHeld = true
  return {
    get record() {
      return record
    },
    publish(generation) {
      if (!isHeld) throw new Error('the guard was released; its record is not ours to write')
      const next = { ...record, generation }
      try {
        writeLockRecord(claim.layout, claim.recordPath, next)
      } catch (error) {
        throw new Refused(recordFailure(claim.recordPath, error))
      }
      record = next
    },
    release() {
      if (!isHeld) return
      isHeld = false
      removeLockRecord(claim.recordPath)
      guard.free()
    },
  }
}

function judgeRecord(path: string, here: Here): HolderVerdict {
  const record = readLockRecord(path)
  if (record === 'missing') return { kind: 'free' }
  if (record === 'unreadable') return { kind: 'unknown', why: 'its lock record is damaged' }
  return judgeHolder(record, seeProcessSync(record.pid), here)
}

/** A killed process loses its guard a moment before its PID, so a living holder gets time to be gone. */
function judgeAfterWinning(path: string, identity: ReturnType<typeof ownIdentity>): HolderVerdict {
  for (let attempt = 0; ; attempt++) {
    const verdict = judgeRecord(path, identity)
    if (attempt >= PATIENCE || !provesLivingHolder(verdict, identity)) return verdict
    pause(PAUSE_MS)
  }
}

type LivingHolder = Extract<HolderVerdict, { kind: 'alive' | 'unresponsive' }>

function provesLivingHolder(verdict: HolderVerdict, self: ReturnType<typeof ownIdentity>): verdict is LivingHolder {
  if (verdict.kind !== 'alive' && verdict.kind !== 'unresponsive') return false
  const { pid, startTicks } = verdict.record
  return isExactStart(startTicks) && !(pid === self.pid && startTicks === self.startTicks)
}

function refusedAsHeld(claim: Claim, verdict: HolderVerdict): GuardOutcome {
  return { kind: 'refused', verdict, refusal: heldByOther(verdict, claim.fields.accountId) }
}

function unexplained(verdict: HolderVerdict): HolderVerdict {
  if (verdict.kind === 'unknown') return verdict
  const why = 'its guard is taken, but no lock record names a living process'
  return 'record' in verdict ? { kind: 'unknown', record: verdict.record, why } : { kind: 'unknown', why }
}
