import { mkdirSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  openAccountRegistry,
  type AccountRegistry,
  type AccountRequest,
} from '../../../src/adapters/account-registry/account-registry.ts'
import { writeLastExit } from '../../../src/adapters/bot-process/write-last-exit.ts'
import { homeLayout, type HomeLayout } from '../../../src/adapters/home/layout.ts'
import { acquireAccountGuard, type GuardHold } from '../../../src/adapters/lock/account-guard.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { botStatus } from '../../support/bot-status.ts'
import { tempHome } from '../../support/temp-home.ts'

const accountId = 'A1' as AccountId
const NEW: AccountRequest = {
  ...{ accountId, user: 'alice', broker: 'sim', mode: 'paper', strategy: 'vwap-bounce', symbol: '6EH4' },
  ...{ timeframe: '1m', feed: 'synthetic:1', set: [] },
}
const now = () => epochMs(Date.UTC(2024, 0, 1))

describe('an account whose bot takes it just after somebody has looked', () => {
  it('is neither removed nor set to another market', async () => {
    const layout = homeLayout(tempHome())
    let bot: GuardHold | undefined
    const heldBy = async () => {
      const taken = acquireAccountGuard({
        ...{ layout, accountId, instanceId: 'bot', controlEndpoint: '', appVersion: '0', mode: 'paper', now },
      })
      bot = taken.kind === 'held' ? taken.hold : undefined
      return undefined
    }
    const registry = openAccountRegistry({ layout, now, rules: accountRules(layout), heldBy })
    await registry.add(NEW)
    mkdirSync(layout.guards, { recursive: true })
    for (const change of [
      () => registry.remove('A1', true),
      () => registry.remove('A1', false),
      () => registry.edit('A1', ['symbol=SPY']),
    ]) {
      await expect(change()).rejects.toMatchObject({ refusal: { code: 'account-held' } })
      bot?.release()
    }
    expect(registry.show('A1').symbol).toBe('6EH4')
  })
})

describe('an account whose bot was killed', () => {
  let layout: HomeLayout
  let registry: AccountRegistry
  beforeEach(async () => {
    layout = homeLayout(tempHome())
    registry = openAccountRegistry({ layout, now, rules: accountRules(layout), heldBy: async () => undefined })
    await registry.add(NEW)
  })

  /** The last word of the bot before it is that it was flat. */
  function killedHolding(quantity: number): void {
    writeLastExit(layout, accountId, {
      ...{ instanceId: 'before', at: 1, state: 'stopped', reason: 'requested', refusal: null },
      status: botStatus({ position: quantity === 0 ? 2 : 0 }),
    })
    const state = openState({ layout, accountId, instanceId: 'killed', expectExisting: false, now })
    state.transact(() => state.savePosition('6EH4', { quantity }))
    state.close()
  }

  it('keeps symbol, broker and mode while its books hold a position, whatever an earlier bot said', async () => {
    killedHolding(2)
    const refused = { refusal: { code: 'setting-invalid', nextStep: expect.stringMatching(/--flatten/) } }
    await expect(registry.edit('A1', ['symbol=SPY'])).rejects.toMatchObject(refused)
    await expect(registry.edit('A1', ['broker=gateway', 'gateway.url=http://127.0.0.1:9'])).rejects.toMatchObject(
      refused,
    )
  })

  it('keeps them, too, when it is removed and added again', async () => {
    killedHolding(2)
    await registry.remove('A1', false)
    await expect(registry.add({ ...NEW, symbol: 'SPY' })).rejects.toMatchObject({ refusal: { code: 'account-exists' } })
    expect((await registry.add(NEW)).readopted).toBe(true)
  })

  it('may follow another symbol beside what it holds', async () => {
    killedHolding(2)
    expect((await registry.edit('A1', ['symbol=6EH4,MES'])).settings.alsoSymbols).toEqual(['MES'])
    await expect(registry.edit('A1', ['symbol=MES'])).rejects.toMatchObject({ refusal: { code: 'setting-invalid' } })
  })

  it('may be changed when its books are flat, whatever an earlier bot said', async () => {
    killedHolding(0)
    expect((await registry.edit('A1', ['symbol=SPY'])).settings.symbol).toBe('SPY')
  })
})
