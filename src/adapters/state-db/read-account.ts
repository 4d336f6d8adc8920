import { existsSync } from 'node:fs'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type {
  DecisionRow,
  OrderRow,
  PositionRow,
  ReconciliationRow,
  TradeRow,
} from '../../contracts/account-records.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import { formatMoney, formatPrice, type Instrument } from '../../domain/instrument/instrument.ts'
import type { Trail } from '../../domain/order/order.ts'
import { minorUnits, ticks } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openReadOnly, refusedBySqlite, type SqliteDatabase } from '../sqlite/open-database.ts'
import { stateRole } from './open-state.ts'

/**
 * Part of a listing, oldest first: at most `limit` rows after the row named `after`, or the last ones where `newest`. What
 * is asked for with both is the last rows of those after it.
 */
export type PageRequest = Readonly<{ limit: number; after?: string | undefined; newest?: boolean | undefined }>

type Row = Record<string, string | number | null>

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
  return readRows(layout, settings.accountId, 'orders', 'client_order_id', page, (row, spec) => {
    const price = (key: string) => (row[key] === null ? null : formatPrice(spec, ticks(number(row, key))))
    return {
      clientOrderId: text(row, 'client_order_id'),
      venueOrderId: row.venue_order_id === null ? null : text(row, 'venue_order_id'),
      accountId: settings.accountId,
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
  })
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

type Table = 'trades' | 'orders' | 'position_actions' | 'decisions' | 'reconciliations'
type Key = 'trade_id' | 'client_order_id' | 'action_id' | 'decision_id' | 'seq'

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
  const { limit, after, newest } = page
  const direction = newest ? 'DESC' : 'ASC'
  const read = (where: string, ...values: unknown[]) => {
    const rows = db
      .prepare(`SELECT * FROM ${table} ${where} ORDER BY ${order} ${direction} LIMIT ?`)
      .all(...values, limit) as Row[]
    return newest ? rows.reverse() : rows
  }
  if (after === undefined) return read('')
  const from = db.prepare(`SELECT ${order} FROM ${table} WHERE ${key} = ?`).pluck().get(after)
  if (from === undefined)
    refuse(
      'bad-usage',
      `There is no row ${JSON.stringify(after)} to list after.`,
      'List without "after" and page on from a row you got.',
    )
  return read(`WHERE ${order} > ?`, from)
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
