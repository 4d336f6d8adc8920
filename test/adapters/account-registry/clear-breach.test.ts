import { mkdirSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  openAccountRegistry,
  type AccountRegistry,
  type AccountRequest,
} from '../../../src/adapters/account-registry/account-registry.ts'
import { homeLayout, type HomeLayout } from '../../../src/adapters/home/layout.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

const accountId = 'A1' as AccountId
const AT = epochMs(Date.UTC(2026, 9, 26, 14, 30))
const NEW: AccountRequest = {
  ...{ accountId, user: 'alice', broker: 'sim', mode: 'paper', strategy: 'vwap-bounce', symbol: 'MES' },
  ...{ timeframe: '1m', feed: 'synthetic:1', set: [] },
}

describe('the number that clears a breach', () => {
  let layout: HomeLayout
  let registry: AccountRegistry
  beforeEach(() => {
    layout = homeLayout(tempHome())
    registry = openAccountRegistry({
      ...{ layout, now: () => AT, rules: accountRules(layout), heldBy: async () => undefined },
    })
  })

  /** A loss of the day that ends by itself, and a drawdown that a person has to clear. */
  function reachLimits(): void {
    mkdirSync(layout.account(accountId), { recursive: true })
    const store = openState({ layout, accountId, instanceId: 'i1', expectExisting: false, now: () => AT })
    const breach = { at: AT, barTime: AT, text: 'equity is 99492.50 USD' }
    store.transact(() => {
      store.insertBreach({ ...breach, rule: 'daily-loss', until: epochMs(AT + 1_000) })
      store.insertBreach({ ...breach, rule: 'trailing-drawdown', until: undefined })
    })
    store.close()
  }

  it('is taken when that breach waits to be cleared', async () => {
    await registry.add(NEW)
    reachLimits()
    expect((await registry.edit('A1', ['risk.clearBreach=2'])).settings.risk.clearBreach).toBe(2)
    // Set again, or left as it is beside another change, it clears nothing more.
    await registry.edit('A1', ['risk.clearBreach=2', 'risk.maxDailyLoss=300'])
    expect((await registry.edit('A1', ['risk.clearBreach=0'])).settings.risk.clearBreach).toBe(0)
  })

  it('is refused when it would wait for a breach to come', async () => {
    await registry.add(NEW)
    reachLimits()
    const wish = ['risk.clearBreach=7']
    const refused = {
      refusal: {
        code: 'setting-invalid',
        message: 'No breach 7 of account A1 waits to be cleared.',
        nextStep: 'Those that do are: 2. See them with: slipway risk A1',
      },
    }
    await expect(registry.edit('A1', wish)).rejects.toMatchObject(refused)
    await expect(registry.checkEdit('A1', wish)).rejects.toMatchObject(refused)
    expect(registry.show('A1').risk.clearBreach).toBe(0)
  })

  it('is refused for a breach that ends by itself', async () => {
    await registry.add(NEW)
    reachLimits()
    await expect(registry.edit('A1', ['risk.clearBreach=1'])).rejects.toMatchObject({
      refusal: { message: "Breach 1 of account A1 (daily-loss) ends by itself and can't be cleared before." },
    })
  })

  it('is refused for an account that has never reached a limit, a new one too', async () => {
    const refused = { refusal: { nextStep: 'None does. See where it stands with: slipway risk A1' } }
    await expect(registry.add({ ...NEW, set: ['risk.clearBreach=1'] })).rejects.toMatchObject(refused)
    await registry.add(NEW)
    await expect(registry.edit('A1', ['risk.clearBreach=1'])).rejects.toMatchObject(refused)
  })
})
