import { readdirSync, existsSync } from 'node:fs'
import { readAccountSettings } from '../../adapters/account-registry/read-settings.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { readUserInstruments } from '../../adapters/instruments/user-instruments.ts'
import { readUserHolidays } from '../../adapters/calendar/user-holidays.ts'
import { findSeries, listSeries, openMarketDb, type MarketDb } from '../../adapters/market-data/market-db.ts'
import { isAccountId, parseAccountId } from '../../domain/account/account-id.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import type { Finding } from '../../contracts/launcher/doctor.ts'

const IMPORT_HINT = 'Import some: slipway data import FILE --symbol S --timeframe 1m'

/** The user's own instruments, when there are any. */
export function checkInstruments(layout: HomeLayout): Finding[] {
  if (!existsSync(layout.instrumentsFile)) return []
  const own = readUserInstruments(layout.instrumentsFile)
  return [
    'code' in own
      ? { check: 'instruments', result: 'fail', message: own.message, nextStep: own.nextStep }
      : { check: 'instruments', result: 'ok', message: `${own.length} of your own.`, nextStep: '' },
  ]
}

/** The days of exchanges that the user has looked up, when there are any. */
export function checkHolidays(layout: HomeLayout): Finding[] {
  if (!existsSync(layout.holidaysFile)) return []
  const told = readUserHolidays(layout.holidaysFile)
  if ('code' in told) return [{ check: 'holidays', result: 'fail', message: told.message, nextStep: told.nextStep }]
  const ranges = told.map(({ calendar, from, to }) => `${calendar} ${from} to ${to}`)
  return [{ check: 'holidays', result: 'ok', message: `Of your own: ${ranges.join(', ') || 'none'}.`, nextStep: '' }]
}

export function checkMarketData(layout: HomeLayout): Finding[] {
  return [
    withMarketDb(layout, 'market data', (db) => {
      const series = listSeries(db)
      const bars = series.reduce((sum, one) => sum + one.bars, 0)
      return series.length === 0
        ? { check: 'market data', result: 'warn', message: 'There are no bars.', nextStep: IMPORT_HINT }
        : { check: 'market data', result: 'ok', message: `${bars} bars in ${series.length} series.`, nextStep: '' }
    }),
  ]
}

/** Each account's settings can be read, and what it replays is there. */
export function checkAccounts(layout: HomeLayout): Finding[] {
  const findings: Finding[] = []
  for (const name of existsSync(layout.accounts) ? readdirSync(layout.accounts) : []) {
    const id = parseAccountId(name)
    if (!isAccountId(id) || !existsSync(layout.settings(id))) continue
    findings.push(
      withMarketDb(layout, `account ${id}`, (db) => {
        const { symbol, timeframe, feed } = readAccountSettings(layout, id)
        const lacksData = feed.kind === 'replay' && !findSeries(db, symbol, timeframe)?.bars
        return {
          check: `account ${id}`,
          result: lacksData ? 'warn' : 'ok',
          message: lacksData
            ? `It replays ${symbol} ${timeframe}, of which there are no bars.`
            : 'Its settings are whole.',
          nextStep: lacksData ? IMPORT_HINT : '',
        }
      }),
    )
  }
  return findings
}

function withMarketDb(layout: HomeLayout, check: string, look: (db: MarketDb) => Finding): Finding {
  let db: MarketDb | undefined
  try {
    db = openMarketDb(layout, 'read')
    return look(db)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { check, result: 'fail', message: error.refusal.message, nextStep: error.refusal.nextStep }
  } finally {
    db?.close()
  }
}
