import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AccountEntry } from '../../../src/adapters/account-registry/account-entries.ts'
import { corruptSettings, readAccountSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { bornMark } from '../../../src/adapters/state-db/born-mark.ts'
import { openPortfolioDesk } from '../../../src/apps/launcher/portfolio-desk.ts'
import type { BotStatus } from '../../../src/contracts/bot-protocol.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { USD } from '../../../src/domain/instrument/known-instruments.ts'
import type { PortfolioShare } from '../../../src/domain/risk/portfolio/portfolio-share.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'

const NOW = epochMs(1_800_000_000_000)
const BROKEN = 'broken' as AccountId

/** A desk over the accounts of anna and ben, whose bots run, and one more, and what it tells these bots in a round. */
async function openDesk() {
  const layout = prepareHome(tempHome())
  const set = ['risk.portfolioMaxPositions=3']
  const ids: AccountId[] = []
  for (const user of ['anna', 'ben'])
    ids.push(await addAccount(layout, `${user}s`, { symbol: 'MES', feed: 'synthetic', user, set }))
  const told = new Map<AccountId, PortfolioShare>()
  const warnings: string[] = []
  const statusOf = (id: AccountId): BotStatus => {
    const { epoch = 0, seq = 0 } = told.get(id) ?? {}
    const exposure = { currency: 'USD', uses: { positions: 0 }, unitMinor: 1, dayResultMinor: 0, dayEnd: NOW + 1 }
    return { instanceId: `bot-of-${id}`, portfolio: { ...exposure, epoch, seq, wants: {} } } as unknown as BotStatus
  }
  const bot = (id: AccountId) => ({
    view: () => {
      if (id === silentId) return { phase: { kind: 'silent' as const, holder: '', pid: 1 }, lastError: null }
      if (!ids.includes(id)) return { phase: { kind: 'idle' as const, reason: null }, lastError: null }
      const phase = { kind: 'attached' as const, status: statusOf(id), answers: true }
      return { phase, lastError: null }
    },
    share: (share: PortfolioShare) => {
      told.set(id, share)
      return Promise.resolve(statusOf(id))
    },
  })
  let others: readonly AccountEntry[] = []
  let silentId: AccountId | undefined
  const desk = openPortfolioDesk({
    ...{ layout, bot, currencyOf: () => USD, now: () => NOW },
    accounts: () => [
      ...ids.map((accountId) => ({ accountId, settings: readAccountSettings(layout, accountId) })),
      ...others,
    ],
    log: {
      ...{ info: () => undefined, error: () => undefined, debug: () => undefined },
      warn: (_event: string, message: string) => void warnings.push(message),
    } as unknown as Parameters<typeof openPortfolioDesk>[0]['log'],
  })
  onTestFinished(() => desk.close())
  return {
    layout,
    warnings,
    silence: (id: AccountId | undefined) => void (silentId = id),
    /** The most positions that each bot is told it may hold. */
    ceilings: async () => {
      for (let round = 0; round < 3; round++) await desk.round()
      return ids.map((id) => told.get(id)?.ceilings['positions'])
    },
    have: (...entries: readonly AccountEntry[]) => void (others = entries),
    /** Accounts that anna's and ben's bots are told nobody knows of. */
    unknown: async () => {
      for (let round = 0; round < 3; round++) await desk.round()
      return ids.map((id) => told.get(id)!.unknown)
    },
  }
}

const brokenEntry = (layout: HomeLayout) => ({
  accountId: BROKEN,
  corrupt: corruptSettings(BROKEN, layout.settings(BROKEN), 'mode: nonsense').refusal,
})

function writeBroken(layout: HomeLayout, text: string): AccountEntry {
  mkdirSync(layout.account(BROKEN), { recursive: true })
  writeFileSync(layout.settings(BROKEN), text)
  return brokenEntry(layout)
}

describe('an account that a new launcher can not read', () => {
  it('is unknown to the accounts of its user, which its broken settings still name, until it can be read', async () => {
    const { layout, have, unknown, warnings } = await openDesk()
    have(writeBroken(layout, '{"user":"anna","mode":"nonsense"}'))
    writeFileSync(layout.state(BROKEN), 'no database at all, but something that lies where one was')
    expect(await unknown()).toEqual([['broken'], []])
    expect(warnings.length).toBe(1)
    rmSync(layout.state(BROKEN))
    expect(await unknown()).toEqual([[], []])
  })

  it('is unknown to everybody where its settings name no user', async () => {
    const { layout, have, unknown } = await openDesk()
    have(writeBroken(layout, '{"user":'))
    bornMark(layout, BROKEN).set()
    expect(await unknown()).toEqual([['broken'], ['broken']])
    writeBroken(layout, '{"user":"ben","mode":"nonsense"}')
    expect(await unknown()).toEqual([[], ['broken']])
    have()
    expect(await unknown()).toEqual([[], []])
  })

  it('is nothing where it has never run', async () => {
    const { layout, have, unknown } = await openDesk()
    have(writeBroken(layout, '{'))
    expect(await unknown()).toEqual([[], []])
    writeBroken(layout, '{"user":"anna"}')
    expect(await unknown()).toEqual([[], []])
  })
})

describe('a bot that a new launcher has found silent', () => {
  it('may act on what it was told before: nobody else is given room at once', async () => {
    const { layout, have, silence, ceilings } = await openDesk()
    const set = ['risk.portfolioMaxPositions=3']
    const other = await addAccount(layout, 'other', { symbol: 'MES', feed: 'synthetic', user: 'anna', set })
    have({ accountId: other, settings: readAccountSettings(layout, other) })
    silence(other)
    expect(await ceilings()).toEqual([0, 3])
    silence(undefined)
    have()
    expect(await ceilings()).toEqual([3, 3])
  })
})
