import { statSync } from 'node:fs'
import Database from 'better-sqlite3'

/**
 * The kernel-held lock under a guard: SQLite's exclusive lock on a file of its own.
 *
 * The kernel frees it at the holder's death, however that comes, keeps it while the holder is stopped, and knows no
 * clock. SQLite alone may open the file: POSIX drops a process's locks on a file when ANY descriptor of it closes, so
 * one `readFile` by the holder would let a second bot in. Several connections in one process are safe, because SQLite
 * keeps a list of its open inodes and postpones closing descriptors while a lock is held.
 */
export type ExclusiveHold = Readonly<{ free: () => void }>

export type ExclusiveOutcome =
  | { readonly kind: 'held'; readonly hold: ExclusiveHold }
  | { readonly kind: 'busy' }
  /** `code` is SQLite's; `NOFOLDER` when not even the folder is there. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/** Takes the lock or says at once why not; never waits. */
export function holdExclusively(path: string): ExclusiveOutcome {
  let db: Database.Database | undefined
  try {
    db = new Database(path, { timeout: 0 })
    db.pragma('locking_mode = EXCLUSIVE')
    // Nothing is ever committed, so the rollback journal needs no file that could be left behind.
    db.pragma('journal_mode = MEMORY')
    db.exec('BEGIN EXCLUSIVE')
    // On a file that can't be written SQLite turns BEGIN EXCLUSIVE into a plain BEGIN, which locks nothing and
    // succeeds for everybody. Only an attempt to write tells.
    db.pragma('user_version = 1')
    const held = db
    return { kind: 'held', hold: { free: () => held.close() } }
  } catch (error) {
    db?.close()
    return failureOf(error)
  }
}

/**
 * Whether somebody holds the lock, this process included. Takes a shared lock for the blink of an eye, so a starter
 * may find the file busy because of us and should try again.
 */
export function probeExclusive(path: string): 'free' | 'held' | 'unknown' {
  let db: Database.Database | undefined
  try {
    db = new Database(path, { timeout: 0, readonly: true, fileMustExist: true })
    db.pragma('schema_version')
    return 'free'
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind === 'busy') return 'held'
    // Nobody gets past the first page of such a file, so nobody holds it.
    if (failure.code === 'SQLITE_NOTADB') return 'free'
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? 'unknown' : 'free'
  } finally {
    db?.close()
  }
}

function failureOf(error: unknown): Exclude<ExclusiveOutcome, { kind: 'held' }> {
  const { code, message } = error as Error & { code?: string }
  if (code?.startsWith('SQLITE_BUSY') || code?.startsWith('SQLITE_LOCKED')) return { kind: 'busy' }
  return { kind: 'failed', code: code?.startsWith('SQLITE_') ? code : 'NOFOLDER', message }
}
