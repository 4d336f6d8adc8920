import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openAccountRegistry } from '../../src/adapters/account-registry/account-registry.ts'
import { secretsForStart } from '../../src/adapters/account-secrets/read-account-secrets.ts'
import { openVault } from '../../src/adapters/vault/open-vault.ts'
import { noKeychain } from './keychains.ts'
import { connectToBot } from '../../src/adapters/bot-control/connect-to-bot.ts'
import { spawnBot, type BotProcess } from '../../src/adapters/bot-process/spawn-bot.ts'
import { bundledCalendar } from '../../src/adapters/calendar/bundled-calendar.ts'
import { openHome } from '../../src/adapters/home/open-home.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { generateSeries } from '../../src/adapters/market-data/generate-series.ts'
import { openMarketDb } from '../../src/adapters/market-data/market-db.ts'
import { accountRules } from '../../src/apps/launcher/account-rules.ts'
import type { BotStatus } from '../../src/contracts/bot-protocol.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { sessionsBetween } from '../../src/domain/calendar/session-clock.ts'
import { isInstrument, resolveInstrument } from '../../src/domain/instrument/catalogue.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { repoRoot } from './repo-root.ts'

const now = () => epochMs(Date.now())

/** The bot as it is shipped: one bundled file. */
export const BUNDLED_BOT = join(repoRoot, 'dist', 'bot.cjs')

export function prepareHome(home: string): HomeLayout {
  return openHome(home)
}

/** Generated bars of a symbol, the same for the same seed. */
export function generateBars(layout: HomeLayout, symbol: string, days: number, seed: number): void {
  const instrument = resolveInstrument(symbol)
  if (!isInstrument(instrument)) throw new Error(symbol)
  const db = openMarketDb(layout, 'write')
  try {
    generateSeries(
      {
        db,
        instrument,
        // A fixed today: the same bars whenever the test runs.
        now: () => epochMs(Date.UTC(2026, 5, 30)),
        sessionsBetween: (from, to) => sessionsBetween(instrument, bundledCalendar(), from, to),
      },
      { days, seed },
    )
  } finally {
    db.close()
  }
}

export async function addAccount(
  layout: HomeLayout,
  id: string,
  options: {
    symbol: string
    feed: string
    set?: readonly string[]
    user?: string
    broker?: string
    strategy?: string
  },
): Promise<AccountId> {
  const registry = openAccountRegistry({
    layout,
    now,
    rules: accountRules(layout),
    heldBy: () => Promise.resolve(undefined),
  })
  const { settings } = await registry.add({
    accountId: id,
    user: options.user ?? `user of ${id}`,
    broker: options.broker ?? 'sim',
    mode: 'paper',
    strategy: options.strategy ?? 'vwap-bounce',
    symbol: options.symbol,
    timeframe: '1m',
    feed: options.feed,
    set: options.set ?? [],
  })
  return settings.accountId
}

export async function startBot(layout: HomeLayout, accountId: AccountId, entry: string): Promise<BotProcess> {
  const secrets = await secretsForStart(layout, accountId, openVault({ layout, keychain: noKeychain() }))
  const start = { home: layout.root, accountId, instanceId: randomUUID(), secrets }
  return spawnBot({ node: process.execPath, entry, env: process.env }, start, layout.botOutput(accountId))
}

/** Waits for a bot to be as wanted, without using up the machine it shares with it. */
export async function untilBot(
  layout: HomeLayout,
  accountId: AccountId,
  wanted: (status: BotStatus) => boolean,
  timeoutMs = 60_000,
): Promise<BotStatus> {
  const found = await botUntil(layout, accountId, wanted, performance.now() + timeoutMs, () => false)
  if (!found) throw new Error(`the bot of ${accountId} did not get there in ${timeoutMs} ms`)
  return found
}

/** As `untilBot`, of one that may come to its end before anybody has looked. @returns undefined when it has */
export async function untilBotOrEnd(
  layout: HomeLayout,
  accountId: AccountId,
  wanted: (status: BotStatus) => boolean,
  bot: BotProcess,
): Promise<BotStatus | undefined> {
  let hasEnded = false
  void bot.exited.then(() => (hasEnded = true))
  const found = await botUntil(layout, accountId, wanted, performance.now() + 60_000, () => hasEnded)
  if (!found && !hasEnded) throw new Error(`the bot of ${accountId} neither got there nor ended`)
  return found
}

async function botUntil(
  layout: HomeLayout,
  accountId: AccountId,
  wanted: (status: BotStatus) => boolean,
  end: number,
  isOver: () => boolean,
): Promise<BotStatus | undefined> {
  for (; performance.now() < end && !isOver(); await delay(20)) {
    const bot = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: 1_000 })
    if (!bot) continue
    if (wanted(bot.first)) {
      bot.close()
      return bot.first
    }
    const status = await new Promise<BotStatus | undefined>((resolve) => {
      void bot.watch((seen) => wanted(seen) && resolve(seen), 5_000).catch(() => resolve(undefined))
      void bot.ended.then(() => resolve(undefined))
    })
    bot.close()
    if (status) return status
  }
  return undefined
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true, maxRetries: 10 })
}
