import { mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { moveFile } from '../file/held-files.ts'
import type { HomeLayout } from '../home/layout.ts'
import { holdExclusively, type ExclusiveOutcome } from './exclusive-file.ts'

/**
 * Takes the lock of a guard file; one that is no database (overwritten, a folder in its place) is moved to quarantine
 * and made anew.
 *
 * Two starters that both saw the damage must not both move: the second would move the first one's fresh guard from
 * under it. So only the holder of the repair guard moves, after looking again. Whoever opened the damaged file before
 * it went can't get past its first page, and so holds nothing.
 */
export function holdGuard(layout: HomeLayout, path: string): ExclusiveOutcome {
  const first = holdExclusively(path)
  if (!isDamaged(first, path)) return first
  const repair = holdExclusively(layout.guardRepair)
  if (repair.kind !== 'held') return repair
  try {
    const again = holdExclusively(path)
    if (!isDamaged(again, path)) return again
    moveToQuarantine(layout, path)
    return holdExclusively(path)
  } catch (error) {
    const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException
    return { kind: 'failed', code, message }
  } finally {
    repair.hold.free()
  }
}

/** Moves what lies at a path out of the way, by its name alone: it is neither opened nor read. */
export function moveToQuarantine(layout: HomeLayout, path: string): void {
  mkdirSync(layout.quarantine, { recursive: true, mode: 0o700 })
  const name = `${basename(path)}.${crypto.randomUUID()}`
  moveFile(path, join(layout.quarantine, name))
}

function isDamaged(outcome: ExclusiveOutcome, path: string): boolean {
  if (outcome.kind !== 'failed') return false
  if (outcome.code.startsWith('SQLITE_NOTADB') || outcome.code.startsWith('SQLITE_CORRUPT')) return true
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
