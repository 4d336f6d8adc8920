import { mkdirSync } from 'node:fs'
import { bundledCalendar } from '../../src/adapters/calendar/bundled-calendar.ts'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { generateSeries } from '../../src/adapters/market-data/generate-series.ts'
import { openMarketDb } from '../../src/adapters/market-data/market-db.ts'
import { openState } from '../../src/adapters/state-db/open-state.ts'
import { readChartBars, type BarsQuery } from '../../src/apps/charts/read-chart-bars.ts'
import { AccountSettings } from '../../src/contracts/account-settings.ts'
import { sessionsBetween } from '../../src/domain/calendar/session-clock.ts'
import { Refused } from '../../src/domain/failure/refusal.ts'
import { isInstrument, resolveInstrument } from '../../src/domain/instrument/catalogue.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import { epochMs, type EpochMs } from '../../src/domain/units/units.ts'
import { tempHome } from './temp-home.ts'

export const NOW = Date.parse('2026-03-12T22:00:00Z')
export const MINUTE = 60_000
export const DAYS = 4
/** Minutes of a session in New York. */
export const SESSION_MINUTES = 390

export const SPY = ((): Instrument => {
  const found = resolveInstrument('SPY')
  if (!isInstrument(found)) throw new Error('SPY is in the catalogue')
  return found
})()

/** An account of SPY in a home of its own, with what its charts are read from. */
export function chartAccount(feed: unknown = { kind: 'replay', speed: 'max' }, fields: object = {}) {
  const layout = homeLayout(tempHome())
  const settings = AccountSettings.parse({
    ...{ version: 1, accountId: 'acc', user: 'anna', userId: '0123456789ab', broker: 'sim', mode: 'paper' },
    ...{ strategy: 'vwap-bounce', symbol: 'SPY', feed, createdAt: new Date(NOW - 7_200_000).toISOString() },
    ...fields,
  })
  mkdirSync(layout.account(settings.accountId), { recursive: true })
  const open = () => openState({ layout, ...settings, instanceId: 'i', expectExisting: false, now: () => epochMs(NOW) })
  const reading = (lastBarAt?: number) => {
    const ctx = { layout, lastBarOf: () => lastBarAt, made: new Map() }
    return (query: Partial<BarsQuery> = {}) => readChartBars(ctx, settings, { limit: 500, ...query })
  }
  return { layout, settings, open, reading }
}

/** The same with generated bars; the bot has taken all but those of the last hour. */
export function chartAccountWithBars(fields: object = {}) {
  const home = chartAccount(undefined, fields)
  const db = openMarketDb(home.layout, 'write')
  const facts = bundledCalendar()
  const ctx = {
    ...{ db, now: () => epochMs(NOW), instrument: SPY },
    sessionsBetween: (from: EpochMs, to: EpochMs) => sessionsBetween(SPY, facts, from, to),
  }
  const { to } = generateSeries(ctx, { days: DAYS, seed: 7 })
  db.close()
  const place = to - 60 * MINUTE
  return { ...home, place, bars: home.reading(place) }
}

/** The code of the refusal it ends with; `none` where it does not. */
export const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code
    throw error
  }
  return 'none'
}
