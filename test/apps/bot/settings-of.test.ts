import { readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { checkedSettings } from '../../../src/adapters/bot-process/checked-settings.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { settingsOf } from '../../../src/apps/bot/settings-of.ts'
import type { CheckedSettings } from '../../../src/contracts/bot-start.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'

let layout: HomeLayout
let id: AccountId
let checked: CheckedSettings
let path: string

beforeEach(async () => {
  layout = prepareHome(tempHome())
  id = await addAccount(layout, 'A1', { symbol: 'MES', feed: 'replay:1x' })
  path = layout.settings(id)
  checked = checkedSettings(layout.root, id)!
})

const edit = (change: (text: string) => string) => writeFileSync(path, change(readFileSync(path, 'utf8')))

describe('the settings a bot trades by', () => {
  it('are those its starter checked while the file says the same', async () => {
    expect(await settingsOf(layout, id, checked)).toBe(checked.settings)
  })

  it('are the same as the file has them for whoever checks it', async () => {
    expect(JSON.parse(JSON.stringify(checked.settings))).toEqual(await settingsOf(layout, id, undefined))
  })

  it('are read again when the file was edited since', async () => {
    edit((text) => text.replace('"timeframe": "1m"', '"timeframe": "5m"'))
    expect((await settingsOf(layout, id, checked)).timeframe).toBe('5m')
  })

  it('are read again when they were checked by other rules', async () => {
    const older = { ...checked, rules: 'older', settings: { ...checked.settings, timeframe: '1d' as const } }
    expect((await settingsOf(layout, id, older)).timeframe).toBe('1m')
  })

  it('are never those of another account', async () => {
    const other = { ...checked, settings: { ...checked.settings, accountId: 'A2' as AccountId } }
    expect((await settingsOf(layout, id, other)).accountId).toBe('A1')
  })

  it('are refused, and not handed on, when the file is damaged', async () => {
    edit((text) => text.slice(0, -5))
    await expect(settingsOf(layout, id, checked)).rejects.toThrow("can't be used")
    expect(checkedSettings(layout.root, id)).toBeUndefined()
  })

  it('are not there for an account that is not', () => {
    expect(checkedSettings(layout.root, 'A9')).toBeUndefined()
    expect(checkedSettings(layout.root, '../A1')).toBeUndefined()
  })
})
