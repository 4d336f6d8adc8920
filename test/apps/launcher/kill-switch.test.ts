import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addAccounts, launched, statusWhen, type Launched } from '../../support/launched.ts'

describe('the kill switch of the launcher’s API', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
    await addAccounts(home, ['A1', 'A2'])
    await home.client.api.bots.start({ ids: ['A1'] })
    await statusWhen(home.client, 'A1', ({ state }) => state === 'trading')
  })
  afterEach(() => home.close())

  it('engages, tells what stands, keeps it through a restart of the launcher, and releases', async () => {
    const { killSwitch } = home.client.api
    expect(await killSwitch.state()).toEqual([])
    expect(await killSwitch.engage({ user: 'user of A1', reason: 'enough' })).toEqual([
      { accountId: 'A1', outcome: 'flattened', wasRunning: true, refusal: null },
    ])
    expect(await killSwitch.engage({ all: true })).toMatchObject([{ accountId: 'A1' }, { outcome: 'flat' }])
    await home.relaunch()
    const standing = await home.client.api.killSwitch.state()
    expect(standing.map(({ scope, reason }) => [scope.kind, reason])).toEqual([
      ['all', ''],
      ['user', 'enough'],
    ])
    const released = await home.client.api.killSwitch.release({ all: true })
    expect(released).toMatchObject({ released: [{ kind: 'all' }], standing: [{ scope: { kind: 'user' } }] })
  })

  it.each([{}, { ids: ['A1'], all: true }, { user: 'nobody' }])('refuses the target %j', async (target) => {
    await expect(home.client.api.killSwitch.engage(target)).rejects.toThrow(/nam|account|user/i)
    expect(await home.client.api.killSwitch.state()).toEqual([])
  })

  it('tells where an account stands against its limits', async () => {
    expect(await home.client.api.risk({ id: 'A2' })).toMatchObject({ accountId: 'A2', currency: 'USD', breaches: [] })
    await expect(home.client.api.risk({ id: 'nobody' })).rejects.toThrow('nobody')
  })
})
