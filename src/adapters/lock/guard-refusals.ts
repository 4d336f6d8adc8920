import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountId } from '../../domain/account/account-id.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import { describeHolder, type HolderVerdict } from '../../domain/lock/lock-record.ts'
import { removeFile } from '../file/held-files.ts'
import type { HomeLayout } from '../home/layout.ts'

type VerdictOf<Kind extends HolderVerdict['kind']> = Extract<HolderVerdict, { kind: Kind }>

/** Somebody has the guard. */
export function heldByOther(verdict: HolderVerdict, accountId: AccountId | null): Refusal {
  const subject = accountId === null ? 'A launcher' : `Account ${accountId}`
  const message =
    'record' in verdict && verdict.kind !== 'unknown'
      ? describeHolder(verdict)
      : `${subject} is already in use, but ${verdict.kind === 'unknown' ? verdict.why : 'its holder is not known'}.`
  return refusal('account-held', message, nextStepFor(verdict, accountId))
}

function nextStepFor(verdict: HolderVerdict, accountId: AccountId | null): string {
  if (verdict.kind === 'unresponsive' && verdict.paused && process.platform !== 'win32')
    return `Let it go on with: kill -CONT ${verdict.record.pid}`
  if (accountId === null) return 'Use the launcher that runs, or end it first with: slipway shutdown'
  return `Leave it running, or stop it first with: slipway stop ${accountId}`
}

/** The guard is ours, yet the process on record lives: two bots would trade this account. */
export function heldDespiteFreeGuard(verdict: VerdictOf<'alive' | 'unresponsive'>): Refusal {
  const { record } = verdict
  const stop = record.accountId === null ? 'slipway shutdown' : `slipway stop ${record.accountId}`
  return refusal(
    'account-held',
    `${describeHolder(verdict)} Its guard file was replaced or touched by another program meanwhile.`,
    `Stop process ${record.pid} first with: ${stop}`,
  )
}

/** The home folder is used from another computer, where locks of this one do not reach. */
export function startedElsewhere(verdict: VerdictOf<'other-host'>, recordPath: string): Refusal {
  return refusal(
    'other-host',
    `${describeHolder(verdict)} Slipway's folder must not be shared between computers.`,
    `Keep one SLIPWAY_HOME per computer; if that other computer no longer uses this folder, delete ${recordPath}.`,
  )
}

/** The guard itself can't be had. */
export function guardFailure(
  layout: HomeLayout,
  path: string,
  failure: Readonly<{ code: string; message: string }>,
): Refusal {
  if (failure.code.startsWith('SQLITE_FULL')) return diskFull(path)
  if (failure.code.startsWith('SQLITE_READONLY')) return readOnly(path)
  // SQLite says "unable to open" for a dozen reasons; a file of our own in the same folder tells which.
  const code = writingFailsWith(layout.guards) ?? failure.code
  return refusalFor(code, path) ?? unavailable(path, code, failure.message)
}

/** The guard is ours, but the record can't be written. */
export function recordFailure(path: string, error: unknown): Refusal {
  const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException
  return refusalFor(code, path) ?? unavailable(path, code, message)
}

function refusalFor(code: string, path: string): Refusal | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path)
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return readOnly(path)
  return undefined
}

function diskFull(path: string): Refusal {
  return refusal('disk-full', `The disk is full, so ${path} can't be written.`, 'Free some space, then start again.')
}

function readOnly(path: string): Refusal {
  return refusal(
    'home-read-only',
    `The file ${path} can't be written, so nothing would keep a second bot from this account.`,
    'Make the folder writable for the user that runs Slipway, then start again.',
  )
}

function unavailable(path: string, code: string, message: string): Refusal {
  const isCrowded = code === 'EMFILE' || code === 'ENFILE'
  return refusal(
    'guard-unavailable',
    `The guard at ${path} can't be taken (${code}: ${message}).`,
    isCrowded
      ? 'Too many files are open: close some programs or raise the limit (ulimit -n), then start again.'
      : 'Check that the file belongs to the user that runs Slipway and that the disk is healthy, then start again.',
  )
}

/** The error code of writing a new file into a folder; undefined when it works. */
function writingFailsWith(folder: string): string | undefined {
  const { randomUUID } = process.getBuiltinModule('node:crypto')
  const path = join(folder, `probe-${randomUUID()}.tmp`)
  try {
    writeFileSync(path, 'probe', { flag: 'wx', mode: 0o600 })
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  } finally {
    removeFile(path)
  }
}
