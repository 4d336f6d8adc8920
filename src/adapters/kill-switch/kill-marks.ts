import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { parseKillMark, type KillMark, type KillScope } from '../../domain/risk/kill-mark.ts'
import { epochMs } from '../../domain/units/units.ts'
import { removeFolder } from '../file/held-files.ts'
import { asStorageRefusal, replaceFile, syncFolder } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'

type Where = Pick<HomeLayout, 'run' | 'account' | 'accounts'>

/** A mark is a few hundred bytes; more is something else. */
const LARGEST_MARK_BYTES = 64 * 1024
const USER_MARK = /^kill-user-([0-9a-f]{12})\.json$/

/** Where the mark of a scope lies: beside the account it is about, or in the folder of what runs. */
export function killMarkPath(layout: Where, scope: KillScope): string {
  switch (scope.kind) {
    case 'account':
      return join(layout.account(scope.accountId as AccountId), 'kill.json')
    case 'user':
      return join(layout.run, `kill-user-${scope.userId}.json`)
    case 'all':
      return join(layout.run, 'kill-all.json')
  }
}

/**
 * Puts a mark in place, durably; one that stands already is kept where it says more: a `kill` is not weakened to a
 * `flatten`.
 *
 * @throws {Refused} disk-full or home-read-only: the mark does not stand
 */
export function writeKillMark(layout: Where, mark: KillMark): void {
  const path = killMarkPath(layout, mark.scope)
  const standing = readKillMark(path, mark.scope)
  if (mark.purpose === 'flatten' && standing?.purpose === 'kill') return
  replaceFile(path, JSON.stringify(mark) + '\n')
}

/**
 * Takes a mark away, durably.
 *
 * @param only leaves a mark of another purpose where it is
 * @returns false when none of that kind stood
 * @throws {Refused} home-read-only: the mark stands
 */
export function removeKillMark(layout: Where, scope: KillScope, only?: KillMark['purpose']): boolean {
  const path = killMarkPath(layout, scope)
  const standing = readKillMark(path, scope)
  if (!standing || (only !== undefined && standing.purpose !== only)) return false
  try {
    removeFolder(path)
    syncFolder(dirname(path))
    return true
  } catch (error) {
    throw asStorageRefusal(error, path)
  }
}

/**
 * The mark at a path; undefined when there is none. Anything else that lies there, or can't be read, is a mark too: it
 * was put there to stop something.
 */
export function readKillMark(path: string, scope: KillScope): KillMark | undefined {
  try {
    const entry = lstatSync(path, { throwIfNoEntry: false })
    if (!entry) return undefined
    // Reading a named pipe would wait for ever.
    if (!entry.isFile() || entry.size > LARGEST_MARK_BYTES) return unreadable(scope, 'it is no file of ours')
    const mark = parseKillMark(JSON.parse(readFileSync(path, 'utf8')))
    return mark ?? unreadable(scope, 'its content is not ours')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return unreadable(scope, error instanceof Error ? error.message : String(error))
  }
}

function unreadable(scope: KillScope, why: string): KillMark {
  return { version: 1, scope, purpose: 'kill', reason: `the mark can't be read: ${why}`, at: epochMs(0) }
}

/** Every mark that stands against an account, the widest first. */
export function marksAgainst(layout: Where, accountId: AccountId, userId: string): KillMark[] {
  return scopesOf(accountId, userId).flatMap((scope) => readKillMark(killMarkPath(layout, scope), scope) ?? [])
}

export function scopesOf(accountId: AccountId, userId: string): readonly KillScope[] {
  const account = { kind: 'account', accountId } as const
  return userId === '' ? [{ kind: 'all' }, account] : [{ kind: 'all' }, { kind: 'user', userId }, account]
}

/** Every mark of a home. */
export function standingKillMarks(layout: Where): KillMark[] {
  const scopes: KillScope[] = [{ kind: 'all' }]
  for (const name of namesIn(layout.run)) {
    const userId = USER_MARK.exec(name)?.[1]
    if (userId !== undefined) scopes.push({ kind: 'user', userId })
  }
  for (const name of namesIn(layout.accounts)) {
    const accountId = parseAccountId(basename(name))
    if (isAccountId(accountId)) scopes.push({ kind: 'account', accountId })
  }
  return scopes.flatMap((scope) => readKillMark(killMarkPath(layout, scope), scope) ?? [])
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
