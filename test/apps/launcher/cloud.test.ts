import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileSync } from 'node:fs'
import { accountIdOf, addAccounts, launched, type Launched } from '../../support/launched.ts'

describe('what the launcher tells of licence and cloud', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  it('is what this computer knows: paper is free, nothing waits, the calendar is the bundled one', async () => {
    await addAccounts(home, ['A1'])
    const state = await home.client.api.cloud()
    expect(state.deviceId).toMatch(/^[0-9a-f-]{36}$/)
    expect(state.calendarAsOf).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(state.accounts).toEqual([
      {
        ...{ accountId: 'A1', mode: 'paper', confidence: 'shrink', problem: null },
        ...{ waiting: 0, oldestWaitingAt: null, parked: 0, deliveredToday: 0 },
        licence: {
          ...{ entries: 'allowed', code: '', message: 'Paper trading needs no licence.', rung: null, until: null },
        },
      },
    ])
  })

  it('says that a live account makes no entries, and why', async () => {
    await home.client.api.accounts.add({
      ...{ accountId: 'L1', user: 'anna', broker: 'gateway', mode: 'live', symbol: 'ES' },
      set: ['gateway.url=https://bridge.example'],
    })
    const [unnamed] = (await home.client.api.cloud()).accounts
    expect(unnamed).toMatchObject({ mode: 'live', licence: { entries: 'refused', code: 'licence-refused' } })
    expect(unnamed!.licence!.message).toMatch(/gateway.account=NUMBER/)
    await home.client.api.accounts.edit({ id: 'L1', set: ['gateway.account=U-1'] })
    const [account] = (await home.client.api.cloud()).accounts
    expect(account).toMatchObject({ mode: 'live', licence: { entries: 'refused', code: 'licence-missing' } })
  })

  it('goes on where one account can not be read', async () => {
    await addAccounts(home, ['A1', 'A2'])
    writeFileSync(home.layout.settings(accountIdOf('A1')), '{')
    const { accounts } = await home.client.api.cloud()
    expect(accounts.map(({ problem }) => problem?.code ?? null)).toEqual([expect.any(String), null])
  })
})
