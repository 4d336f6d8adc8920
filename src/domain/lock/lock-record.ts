import type { AccountId } from '../account/account-id.ts'
import type { Mode } from '../context/trading-context.ts'
import { epochMs, type EpochMs } from '../units/units.ts'

/**
 * Who holds a guard, as its holder wrote it down. It explains; the guard decides.
 *
 * `accountId` and `mode` are null in the launcher's own record. `startTicks` is the exact start of the process: clock
 * ticks since boot on Linux, `ms:<UTC epoch ms>` elsewhere. `bootId`, `pidNamespace` and `hostId` say where `pid`
 * means anything; an empty one is not known on this platform. `user` is the numeric user id, where there is one.
 * `generation` is 0 until the holder has taken one in state.db.
 */
export type LockRecord = Readonly<{
  version: 1
  accountId: AccountId | null
  instanceId: string
  pid: number
  ppid: number
  startTicks: string
  bootId: string
  pidNamespace: string
  hostId: string
  exe: string
  appVersion: string
  mode: Mode | null
  user?: string
  controlEndpoint: string
  generation: number
  startedAt: EpochMs
}>

/**
 * The process that bears a PID now. `startTicks` is empty where the system will not tell it; `life` is `zombie` for
 * what has ended, or is ending, and only waits for its parent to notice; `foreign` when the system forbids us to signal it.
 */
export type SeenProcess = Readonly<{
  pid: number
  startTicks: string
  life: 'running' | 'stopped' | 'zombie'
  command: string
  foreign: boolean
}>

/** Where a judgement is made: the machine, its boot, the PID namespace and the user of whoever judges. */
export type Here = Readonly<{ hostId: string; bootId: string; pidNamespace: string; user?: string }>

/** What is known of an account's holder. All but `free`, `alive`, `unresponsive` and `unknown` mean: nobody holds it. */
export type HolderVerdict =
  | { readonly kind: 'free' }
  | { readonly kind: 'alive'; readonly record: LockRecord }
  | { readonly kind: 'gone'; readonly record: LockRecord }
  /** `by` names the innocent process that bears the PID now. */
  | { readonly kind: 'pid-reused'; readonly record: LockRecord; readonly by: string }
  | { readonly kind: 'other-boot'; readonly record: LockRecord }
  | { readonly kind: 'other-host'; readonly record: LockRecord }
  | { readonly kind: 'zombie'; readonly record: LockRecord }
  /** The process lives and does not answer; `paused` when the system says it is stopped (SIGSTOP, a debugger). */
  | { readonly kind: 'unresponsive'; readonly record: LockRecord; readonly paused: boolean }
  /** Treated as alive wherever it matters. `why` completes "it can't be told who holds it: …". */
  | { readonly kind: 'unknown'; readonly record?: LockRecord; readonly why: string }

/** How far apart two readings of one start may be where it is read from the wall clock, milliseconds. */
const START_TOLERANCE_MS = 5_000

/** What a lock record means, given the process that now bears its PID (undefined: none does). */
export function judgeHolder(record: LockRecord, seen: SeenProcess | undefined, here: Here): HolderVerdict {
  const sameBoot = record.bootId !== '' && record.bootId === here.bootId
  // One kernel is one machine, whatever two containers call it.
  if (!sameBoot && bothKnown(record.hostId, here.hostId) && record.hostId !== here.hostId)
    return { kind: 'other-host', record }
  if (!sameBoot && bothKnown(record.bootId, here.bootId)) return { kind: 'other-boot', record }
  if (bothKnown(record.pidNamespace, here.pidNamespace) && record.pidNamespace !== here.pidNamespace)
    return { kind: 'unknown', record, why: 'it was started in another container, whose processes are hidden from here' }
  if (!seen) return { kind: 'gone', record }
  if (!bothKnown(record.startTicks, seen.startTicks)) {
    // A process that we may not signal is not one that we started.
    if (seen.foreign && record.user !== undefined && record.user === here.user)
      return { kind: 'pid-reused', record, by: seen.command }
    return { kind: 'unknown', record, why: `the start of process ${record.pid} can't be read` }
  }
  if (!isSameStart(record.startTicks, seen.startTicks)) return { kind: 'pid-reused', record, by: seen.command }
  if (seen.life === 'zombie') return { kind: 'zombie', record }
  if (seen.life === 'stopped') return { kind: 'unresponsive', record, paused: true }
  return { kind: 'alive', record }
}

/** Whether two readings of a start name one process. Exact ticks must be equal; wall-clock readings may differ a bit. */
export function isSameStart(a: string, b: string): boolean {
  if (a === b) return a !== ''
  if (!a.startsWith('ms:') || !b.startsWith('ms:')) return false
  return Math.abs(Number(a.slice(3)) - Number(b.slice(3))) <= START_TOLERANCE_MS
}

/** Whether this start identity can belong to one process only. */
export function isExactStart(startTicks: string): boolean {
  return /^\d+$/.test(startTicks)
}

/** Whether the verdict leaves room for a living holder. */
export function mayBeHeld(verdict: HolderVerdict): boolean {
  return verdict.kind === 'alive' || verdict.kind === 'unresponsive' || verdict.kind === 'unknown'
}

/** One sentence for a trader. */
export function describeHolder(verdict: HolderVerdict): string {
  switch (verdict.kind) {
    case 'free':
      return 'Nobody holds it.'
    case 'alive':
      return `${nameOf(verdict.record)} has been running as process ${verdict.record.pid} since ${since(verdict.record)}.`
    case 'gone':
      return `${nameOf(verdict.record)} (process ${verdict.record.pid}, started ${since(verdict.record)}) has ended without tidying up.`
    case 'pid-reused':
      return `${nameOf(verdict.record)} has ended; its process number ${verdict.record.pid} now belongs to ${verdict.by}.`
    case 'other-boot':
      return `${nameOf(verdict.record)} ran before this computer was last started and has ended.`
    case 'other-host':
      return `${nameOf(verdict.record)} was started at ${since(verdict.record)} on another computer.`
    case 'zombie':
      return `${nameOf(verdict.record)} (process ${verdict.record.pid}) has ended; its parent process has not noticed yet.`
    case 'unresponsive':
      return verdict.paused
        ? `${nameOf(verdict.record)} is paused: process ${verdict.record.pid} is stopped but still holds the account.`
        : `${nameOf(verdict.record)} holds the account as process ${verdict.record.pid}, but does not answer.`
    case 'unknown':
      return `${verdict.record ? nameOf(verdict.record) : 'Something'} may hold it, but it can't be told for sure: ${verdict.why}.`
  }
}

/**
 * Reads a record as it lies on disk.
 *
 * @param value parsed JSON
 * @returns undefined when it is not a record of this version, whole
 */
export function parseLockRecord(value: unknown): LockRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found = value as Record<string, unknown>
  const isWhole =
    found.version === 1 &&
    TEXT_FIELDS.every((field) => typeof found[field] === 'string') &&
    NUMBER_FIELDS.every((field) => Number.isSafeInteger(found[field])) &&
    (found.accountId === null || typeof found.accountId === 'string') &&
    (found.mode === null || found.mode === 'paper' || found.mode === 'live') &&
    (found.user === undefined || typeof found.user === 'string') &&
    (found.pid as number) > 0
  if (!isWhole) return undefined
  const record = found as unknown as LockRecord
  return { ...record, startedAt: epochMs(record.startedAt) }
}

const TEXT_FIELDS = [
  'instanceId',
  'startTicks',
  'bootId',
  'pidNamespace',
  'hostId',
  'exe',
  'appVersion',
  'controlEndpoint',
] as const satisfies readonly (keyof LockRecord)[]
const NUMBER_FIELDS = ['pid', 'ppid', 'generation', 'startedAt'] as const satisfies readonly (keyof LockRecord)[]

function bothKnown(a: string, b: string): boolean {
  return a !== '' && b !== ''
}

function nameOf(record: LockRecord): string {
  return record.accountId === null ? 'The launcher' : `The bot of account ${record.accountId}`
}

function since(record: LockRecord): string {
  const at = new Date(record.startedAt)
  return Number.isNaN(at.getTime()) ? 'an unknown time' : at.toISOString().replace('T', ' ').slice(0, 19) + ' UTC'
}
