import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  openAccountRegistry,
  type AccountRegistry,
  type AccountRequest,
} from '../../src/adapters/account-registry/account-registry.ts'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { accountRules } from '../../src/apps/launcher/account-rules.ts'
import { accountsFile, requestOf } from '../../src/contracts/account-request.ts'
import { epochMs } from '../../src/domain/units/units.ts'

const REQUEST: AccountRequest = {
  ...{ accountId: 'A1', user: 'anna', broker: 'sim', mode: 'paper', strategy: 'vwap-bounce' },
  ...{ symbol: 'ES', timeframe: '1m', feed: 'replay', set: [] },
}

describe('the request that makes an account once more', () => {
  let home: string
  let registry: AccountRegistry
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'slipway-request-'))
    const layout = homeLayout(home)
    registry = openAccountRegistry({
      ...{ layout, rules: accountRules(layout), now: () => epochMs(1_700_000_000_000) },
      heldBy: async () => undefined,
    })
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  it.each([
    ['as it comes', {}],
    ['of an Indian index, whose terms differ', { symbol: 'NIFTY,BANKNIFTY', strategy: 'segment-options' }],
    ['with a feed', { feed: 'replay:60x:2024-01-02..2024-01-05', timeframe: '5m' }],
    ['on made-up prices', { feed: 'synthetic:99' }],
    ['of a firm', { set: ['risk.preset=topstep-50k', 'risk.maxTradesPerDay=3'] }],
    [
      'with all sorts of settings',
      { set: ['risk.maxDailyLoss=750.50', 'risk.blackout=high,medium', 'simulation.slippageTicks=3'] },
    ],
  ] as const)('gives the same settings: %s', async (_name, given) => {
    const { settings } = await registry.add({ ...REQUEST, ...given })
    const twin = await registry.add({ ...requestOf(settings), accountId: 'A2' })
    expect(twin.settings).toEqual({ ...settings, accountId: 'A2' })
  })

  it('carries nothing that belongs to one computer or one set of books', async () => {
    const { settings } = await registry.add({
      ...{ ...REQUEST, broker: 'gateway' },
      set: ['gateway.url=https://bridge.example', 'gateway.tokenFile=/home/anna/token'],
    })
    const cleared = { ...settings, risk: { ...settings.risk, clearBreach: 4 } }
    const text = JSON.stringify(accountsFile([cleared]))
    expect(text).not.toContain('token')
    expect(text).not.toContain('clearBreach')
    expect(text).toContain('https://bridge.example')
  })

  it('can be judged without being carried out', async () => {
    const planned = await registry.check({ ...REQUEST, set: ['risk.maxDailyLoss=5'] })
    expect(planned).toMatchObject({ readopted: false, settings: { accountId: 'A1', risk: { maxDailyLoss: '5' } } })
    expect(registry.list()).toEqual([])
    await registry.add(REQUEST)
    await expect(registry.check(REQUEST)).rejects.toMatchObject({ refusal: { code: 'account-exists' } })
    const change = await registry.checkEdit('A1', ['risk.maxDailyLoss=7'])
    expect(change.changed).toEqual(['risk.maxDailyLoss: 2000 → 7'])
    expect(registry.show('A1').risk.maxDailyLoss).toBe('2000')
  })
})
