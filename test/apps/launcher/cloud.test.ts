import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileSync } from 'node:fs'
import { accountIdOf, addAccounts, launched, type Launched } from '../../support/launched.ts'
import { outboxRig } from '../../support/outbox-rig.ts'

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
        ...{ waiting: 0, oldestWaitingAt: null, parked: 0, parkedRows: [], deliveredToday: 0 },
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

  it('tells what was put aside and why, and sends it again when somebody says so', async () => {
    await addAccounts(home, ['A1'])
    const rig = outboxRig(home.layout.root, ['A1'])
    for (const at of [1, 2, 3]) rig.trade({ at })
    rig.pool.fail(() => KNOWN)
    await rig.turns(rig.delivery(), 1)
    rig.close()
    const { api } = home.client
    const [before] = (await api.cloud()).accounts
    expect(before).toMatchObject({ parked: 3, waiting: 0 })
    expect(before!.parkedRows).toContainEqual(
      expect.objectContaining({ tradeId: 'A1/acc/T-2', reason: 'key_conflict: Known with other words.' }),
    )
    expect(await api.outbox.retry({ id: 'A1', tradeId: 'A1/acc/T-2' })).toEqual({ accountId: 'A1', retried: 1 })
    expect(await api.outbox.retry({ id: 'A1' })).toEqual({ accountId: 'A1', retried: 2 })
    expect(await api.outbox.retry({ id: 'A1' })).toEqual({ accountId: 'A1', retried: 0 })
    expect((await api.cloud()).accounts).toMatchObject([{ parked: 0, parkedRows: [] }])
    await expect(api.outbox.retry({ id: '../A1' })).rejects.toMatchObject({ refusal: { code: 'account-unknown' } })
    await expect(api.outbox.retry({ id: 'nobody' })).rejects.toMatchObject({ refusal: { code: 'account-unknown' } })
  })

  it('tells what a removed account has left, put aside or waiting, and sends it again too', async () => {
    await addAccounts(home, ['A1', 'A2'])
    const rig = outboxRig(home.layout.root, ['A1'])
    rig.trade({ at: 1 })
    rig.pool.fail(() => KNOWN)
    await rig.turns(rig.delivery(), 1)
    rig.close()
    const { api } = home.client
    expect((await api.cloud()).removed).toEqual([])
    await api.accounts.remove({ id: 'A1' })
    const state = await api.cloud()
    expect(state.accounts.map(({ accountId }) => accountId)).toEqual(['A2'])
    expect(state.removed).toMatchObject([
      { accountId: 'A1', waiting: 0, parked: 1, parkedRows: [{ tradeId: 'A1/acc/T-1' }], problem: null },
    ])
    expect(await api.outbox.retry({ id: 'A1' })).toEqual({ accountId: 'A1', retried: 1 })
    expect((await api.cloud()).removed).toMatchObject([{ accountId: 'A1', waiting: 1, parked: 0 }])
  })
})

const KNOWN = {
  kind: 'refused',
  code: 'key_conflict',
  message: 'Known with other words.',
  nextStep: '',
  requestId: '',
} as const
