import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { acquireAccountGuard } from '../../../src/adapters/lock/account-guard.ts'
import { backupState, restoreState } from '../../../src/adapters/state-db/backup-state.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

const accountId = 'acc' as AccountId
const at = epochMs(Date.UTC(2026, 0, 2, 3, 4, 5))

function account() {
  const layout = homeLayout(tempHome())
  mkdirSync(layout.account(accountId), { recursive: true })
  const open = () => openState({ layout, accountId, instanceId: 'i', expectExisting: false, now: () => at })
  const write = (cursor: string) => {
    const state = open()
    state.transact(() => state.saveFillCursor(cursor))
    return state
  }
  const read = () => {
    const state = open()
    const cursor = state.fillCursor()
    state.close()
    return cursor
  }
  return { layout, write, read }
}

describe('a backup', () => {
  it('holds what was committed, the log included, while the bot goes on', () => {
    const { layout, write, read } = account()
    const bot = write('before')
    const { file, bytes } = backupState(layout, accountId, at)
    bot.transact(() => bot.saveFillCursor('after'))
    bot.close()
    expect(bytes).toBeGreaterThan(0)
    expect(read()).toBe('after')
    expect(restoreState(layout, accountId, file, at).quarantined).not.toBeNull()
    expect(read()).toBe('before')
  })

  it('puts what was there into quarantine, whole', () => {
    const { layout, write } = account()
    write('x').close()
    const { file } = backupState(layout, accountId, at)
    const { quarantined } = restoreState(layout, accountId, file, at)
    expect(readdirSync(quarantined ?? '')).toContain('state.db')
  })

  it.each([
    ['an empty file', (path: string) => writeFileSync(path, '')],
    ['a file that is no database', (path: string) => writeFileSync(path, 'x'.repeat(9_000))],
    ['half a database', (path: string) => truncateSync(path, 9 * 4_096)],
  ])('is refused as %s, and nothing is touched', (_, damage) => {
    const { layout, write, read } = account()
    write('kept').close()
    const { file } = backupState(layout, accountId, at)
    damage(file)
    expect(() => restoreState(layout, accountId, file, at)).toThrow(Refused)
    expect(read()).toBe('kept')
    expect(existsSync(layout.quarantine)).toBe(false)
  })

  it('is refused while a bot has the account, and nothing is touched', () => {
    const { layout, write } = account()
    const bot = write('kept')
    const { file } = backupState(layout, accountId, at)
    mkdirSync(layout.guards, { recursive: true })
    const taken = acquireAccountGuard({
      ...{ layout, accountId, instanceId: 'i', controlEndpoint: '', appVersion: '0', mode: 'paper', now: () => at },
    })
    expect(() => restoreState(layout, accountId, file, at)).toThrow(/A bot has just taken account acc/)
    expect(readdirSync(layout.account(accountId)).filter((name) => name.startsWith('state.db.'))).toEqual([])
    expect(existsSync(layout.quarantine)).toBe(false)
    if (taken.kind === 'held') taken.hold.release()
    bot.close()
  })

  it('of another account is refused, and nothing is touched', () => {
    const { layout, write, read } = account()
    write('mine').close()
    const other = 'other' as AccountId
    mkdirSync(layout.account(other), { recursive: true })
    openState({ layout, accountId: other, instanceId: 'i', expectExisting: false, now: () => at }).close()
    const foreign = join(layout.root, 'state-2026.db')
    renameSync(backupState(layout, other, at).file, foreign)
    expect(() => restoreState(layout, accountId, foreign, at)).toThrow(/is of another account/)
    expect(read()).toBe('mine')
    expect(restoreState(layout, other, foreign, at).file).toBe(foreign)
  })

  it('of the time before backups said whose they are is taken', () => {
    const { layout, write, read } = account()
    write('old').close()
    const { file } = backupState(layout, accountId, at)
    const db = new Database(file)
    db.pragma('application_id = 0')
    db.close()
    restoreState(layout, accountId, file, at)
    expect(read()).toBe('old')
  })

  it('says in words why it can not be put in place', () => {
    const { layout, write } = account()
    write('kept').close()
    const { file } = backupState(layout, accountId, at)
    const copy = join(layout.root, 'copy.db')
    renameSync(file, copy)
    rmSync(layout.account(accountId), { recursive: true })
    expect(() => restoreState(layout, accountId, copy, at)).toThrow(Refused)
  })

  it('is refused as a folder, and nobody is told to make it writable', () => {
    const { layout } = account()
    expect(() => restoreState(layout, accountId, layout.root, at)).toThrow(/is no usable backup: it is no file/)
  })

  it('is refused when the file is not there', () => {
    const { layout } = account()
    expect(() => restoreState(layout, accountId, join(layout.root, 'nowhere.db'), at)).toThrow(/There is no file/)
  })

  it('of an account that never ran says so', () => {
    const { layout } = account()
    expect(() => backupState(layout, accountId, at)).toThrow(/has no state to back up/)
  })
})
