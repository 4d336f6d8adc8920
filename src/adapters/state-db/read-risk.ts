import { existsSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { LedgerAccount } from '../../domain/ledger/ledger.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { isOpen, type OrderStatus } from '../../domain/order/order-status.ts'
import type { Side } from '../../domain/order/order.ts'
import type { Position } from '../../domain/position/position.ts'
import type { Breach } from '../../domain/risk/judge-worth.ts'
import type { RiskState } from '../../domain/risk/risk-state.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openReadOnly, refusedBySqlite, stateGone, type SqliteDatabase } from '../sqlite/open-database.ts'
import { stateRole } from './open-state.ts'
import { bornMark } from './born-mark.ts'
import { riskQueries } from './risk-queries.ts'

/** What an account's durable state says of its limits, read without disturbing its bot. */
export type RiskFacts = Readonly<{
  state: RiskState | undefined
  /** Every breach that no person has cleared; some may be over. */
  breaches: readonly Breach[]
  positions: readonly Position[]
  working: readonly Readonly<{ symbol: string; side: Side; lots: number }>[]
  instruments: ReadonlyMap<string, Instrument>
  /** The newest bar of each symbol. */
  lastBars: ReadonlyMap<string, Bar>
  ledger: (account: LedgerAccount, currency: string) => number
  flattening: string | undefined
}>

/**
 * @returns undefined for an account that has never run
 * @throws {Refused} the state can't be read, or is missing although the account has run
 */
export function readRiskFacts(layout: HomeLayout, accountId: AccountId): RiskFacts | undefined {
  const role = stateRole(layout, accountId)
  const hasRun = bornMark(layout, accountId).exists()
  if (!existsSync(layout.state(accountId))) {
    if (hasRun) throw stateGone(role, 'is missing')
    return undefined
  }
  const db = openReadOnly(role)
  try {
    const version = Number(db.pragma('user_version', { simple: true }))
    if (version === 0 && hasRun) throw stateGone(role, 'is empty')
    return version === 0 ? undefined : factsOf(db, version)
  } catch (error) {
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}

function factsOf(db: SqliteDatabase, version: number): RiskFacts {
  const risk = riskQueries(db, version)
  const rows = <Row>(sql: string) => db.prepare(sql).all() as Row[]
  const orders = rows<{ symbol: string; side: Side; lots: number; status: OrderStatus }>(
    "SELECT symbol, side, quantity - cum_qty AS lots, status FROM orders WHERE purpose = 'entry'",
  )
  const lastBars = new Map<string, Bar>()
  for (const { series, bar } of rows<{ series: string; bar: string }>('SELECT series, bar FROM checkpoints')) {
    const symbol = series.slice(0, series.lastIndexOf(':'))
    const read = JSON.parse(bar) as Bar
    if (read.time >= (lastBars.get(symbol)?.time ?? 0)) lastBars.set(symbol, read)
  }
  const balances = rows<{ account: string; currency: string; balance: number }>('SELECT * FROM ledger_balances')
  const wish = db.prepare('SELECT reason FROM flatten_wish').pluck().get() as string | undefined
  return {
    state: risk.risk(),
    breaches: risk.standingBreaches(epochMs(0)),
    positions: rows<{ state: string }>('SELECT state FROM positions WHERE quantity <> 0 ORDER BY symbol').map(
      ({ state }) => JSON.parse(state) as Position,
    ),
    working: orders.filter(({ status }) => isOpen(status)).map(({ symbol, side, lots }) => ({ symbol, side, lots })),
    instruments: new Map(
      rows<{ symbol: string; spec: string }>('SELECT symbol, spec FROM instruments').map(({ symbol, spec }) => [
        symbol,
        JSON.parse(spec) as Instrument,
      ]),
    ),
    lastBars,
    ledger: (account, currency) =>
      balances.find((row) => row.account === account && row.currency === currency)?.balance ?? 0,
    flattening: wish,
  }
}
