import { existsSync } from 'node:fs'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type {
  DecisionRow,
  FillRow,
  OrderRow,
  PositionRow,
  ReconciliationRow,
  TradeRow,
} from '../../contracts/account-records.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import { formatMoney, formatPrice, type Instrument } from '../../domain/instrument/instrument.ts'
import type { Trail } from '../../domain/order/order.ts'
import { formatBetterPx } from '../../domain/position/trade.ts'
import { minorUnits, ticks } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openReadOnly, refusedBySqlite, type SqliteDatabase } from '../sqlite/open-database.ts'
import { stateRole } from './open-state.ts'

/**
 * Part of a listing, oldest first: at most `limit` rows after the row named `after` and before the one named `before`, or
 * the last of those where `newest`.
 */
export type PageRequest = Readonly<{
  limit: number
  after?: string | undefined
  before?: string | undefined
  newest?: boolean | undefined
  /** Only decisions of this kind. */
  action?: string | undefined
}>

/** A row as SQLite gives it. */
export type Row = Record<string, string | number | null>

/** Closed trades of an account, oldest first; nothing when it has never traded. */
export function readTrades(layout: HomeLayout, settings: AccountSettings, page: PageRequest): TradeRow[] {
  return readRows(layout, settings.accountId, 'trades', 'trade_id', page, (row, spec) => {
    const money = (key: string) => formatMoney(spec.currency, minorUnits(number(row, key)))
    return {
      tradeId: text(row, 'trade_id'),
      accountId: settings.accountId,
      userId: settings.userId,
      symbol: text(row, 'symbol'),
      side: text(row, 'side') as TradeRow['side'],
      quantity: number(row, 'quantity'),
      entryTime: iso(row, 'entry_time'),
      entryPrice: text(row, 'entry_price'),
      exitTime: iso(row, 'exit_time'),
      exitPrice: text(row, 'exit_price'),
      grossPnl: money('gross'),
      fees: money('fees'),
      netPnl: money('net'),
      currency: spec.currency.code,
      exitReason: text(row, 'exit_reason'),
      confidence: number(row, 'confidence'),
    }
  })
}

/** Orders of an account in every state, oldest first. */
export function readOrders(layout: HomeLayout, settings: AccountSettings, page: PageRequest): OrderRow[] {
  return readRows(layout, settings.accountId, 'orders', 'client_order_id', page, (row, spec) =>
    orderRow(settings.accountId, row, spec),
  )
}

/** One row of `orders` as it is listed. */
export function orderRow(accountId: AccountId, row: Row, spec: Instrument): OrderRow {
  const price = (key: string) => (row[key] === null ? null : formatPrice(spec, ticks(number(row, key))))
  return {
    clientOrderId: text(row, 'client_order_id'),
    venueOrderId: row.venue_order_id === null ? null : text(row, 'venue_order_id'),
    accountId,
    symbol: text(row, 'symbol'),
    side: text(row, 'side') as OrderRow['side'],
    type: text(row, 'type'),
    purpose: text(row, 'purpose'),
    quantity: number(row, 'quantity'),
    cumQty: number(row, 'cum_qty'),
    limitPrice: price('limit_px'),
    stopPrice: price('stop_px'),
    timeInForce: text(row, 'time_in_force'),
    trail: row.trail === null ? null : trailText(JSON.parse(text(row, 'trail')) as Trail, spec),
    status: text(row, 'status'),
    reason: text(row, 'reason'),
    createdAt: iso(row, 'created_at'),
    updatedAt: iso(row, 'updated_at'),
  }
}

/** Fills of an account, oldest first. */
export function readFills(layout: HomeLayout, settings: AccountSettings, page: PageRequest): FillRow[] {
  return readRows(layout, settings.accountId, 'fills', 'fill_id', page, (row, spec) => ({
    fillId: text(row, 'fill_id'),
    accountId: settings.accountId,
    clientOrderId: text(row, 'client_order_id'),
    at: iso(row, 'at'),
    sessionDate: text(row, 'session_date'),
    symbol: text(row, 'symbol'),
    side: text(row, 'side') as FillRow['side'],
    quantity: number(row, 'quantity'),
    price: fillPrice(row, spec),
    commission: formatMoney(spec.currency, minorUnits(number(row, 'commission'))),
    currency: spec.currency.code,
  }))
}

/** As the venue filled it, between two ticks too; older states know of no such fill. */
function fillPrice(row: Row, spec: Instrument): string {
  const quantity = number(row, 'quantity')
  const credit = row.credit === undefined ? 0 : number(row, 'credit')
  return formatBetterPx(spec, number(row, 'price') * quantity, quantity, row.side === 'buy' ? -credit : credit)
}

/** The position journal of an account, oldest first. */
export function readPositions(layout: HomeLayout, settings: AccountSettings, page: PageRequest): PositionRow[] {
  return readRows(layout, settings.accountId, 'position_actions', 'action_id', page, (row, spec) => ({
    action_id: number(row, 'action_id'),
    date: iso(row, 'date'),
    action_type: text(row, 'action_type'),
    symbol: text(row, 'symbol'),
    amount: number(row, 'amount'),
    positions: JSON.parse(text(row, 'positions')) as Record<string, number>,
    cash: formatMoney(spec.currency, minorUnits(number(row, 'cash'))),
    currency: spec.currency.code,
  }))
}

/** Decisions of an account, HOLD included, with every reason, oldest first. */
export function readDecisions(layout: HomeLayout, settings: AccountSettings, page: PageRequest): DecisionRow[] {
  return readRows(layout, settings.accountId, 'decisions', 'decision_id', page, (row, spec) => ({
    decisionId: text(row, 'decision_id'),
    accountId: settings.accountId,
    at: iso(row, 'at'),
    barTime: iso(row, 'bar_time'),
    symbol: text(row, 'symbol'),
    action: text(row, 'action') as DecisionRow['action'],
    side: row.side as DecisionRow['side'],
    quantity: number(row, 'quantity'),
    price: formatPrice(spec, ticks(number(row, 'price'))),
    confidence: number(row, 'confidence'),
    reasons: JSON.parse(text(row, 'reasons')) as DecisionRow['reasons'],
  }))
}

/** Reports of comparing books, oldest first. */
export function readReconciliations(
  layout: HomeLayout,
  settings: AccountSettings,
  page: PageRequest,
): ReconciliationRow[] {
  return readTable(layout, settings.accountId, 'reconciliations', 'seq', page, (row) => ({
    reportId: number(row, 'seq'),
    at: iso(row, 'at'),
    lastAt: iso(row, 'last_at'),
    times: number(row, 'times'),
    agrees: number(row, 'agrees') === 1,
    lines: JSON.parse(text(row, 'lines')) as ReconciliationRow['lines'],
  }))
}

function trailText(trail: Trail, spec: Instrument): string {
  return trail.by === 'amount' ? formatPrice(spec, trail.ticks) : `${trail.bps / 100} %`
}

type Table = 'trades' | 'orders' | 'fills' | 'position_actions' | 'decisions' | 'reconciliations'
type Key = 'trade_id' | 'fill_id' | 'client_order_id' | 'action_id' | 'decision_id' | 'seq'

/** Rows of things in an instrument, which says how they count. */
function readRows<T>(
  layout: HomeLayout,
  accountId: AccountId,
  table: Table,
  key: Key,
  page: PageRequest,
  shape: (row: Row, spec: Instrument) => T,
): T[] {
  let specs: ReadonlyMap<string, Instrument> | undefined
  return readTable(layout, accountId, table, key, page, (row, db) => {
    specs ??= instrumentsOf(db)
    return shape(row, specOf(specs, text(row, 'symbol')))
  })
}

function readTable<T>(
  layout: HomeLayout,
  accountId: AccountId,
  table: Table,
  key: Key,
  page: PageRequest,
  shape: (row: Row, db: SqliteDatabase) => T,
): T[] {
  if (!existsSync(layout.state(accountId))) return []
  const role = stateRole(layout, accountId)
  const db = openReadOnly(role)
  try {
    if (Number(db.pragma('user_version', { simple: true })) === 0) return []
    const order = key === 'action_id' ? 'action_id' : 'seq'
    return pageOf(db, table, key, order, page).map((row) => shape(row, db))
  } catch (error) {
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}

function pageOf(db: SqliteDatabase, table: Table, key: Key, order: string, page: PageRequest): Row[] {
  const { limit, newest } = page
  const bounds = [
    { name: 'after', row: page.after, where: `${order} > ?` },
    { name: 'before', row: page.before, where: `${order} < ?` },
  ].filter(({ row }) => row !== undefined)
  const values = bounds.map(
    ({ name, row }) =>
      db.prepare(`SELECT ${order} FROM ${table} WHERE ${key} = ?`).pluck().get(row) ?? refuseUnknownRow(name, row),
  )
  const conditions = bounds.map((bound) => bound.where)
  if (page.action !== undefined) {
    conditions.push('action = ?')
    values.push(page.action)
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = db
    .prepare(`SELECT * FROM ${table} ${where} ORDER BY ${order} ${newest ? 'DESC' : 'ASC'} LIMIT ?`)
    .all(...values, limit) as Row[]
  return newest ? rows.reverse() : rows
}

function refuseUnknownRow(name: string, row: string | undefined): never {
  return refuse(
    'bad-usage',
    `There is no row ${JSON.stringify(row)} to list ${name}.`,
    `List without "${name}" and page on from a row you got.`,
  )
}

function instrumentsOf(db: SqliteDatabase): ReadonlyMap<string, Instrument> {
  const rows = db.prepare('SELECT symbol, spec FROM instruments').all() as { symbol: string; spec: string }[]
  return new Map(rows.map((row) => [row.symbol, JSON.parse(row.spec) as Instrument]))
}

function specOf(specs: ReadonlyMap<string, Instrument>, symbol: string): Instrument {
  const spec = specs.get(symbol)
  if (!spec) throw new Error(`no instrument was recorded for ${symbol}`)
  return spec
}

const text = (row: Row, key: string): string => String(row[key])
const number = (row: Row, key: string): number => Number(row[key])
const iso = (row: Row, key: string): string => new Date(Number(row[key])).toISOString()
