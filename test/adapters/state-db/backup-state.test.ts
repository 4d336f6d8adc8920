import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
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

  it('is refused when the file is not there', () => {
    const { layout } = account()
    expect(() => restoreState(layout, accountId, join(layout.root, 'nowhere.db'), at)).toThrow(/There is no file/)
  })

  it('of an account that never ran says so', () => {
    const { layout } = account()
    expect(() => backupState(layout, accountId, at)).toThrow(/has no state to back up/)
  })
})
