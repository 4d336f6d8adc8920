import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { AccountId } from '../../domain/account/account-id.ts'
import { refuse, Refused } from '../../domain/failure/refusal.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { moveFile, removeFile } from '../file/held-files.ts'
import { asStorageRefusal } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'
import { whileFree } from '../lock/while-free.ts'
import { openReadOnly, refusedBySqlite, type DatabaseRole } from '../sqlite/open-database.ts'
import { isOfAnother } from './account-mark.ts'
import { bornMark } from './born-mark.ts'
import { stateRole } from './open-state.ts'
import { STATE_MIGRATIONS } from './schema.ts'

/**
 * Copies state.db, as it is at one moment, into the account's backups; a bot may go on trading meanwhile.
 *
 * `VACUUM INTO` from a read-only connection (the online backup restarts at every commit of the bot), then the copy is
 * flushed, checked, and only then given its name.
 *
 * @throws {Refused} 'state-missing' | 'state-corrupt' | 'disk-full' | 'home-read-only'
 */
export function backupState(layout: HomeLayout, accountId: AccountId, now: EpochMs): { file: string; bytes: number } {
  const role = stateRole(layout, accountId)
  if (!existsSync(role.path))
    refuse('state-missing', `The account ${accountId} has no state to back up.`, 'Start its bot once, then back it up.')
  const folder = layout.backups(accountId)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `state-${new Date(now).toISOString().replace(/[:.]/g, '-')}.db`)
  const unfinished = `${file}.unfinished`
  const db = openReadOnly(role)
  try {
    db.prepare('VACUUM INTO ?').run(unfinished)
    flush(unfinished)
    verifyBackup(unfinished)
    moveFile(unfinished, file)
    return { file, bytes: statSync(file).size }
  } catch (error) {
    // A failed VACUUM INTO leaves an empty file behind that must not pass for a backup.
    removeFile(unfinished)
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}

/**
 * Puts a backup in the place of state.db. What is there now moves to quarantine whole (database, WAL and index
 * together). No bot may run, nor start meanwhile.
 *
 * @returns the quarantine folder, null when there was nothing to move
 * @throws {Refused} 'backup-invalid' | 'account-held' | 'disk-full' | 'home-read-only', in which cases the state is as it was
 */
export function restoreState(
  layout: HomeLayout,
  accountId: AccountId,
  file: string,
  now: EpochMs,
): { file: string; quarantined: string | null } {
  const source = checkBackup(layout, accountId, file)
  const target = layout.state(accountId)
  const incoming = `${target}.incoming`
  removeFile(incoming)
  try {
    const db = openReadOnly(roleOfBackup(source))
    try {
      db.prepare('VACUUM INTO ?').run(incoming)
    } finally {
      db.close()
    }
    flush(incoming)
    verifyBackup(incoming, accountId)
    return whileFree(layout, accountId, () => {
      const quarantined = quarantineState(layout, accountId, now)
      moveFile(incoming, target)
      bornMark(layout, accountId).set()
      return { file: source, quarantined }
    })
  } catch (error) {
    removeFile(incoming)
    throw asStorageRefusal(refusedBySqlite(error, stateRole(layout, accountId)), target)
  }
}

/**
 * Whether a file is a whole backup of this account.
 *
 * @returns its absolute path
 * @throws {Refused} 'backup-invalid'
 */
export function checkBackup(layout: HomeLayout, accountId: AccountId, file: string): string {
  const source = resolve(file)
  const seen = statSync(source, { throwIfNoEntry: false })
  if (!seen) refuse('backup-invalid', `There is no file ${source}.`, `Backups are in ${layout.backups(accountId)}.`)
  if (!seen.isFile())
    refuse(
      'backup-invalid',
      `${source} is no usable backup: it is no file.`,
      `Backups are in ${layout.backups(accountId)}.`,
    )
  verifyBackup(source, accountId)
  return source
}

function quarantineState(layout: HomeLayout, accountId: AccountId, now: EpochMs): string | null {
  const target = layout.state(accountId)
  const parts = ['', '-wal', '-shm'].map((suffix) => target + suffix).filter((path) => existsSync(path))
  if (parts.length === 0) return null
  const folder = join(layout.quarantine, `${accountId}-${new Date(now).toISOString().replace(/[:.]/g, '-')}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const part of parts) moveFile(part, join(folder, basename(part)))
  return folder
}

/** @param owner whose it must be */
function verifyBackup(path: string, owner?: AccountId): void {
  const invalid = (why: string): never =>
    refuse('backup-invalid', `${path} is no usable backup: ${why}.`, 'Choose another backup file.')
  if (statSync(path).size === 0) invalid('it is empty')
  try {
    const db = openReadOnly(roleOfBackup(path))
    try {
      if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') invalid('its pages are damaged')
      const version = Number(db.pragma('user_version', { simple: true }))
      if (version > STATE_MIGRATIONS.length) invalid('it was made by a newer Slipway')
      if (version === 0 || db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'holder'`).pluck().get() !== 1)
        invalid('it is not the state of an account')
      if (owner && isOfAnother(db, owner)) invalid('it is of another account')
    } finally {
      db.close()
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) invalid('it is damaged or not a database')
    if (error instanceof Refused && error.refusal.code !== 'backup-invalid') invalid("it can't be read")
    throw error
  }
}

function roleOfBackup(path: string): DatabaseRole {
  return { path, what: 'The backup', repair: 'Choose another backup file.' }
}

function flush(path: string): void {
  const fd = openSync(path, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
