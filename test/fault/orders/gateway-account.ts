import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openAccountRegistry } from '../../../src/adapters/account-registry/account-registry.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { spawnBot } from '../../../src/adapters/bot-process/spawn-bot.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { untilBot } from '../../support/bot-fleet.ts'
import type { VenueProcess } from '../../support/venue/start-venue.ts'

const now = () => epochMs(Date.now())

/** An account at the venue, on a made-up market that never closes. */
export async function gatewayAccount(layout: HomeLayout, venue: VenueProcess): Promise<AccountId> {
  const tokenFile = join(layout.root, 'token')
  writeFileSync(tokenFile, 'venue-token\n', { mode: 0o600 })
  const registry = openAccountRegistry({
    layout,
    now,
    rules: accountRules(layout),
    heldBy: () => Promise.resolve(undefined),
  })
  const { settings } = await registry.add({
    ...{ accountId: 'round', user: 'trader', broker: 'gateway', mode: 'paper', strategy: 'vwap-bounce' },
    ...{ symbol: 'MES', timeframe: '1m', feed: 'synthetic:1' },
    set: [`gateway.url=${venue.url}`, `gateway.tokenFile=${tokenFile}`, 'risk.maxDailyLoss=50000'],
  })
  return settings.accountId
}

/** The present price of the made-up market, ticks: a bot that has just started has seen it. */
export async function scoutPrice(venue: VenueProcess, entry: string): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-scout-'))
  try {
    const layout = openHome(home)
    await venue.reset(1)
    const accountId = await gatewayAccount(layout, venue)
    const start = { home, accountId, instanceId: randomUUID(), secrets: { gatewayToken: 'venue-token' } }
    const bot = await spawnBot({ node: process.execPath, entry, env: process.env }, start, layout.botOutput(accountId))
    await untilBot(layout, accountId, ({ state, lastBarAt }) => state === 'trading' && lastBarAt !== null)
    bot.kill()
    await bot.exited
    const db = new Database(layout.state(accountId), { readonly: true })
    const bar = JSON.parse(db.prepare('SELECT bar FROM checkpoints').pluck().get() as string) as { close: number }
    db.close()
    return bar.close
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}
