import { lstatSync, readFileSync } from 'node:fs'
import { parseLockRecord, type LockRecord } from '../../domain/lock/lock-record.ts'

/** A record is a few hundred bytes; more is something else. */
const LARGEST_RECORD_BYTES = 64 * 1024

/** The record at a path. Empty, torn, of another version, a folder, a pipe: all are `unreadable`. */
export function readLockRecord(path: string): LockRecord | 'missing' | 'unreadable' {
  try {
    const entry = lstatSync(path, { throwIfNoEntry: false })
    if (!entry) return 'missing'
    // Reading a named pipe would wait for ever.
    if (!entry.isFile() || entry.size > LARGEST_RECORD_BYTES) return 'unreadable'
    return parseLockRecord(JSON.parse(readFileSync(path, 'utf8'))) ?? 'unreadable'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable'
  }
}
