import { describe, expect, it } from 'vitest'
import { readAccountsFile } from '../../../renderer/wizard/import-file.ts'
import { accountsFile } from '../../../src/contracts/account-request.ts'
import { AccountSettings } from '../../../src/contracts/account-settings.ts'

const live = AccountSettings.parse({
  ...{ version: 1, accountId: 'A1', user: 'anna', userId: '0123456789ab', broker: 'gateway', mode: 'live' },
  ...{ strategy: 'vwap-bounce', symbol: 'ES', feed: { kind: 'replay' }, createdAt: '2026-01-05T10:00:00Z' },
  gateway: { url: 'https://bridge.example', tokenFile: '/home/anna/token' },
})

describe('a file of accounts', () => {
  it('brings back what was exported, as paper', () => {
    const [account] = readAccountsFile(JSON.stringify(accountsFile([live])))
    expect(account).toMatchObject({ accountId: 'A1', broker: 'gateway', mode: 'paper', symbol: 'ES' })
    expect(account!.set).toContain('gateway.url=https://bridge.example')
  })

  it.each([
    ['', 'This file is no JSON.'],
    ['{"accounts":[]}', 'This is no file of accounts'],
    ['{"format":"slipway-accounts","version":2,"accounts":[]}', 'This is no file of accounts'],
    ['{"format":"slipway-accounts","version":1,"accounts":[{"accountId":7}]}', 'at accounts.0.accountId'],
  ])('is refused when it is none: %s', (text, why) => {
    expect(() => readAccountsFile(text)).toThrow(why)
  })
})
