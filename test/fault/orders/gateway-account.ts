import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openAccountRegistry } from '../../../src/adapters/account-registry/account-registry.ts'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { openSyntheticFeed } from '../../../src/adapters/feeds/synthetic-feed.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import type { VenueProcess } from '../../support/venue/start-venue.ts'

const LOOK_BACK_MS = 10 * 60_000

const now = () => epochMs(Date.now())

/**
 * An account at the venue, on a made-up market that never closes.
 *
 * @param more settings, `KEY=VALUE`
 */
export async function gatewayAccount(
  layout: HomeLayout,
  venue: VenueProcess,
  more: readonly string[] = [],
): Promise<AccountId> {
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
    set: [`gateway.url=${venue.url}`, `gateway.tokenFile=${tokenFile}`, 'risk.maxDailyLoss=50000', ...more],
  })
  return settings.accountId
}

/** The price of the made-up market a minute ago, ticks: what the bot sees of it must not be far from the venue's. */
export function marketPrice(): number {
  const instrument = resolveInstrument('MES')
  if (!isInstrument(instrument)) throw new Error('MES')
  const feed = openSyntheticFeed({
    instrument,
    facts: bundledCalendar(),
    spec: { kind: 'synthetic', seed: 1 },
    start: { after: epochMs(Date.now() - LOOK_BACK_MS) },
    clock: { now, sleep: () => Promise.reject(new Error('the feed must not wait')) },
  })
  let close: number | undefined
  for (let bar = feed.poll(); bar; bar = feed.poll()) close = bar.close
  feed.close()
  if (close === undefined) throw new Error('the made-up market has no bars')
  return close
}
