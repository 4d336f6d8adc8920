import { closeSync, constants, fchmodSync, fsyncSync, lstatSync, openSync, writeFileSync } from 'node:fs'
import type { LockRecord } from '../../domain/lock/lock-record.ts'
import { moveFile, removeFile } from '../file/held-files.ts'
import type { HomeLayout } from '../home/layout.ts'
import { moveToQuarantine } from './heal-guard.ts'

export { readLockRecord } from './read-lock-record.ts'

/**
 * Puts a record in place of whatever is there, at once for every reader. Only the holder of the guard may call this.
 *
 * @throws the file system's error (disk full, read-only)
 */
export function writeLockRecord(layout: HomeLayout, path: string, record: LockRecord): void {
  // One name for the unfinished file, so that a crash leaves at most one, which the next holder overwrites.
  const unfinished = `${path}.new`
  clearTheWay(layout, unfinished)
  const { O_WRONLY, O_CREAT, O_TRUNC } = constants
  const file = openSync(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  try {
    fchmodSync(file, 0o600)
    writeFileSync(file, JSON.stringify(record, null, 2) + '\n')
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  clearTheWay(layout, path)
  moveFile(unfinished, path)
}

/** Removes the holder's own record. One that can't be removed explains nothing wrong: its process will be gone. */
export function removeLockRecord(path: string): void {
  try {
    removeFile(path)
  } catch {
    // Read-only or foreign by now; the guard is what counts.
  }
}

/** A file is replaced by the rename; anything else is kept, elsewhere. */
function clearTheWay(layout: HomeLayout, path: string): void {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry && !entry.isFile()) moveToQuarantine(layout, path)
}
