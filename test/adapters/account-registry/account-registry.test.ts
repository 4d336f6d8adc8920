import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  openAccountRegistry,
  type AccountRegistry,
  type AccountRequest,
} from '../../../src/adapters/account-registry/account-registry.ts'
import { userIdOf } from '../../../src/adapters/account-registry/read-settings.ts'
import { writeLastExit } from '../../../src/adapters/bot-process/write-last-exit.ts'
import { homeLayout, type HomeLayout } from '../../../src/adapters/home/layout.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { Refused, type Refusal } from '../../../src/domain/failure/refusal.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { botStatus } from '../../support/bot-status.ts'
import { tempHome } from '../../support/temp-home.ts'

const NEW: AccountRequest = {
  accountId: 'A1',
  user: 'alice',
  broker: 'sim',
  mode: 'paper',
  strategy: 'vwap-bounce',
  symbol: '6EH4',
  timeframe: '1m',
  feed: 'replay:60x:2024-01-02..2024-01-05',
  set: [],
}
const id = (text: string) => text as AccountId

describe('the account registry', () => {
  let layout: HomeLayout
  let registry: AccountRegistry
  let holders: Map<string, string>
  beforeEach(() => {
    layout = homeLayout(tempHome())
    holders = new Map()
    registry = open()
  })
  const open = () =>
    openAccountRegistry({
      layout,
      now: () => epochMs(Date.UTC(2024, 0, 1)),
      rules: accountRules(layout),
      heldBy: async (account) => holders.get(account),
    })
  const add = (change: Partial<AccountRequest> = {}) => registry.add({ ...NEW, ...change })
  const refusedWith = (code: string, nextStep?: RegExp) => ({
    refusal: { code, nextStep: nextStep ? expect.stringMatching(nextStep) : expect.any(String) },
  })

  describe('adding', () => {
    it('says of an empty name that it must not be empty', async () => {
      await expect(add({ user: ' ' })).rejects.toMatchObject({
        refusal: { message: 'The setting user is wrong: it must not be empty.' },
      })
    })

    it('writes whole settings, with defaults, for their owner only', async () => {
      const { settings, readopted } = await add({ set: ['maxTradesPerDay=3', 'risk.maxPositionLots=2'] })
      expect(readopted).toBe(false)
      expect(settings).toMatchObject({
        userId: '6384e2b2184b',
        feed: { kind: 'replay', speed: 60, from: '2024-01-02T00:00:00.000Z', to: '2024-01-05T23:59:59.999Z' },
        parameters: { maxTradesPerDay: 3 },
        risk: { maxPositionLots: 2, maxOrderLots: 10 },
        createdAt: '2024-01-01T00:00:00.000Z',
      })
      expect(open().show('A1')).toEqual(settings)
      if (process.platform !== 'win32') expect(statSync(layout.settings(id('A1'))).mode & 0o777).toBe(0o600)
      expect(readdirSync(layout.account(id('A1')))).toEqual(['account.json'])
    })

    it('derives the user id from the name alone', () => {
      expect(userIdOf(' alice ')).toBe('6384e2b2184b')
      expect(userIdOf('Alice')).not.toBe(userIdOf('alice'))
    })

    it('writes a symbol as the catalogue does', async () => {
      expect((await add({ symbol: '6eh4' })).settings.symbol).toBe('6EH4')
    })

    it.each([
      [{ accountId: '../A1' }, 'account-id-invalid', /letters/],
      [{ accountId: 'con' }, 'account-id-invalid', /letters/],
      [{ accountId: 'a'.repeat(65) }, 'account-id-invalid', /letters/],
      [{ user: '   ' }, 'setting-invalid', /Correct/],
      [{ broker: 'nobody' }, 'broker-unknown', /sim/],
      [{ mode: 'live' as const }, 'broker-unknown', /paper/],
      [{ strategy: 'vwap-bonce' }, 'strategy-unknown', /vwap-bounce/],
      [{ symbol: 'NOSUCHTHING' }, 'symbol-unknown', /symbol/],
      [{ timeframe: '7m' }, 'setting-invalid', /Correct/],
      [{ feed: 'replya' }, 'feed-invalid', /replay/],
      [{ set: ['maxTradesPerDay=500000'] }, 'setting-invalid', /whole number from/],
      [{ set: ['maxTradesPerDay=a lot'] }, 'setting-invalid', /NUMBER/],
      [{ set: ['maxTradePerDay=3'] }, 'setting-invalid', /maxTradesPerDay/],
      [{ set: ['risk.maxPositionLot=3'] }, 'setting-invalid', /risk\.maxPositionLots/],
      [{ set: ['risk.maxPositionLots=0'] }, 'setting-invalid', /Correct/],
      [{ set: ['risk.maxDailyLoss=lots'] }, 'setting-invalid', /Correct/],
      [{ set: ['simulation.slippageTicks=1.5'] }, 'setting-invalid', /Correct/],
      [{ set: ['user=mallory'] }, 'setting-invalid', /another account/],
      [{ set: ['__proto__=1'] }, 'setting-invalid', /Settings are|Did you mean/],
      [{ set: ['feed'] }, 'setting-invalid', /KEY=VALUE/],
      [{ set: ['feed='] }, 'setting-invalid', /VALUE/],
    ] as [Partial<AccountRequest>, string, RegExp][])(
      'refuses %j as %s and writes nothing',
      async (change, code, next) => {
        await expect(add(change)).rejects.toMatchObject(refusedWith(code, next))
        expect(registry.list()).toEqual([])
        expect(existsSync(layout.settings(id('A1')))).toBe(false)
      },
    )

    it('refuses an id that is taken, and its twin in another case', async () => {
      await add()
      await expect(add()).rejects.toMatchObject(refusedWith('account-exists', /show A1/))
      await expect(add({ accountId: 'a1' })).rejects.toMatchObject(refusedWith('account-exists', /differs in more/))
    })

    it('lets one of many win who add the same id at once', async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => add({ user: `user ${n}` })))
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('says so where it can’t write', async () => {
      mkdirSync(layout.accounts, { mode: 0o500 })
      await expect(add()).rejects.toMatchObject(refusedWith('home-read-only'))
    })
  })

  describe('listing', () => {
    it('shows every account in order, and leaves other things in the folder alone', async () => {
      for (const accountId of ['B1', 'A2', 'A1']) await add({ accountId })
      mkdirSync(join(layout.accounts, 'not an account'))
      writeFileSync(join(layout.accounts, '.DS_Store'), '')
      expect(registry.list().map(({ accountId }) => accountId)).toEqual(['A1', 'A2', 'B1'])
    })

    it.each([
      ['no JSON', '{"version": 1,'],
      ['nothing', ''],
      ['a strange value', (text: string) => text.replace('"paper"', '"fast"')],
      ['an unknown setting', (text: string) => text.replace('{', '{"surprise": 1,')],
      ['another account', (text: string) => text.replace('"A1"', '"A9"')],
      ['a user id that is not the user’s', (text: string) => text.replace('6384e2b2184b', '000000000000')],
      ['an unknown symbol', (text: string) => text.replace('6EH4', 'NOSUCHTHING')],
      [
        'a parameter out of range',
        (text: string) => text.replace('"parameters": {}', '"parameters": {"maxTradesPerDay": -1}'),
      ],
    ])('tells which account is corrupt when its file holds %s, and shows the others', async (_what, damage) => {
      await add()
      await add({ accountId: 'A2' })
      const path = layout.settings(id('A1'))
      writeFileSync(path, typeof damage === 'string' ? damage : damage(readFileSync(path, 'utf8')))
      const [corrupt, whole] = registry.list()
      expect(corrupt).toMatchObject({
        accountId: 'A1',
        corrupt: { code: 'account-corrupt', nextStep: expect.stringContaining(path) },
      })
      expect(whole).toMatchObject({ accountId: 'A2', settings: { accountId: 'A2' } })
      expect(refusalOf(() => registry.show('A1'))).toMatchObject(refusedWith('account-corrupt').refusal)
    })

    it('sees what was changed by hand', async () => {
      await add()
      registry.show('A1')
      const path = layout.settings(id('A1'))
      writeFileSync(path, readFileSync(path, 'utf8').replace('6EH4', 'SPY'))
      expect(registry.show('A1').symbol).toBe('SPY')
    })

    it('names the nearest account for one that is not there', async () => {
      await add()
      expect(refusalOf(() => registry.show('a1'))).toMatchObject(
        refusedWith('account-unknown', /Did you mean A1/).refusal,
      )
      expect(refusalOf(() => registry.show('../A1'))).toMatchObject(refusedWith('account-unknown').refusal)
    })
  })

  describe('editing', () => {
    it('says what changed, and keeps the rest', async () => {
      await add({ set: ['maxTradesPerDay=3'] })
      const { settings, changed } = await registry.edit('A1', ['risk.maxPositionLots=4', 'feed=synthetic:7'])
      expect(settings).toMatchObject({ parameters: { maxTradesPerDay: 3 }, risk: { maxPositionLots: 4 } })
      expect(changed).toContain('risk.maxPositionLots: 10 → 4')
      expect(changed).toContain('feed.kind: replay → synthetic')
      expect(registry.show('A1')).toEqual(settings)
    })

    it('puts a setting back to its default when given nothing', async () => {
      await add({ set: ['maxTradesPerDay=3', 'risk.maxPositionLots=4'] })
      const { settings, changed } = await registry.edit('A1', ['maxTradesPerDay=', 'risk.maxPositionLots='])
      expect(settings).toMatchObject({ parameters: {}, risk: { maxPositionLots: 10 } })
      expect(changed).toContain('maxTradesPerDay: 3 → default')
    })

    it('leaves the file as it is when anything is wrong', async () => {
      await add()
      const before = readFileSync(layout.settings(id('A1')), 'utf8')
      await expect(registry.edit('A1', ['risk.maxPositionLots=4', 'nothing=1'])).rejects.toMatchObject(
        refusedWith('setting-invalid'),
      )
      expect(readFileSync(layout.settings(id('A1')), 'utf8')).toBe(before)
    })

    it('changes what the books are about only while the account is stopped and flat', async () => {
      await add()
      holders.set('A1', 'The bot of A1 runs.')
      await expect(registry.edit('A1', ['symbol=SPY'])).rejects.toMatchObject(refusedWith('account-held', /stop A1/))
      expect((await registry.edit('A1', ['maxTradesPerDay=3'])).changed).toHaveLength(1)
      holders.clear()
      writeLastExit(layout, id('A1'), {
        ...{ instanceId: 'i', at: 1, state: 'stopped', reason: 'requested', refusal: null },
        status: botStatus({ position: 1 }),
      })
      await expect(registry.edit('A1', ['symbol=SPY'])).rejects.toMatchObject(refusedWith('setting-invalid', /flatten/))
    })

    it('survives its own reading: any valid change gives settings that can be read again', async () => {
      await add()
      const changes = fc.record({
        lots: fc.integer({ min: 1, max: 100_000 }),
        cash: fc
          .tuple(fc.nat(1_000_000), fc.nat(99))
          .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`),
        seed: fc.nat(0xffff_ffff),
      })
      await fc.assert(
        fc.asyncProperty(changes, async ({ lots, cash, seed }) => {
          const set = [`risk.maxOrderLots=${lots}`, `simulation.startingCash=${cash}`, `feed=synthetic:${seed}`]
          const { settings } = await registry.edit('A1', set)
          expect(open().show('A1')).toEqual(settings)
        }),
        { numRuns: 20 },
      )
    })
  })

  describe('removing', () => {
    it('keeps the folder, and takes it up again when the account is added again', async () => {
      await add()
      writeFileSync(layout.state(id('A1')), 'books')
      expect(await registry.remove('A1', false)).toEqual({ accountId: 'A1', folder: layout.account(id('A1')) })
      expect(registry.list()).toEqual([])
      expect(refusalOf(() => registry.show('A1'))).toMatchObject(refusedWith('account-unknown').refusal)
      expect((await add()).readopted).toBe(true)
      expect(readFileSync(layout.state(id('A1')), 'utf8')).toBe('books')
    })

    it('lets nobody else take up what was left', async () => {
      await add()
      await registry.remove('A1', false)
      await expect(add({ user: 'mallory' })).rejects.toMatchObject(refusedWith('account-exists', /--purge/))
      await expect(add({ accountId: 'a1' })).rejects.toMatchObject(refusedWith('account-exists', /remove A1 --purge/))
    })

    it('deletes everything with purge, also of an account removed before', async () => {
      await add()
      await registry.remove('A1', true)
      expect(existsSync(layout.account(id('A1')))).toBe(false)
      await add()
      await registry.remove('A1', false)
      await registry.remove('A1', true)
      expect(existsSync(layout.account(id('A1')))).toBe(false)
      await expect(registry.remove('A1', true)).rejects.toMatchObject(refusedWith('account-unknown'))
    })

    it('is refused while the account is held, and names the holder', async () => {
      await add()
      holders.set('A1', 'The bot of A1 runs as process 7.')
      for (const purge of [false, true])
        await expect(registry.remove('A1', purge)).rejects.toMatchObject({
          refusal: { code: 'account-held', message: expect.stringContaining('process 7') },
        })
      expect(registry.list()).toHaveLength(1)
    })

    it('removes an account whose settings are corrupt', async () => {
      await add()
      writeFileSync(layout.settings(id('A1')), 'garbage')
      await registry.remove('A1', false)
      expect(registry.list()).toEqual([])
    })
  })
})

/** What a call refuses. */
function refusalOf(call: () => unknown): Refusal | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    return error instanceof Refused ? error.refusal : undefined
  }
}
