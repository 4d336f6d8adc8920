import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
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
import type { VenueAccount } from '../../../src/domain/broker/venue-account.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { botStatus } from '../../support/bot-status.ts'
import { intent } from '../../support/held-state.ts'
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

describe('an account at a gateway', () => {
  const AT = 'http://127.0.0.1:4001'
  let layout: HomeLayout
  let registry: AccountRegistry
  let holder: string | undefined
  beforeEach(async () => {
    layout = homeLayout(tempHome())
    holder = undefined
    registry = openAccountRegistry({ layout, now, rules: accountRules(layout), heldBy: async () => holder })
    await registry.add({ ...NEW, broker: 'gateway', set: [`gateway.url=${AT}`] })
  })

  function killed(write: (state: ReturnType<typeof openState>) => void): void {
    const state = openState({ layout, accountId, instanceId: 'killed', expectExisting: false, now })
    state.transact(() => write(state))
    state.close()
  }
  const OTHERS = [
    ['gateway.url', ['gateway.url=http://127.0.0.1:4002']],
    ['gateway.account', ['gateway.account=U2']],
    ['gateway.tokenFile', [`gateway.tokenFile=${join(import.meta.dirname, 'token')}`]],
  ] as const

  it.each(OTHERS)('keeps its %s while its books hold a position', async (setting, set) => {
    killed((state) => state.savePosition('6EH4', { quantity: 2 }))
    for (const change of [() => registry.edit('A1', set), () => registry.checkEdit('A1', set)])
      await expect(change()).rejects.toMatchObject({
        refusal: {
          code: 'setting-invalid',
          message: `The ${setting} can't change while account A1 has an open position.`,
          nextStep: expect.stringMatching(/--flatten/) as string,
        },
      })
    expect(registry.show('A1').gateway).toMatchObject({ url: AT, account: 'none', tokenFile: 'none' })
  })

  it.each(OTHERS)('keeps its %s while orders work', async (setting, set) => {
    killed((state) => state.insertOrder(intent('a')))
    await expect(registry.edit('A1', set)).rejects.toMatchObject({
      refusal: { message: `The ${setting} can't change while account A1 has working orders.` },
    })
  })

  it.each(OTHERS)('keeps its %s while its bot runs, and may change it when flat', async (setting, set) => {
    holder = 'The bot of A1 runs.'
    await expect(registry.edit('A1', set)).rejects.toMatchObject({
      refusal: { code: 'account-held', message: expect.stringContaining(`The ${setting} can't change`) as string },
    })
    holder = undefined
    expect((await registry.edit('A1', set)).changed).toHaveLength(1)
  })

  it('is not added again as another one there while its books hold a position', async () => {
    killed((state) => state.savePosition('6EH4', { quantity: 2 }))
    await registry.remove('A1', false)
    const again = { ...NEW, broker: 'gateway' }
    await expect(registry.add({ ...again, set: ['gateway.url=http://127.0.0.1:4002'] })).rejects.toMatchObject({
      refusal: { code: 'account-exists', message: expect.stringContaining('gateway.url') as string },
    })
    expect((await registry.add({ ...again, set: [`gateway.url=${AT}`] })).readopted).toBe(true)
  })

  describe('of which it is on record which one it is there', () => {
    const KNOWN = { accountId: 'U1', mode: 'paper', identity: 'BROKER U1', address: `${AT}/` } as const
    const MOVED = 'gateway.url=http://127.0.0.1:4002'
    const holding = (known: VenueAccount) =>
      killed((state) => {
        state.saveVenueAccount(known)
        state.savePosition('6EH4', { quantity: 2 })
      })

    it('may go to another address with all it holds, with another token too', async () => {
      holding(KNOWN)
      const set = [MOVED, `gateway.tokenFile=${join(import.meta.dirname, 'token')}`]
      expect((await registry.checkEdit('A1', set)).changed).toHaveLength(2)
      expect((await registry.edit('A1', [MOVED])).settings.gateway.url).toBe('http://127.0.0.1:4002')
    })

    it('keeps its address where the venue tells no identity, and its token may come from another file', async () => {
      holding({ ...KNOWN, identity: undefined })
      const refused = { refusal: { code: 'setting-invalid', message: expect.stringMatching(/gateway\.url/) as string } }
      await expect(registry.edit('A1', [MOVED])).rejects.toMatchObject(refused)
      const tokenFile = `gateway.tokenFile=${join(import.meta.dirname, 'token')}`
      await expect(registry.edit('A1', [MOVED, tokenFile])).rejects.toMatchObject(refused)
      expect((await registry.edit('A1', [tokenFile])).changed).toHaveLength(1)
    })

    it('may be named aloud, as where its token opens a second one from today on, and no more', async () => {
      holding({ ...KNOWN, identity: undefined })
      expect((await registry.edit('A1', ['gateway.account=U1'])).settings.gateway.account).toBe('U1')
      await expect(registry.edit('A1', ['gateway.account=none', MOVED])).rejects.toMatchObject({
        refusal: { code: 'setting-invalid' },
      })
      expect((await registry.edit('A1', ['gateway.account=none'])).settings.gateway.account).toBe('none')
    })

    it('may go back to where it is on record, from wherever a hand has put it', async () => {
      await registry.edit('A1', [MOVED, 'gateway.account=U2'])
      holding({ ...KNOWN, identity: undefined })
      const back = [`gateway.url=${AT}`, 'gateway.account=U1']
      expect((await registry.edit('A1', back)).settings.gateway).toMatchObject({ url: AT, account: 'U1' })
    })

    it.each([
      ['gateway.account', ['gateway.account=U2']],
      ['gateway.account', [MOVED, 'gateway.account=U2']],
      ['symbol', [MOVED, 'symbol=MES']],
    ])('does not become another one, nor one of another market: %s', async (setting, set) => {
      holding(KNOWN)
      await expect(registry.edit('A1', set)).rejects.toMatchObject({
        refusal: {
          code: 'setting-invalid',
          message: `The ${setting} can't change while account A1 has an open position.`,
        },
      })
    })

    it('moves while its bot runs no more than before', async () => {
      holding(KNOWN)
      holder = 'The bot of A1 runs.'
      await expect(registry.edit('A1', [MOVED])).rejects.toMatchObject({ refusal: { code: 'account-held' } })
    })

    it('is added again at its new address', async () => {
      holding(KNOWN)
      await registry.remove('A1', false)
      expect((await registry.add({ ...NEW, broker: 'gateway', set: [MOVED] })).readopted).toBe(true)
    })
  })

  it('may change what makes it no other account, whatever it holds', async () => {
    killed((state) => state.savePosition('6EH4', { quantity: 2 }))
    expect(
      (await registry.edit('A1', ['gateway.timeoutMs=2000', 'gateway.url=HTTP://127.0.0.1:4001/'])).settings,
    ).toMatchObject({
      gateway: { timeoutMs: 2_000 },
    })
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
