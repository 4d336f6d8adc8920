import type { ChartFill, ChartLevel, ChartMarksAnswer } from '../../contracts/launcher/charts.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { isOpen, type OrderStatus } from '../../domain/order/order-status.ts'
import type { HomeLayout } from '../home/layout.ts'
import { lookIntoState, type StateView } from './read-only-state.ts'

/** Which marks: of a span of time, or what is new since an earlier answer. */
export type MarksQuery = Readonly<{ symbol: string; from: number; to: number; after?: string | undefined }>

/** Marks of one chart at most, of each kind. */
const MOST_MARKS = 1_000
/** Version of the schema from which on it is kept how an order's price was changed. */
const KNOWS_MOVES = 6

type LevelRow = {
  client_order_id: string
  purpose: ChartLevel['purpose']
  side: ChartLevel['side']
  quantity: number
  limit_px: number | null
  stop_px: number | null
  status: OrderStatus
  created_at: number
  updated_at: number
}

/** Fills of a symbol, and where its orders with a price stood, oldest first. */
export function readChartMarks(layout: HomeLayout, accountId: AccountId, query: MarksQuery): ChartMarksAnswer {
  const nothing = { fills: [], levels: [], partial: false, cursor: '0:0' }
  return lookIntoState(layout, accountId, (view) => marksOf(view, query)) ?? nothing
}

function marksOf(view: StateView, query: MarksQuery): ChartMarksAnswer {
  const last = (table: string) => Number(view.db.prepare(`SELECT max(seq) FROM ${table}`).pluck().get() ?? 0)
  // Before the rows: what comes meanwhile is told twice then, and never left out.
  const cursor = `${last('fills')}:${last('order_events')}`
  const [fillsAfter, eventsAfter] = query.after?.split(':').map(Number) ?? []
  const fills = fillsOf(view, query, fillsAfter)
  const rows = eventsAfter === undefined ? levelsOf(view, query) : changedLevels(view, query, eventsAfter)
  const moves = movesOf(view, rows)
  const levels = rows.map((row) => levelOf(row, moves.get(row.client_order_id) ?? []))
  return { fills, levels, partial: fills.length === MOST_MARKS || rows.length === MOST_MARKS, cursor }
}

function fillsOf({ db }: StateView, { symbol, from, to }: MarksQuery, after: number | undefined): ChartFill[] {
  const where = after === undefined ? 'f.at BETWEEN ? AND ?' : 'f.seq > ?'
  const span = after === undefined ? [from, to] : [after]
  return db
    .prepare(
      `SELECT f.fill_id AS fillId, f.at, f.side, f.quantity, f.price, f.client_order_id AS clientOrderId, o.purpose,
         coalesce(o.reason, '') AS reason
       FROM fills f LEFT JOIN orders o ON o.client_order_id = f.client_order_id
       WHERE f.symbol = ? AND ${where} ORDER BY f.seq DESC LIMIT ${MOST_MARKS}`,
    )
    .all(symbol, ...span)
    .reverse() as ChartFill[]
}

const LEVEL_COLUMNS = 'client_order_id, purpose, side, quantity, limit_px, stop_px, status, created_at, updated_at'
const IS_LEVEL = "symbol = ? AND (stop_px IS NOT NULL OR limit_px IS NOT NULL) AND status NOT IN ('intent', 'rejected')"

/** Orders that stood at any time of the span: they began before its end, and had not ended before its begin. */
function levelsOf({ db }: StateView, { symbol, from, to }: MarksQuery): LevelRow[] {
  return db
    .prepare(
      `SELECT ${LEVEL_COLUMNS} FROM orders WHERE ${IS_LEVEL} AND created_at <= ?
         AND (updated_at >= ? OR status IN ('sent', 'unknown', 'acknowledged', 'partially-filled'))
       ORDER BY seq DESC LIMIT ${MOST_MARKS}`,
    )
    .all(symbol, to, from)
    .reverse() as LevelRow[]
}

function changedLevels({ db }: StateView, { symbol }: MarksQuery, after: number): LevelRow[] {
  return db
    .prepare(
      `SELECT ${LEVEL_COLUMNS} FROM orders WHERE ${IS_LEVEL} AND client_order_id IN (
         SELECT client_order_id FROM order_events WHERE seq > ? ORDER BY seq DESC LIMIT 20000
       ) ORDER BY seq DESC LIMIT ${MOST_MARKS}`,
    )
    .all(symbol, after)
    .reverse() as LevelRow[]
}

/** Where an order stood until then; null where it had no price. */
type Move = Readonly<{ id: string; until: number; price: number | null }>

function levelOf(row: LevelRow, moves: readonly Move[]): ChartLevel {
  const { client_order_id: clientOrderId, purpose, side, quantity, status } = row
  return {
    ...{ clientOrderId, purpose, side, quantity, status },
    path: pathOf(row, moves),
    until: isOpen(status) ? null : row.updated_at,
  }
}

/** A stop-limit order stands where it is triggered. */
function pathOf({ stop_px, limit_px, created_at }: LevelRow, moves: readonly Move[]): ChartLevel['path'] {
  const path: ChartLevel['path'] = []
  let since = created_at
  for (const { until, price } of moves) {
    if (price !== null) path.push([since, price])
    since = until
  }
  path.push([since, stop_px ?? limit_px ?? 0])
  return path
}

function movesOf({ db, version }: StateView, rows: readonly LevelRow[]): ReadonlyMap<string, Move[]> {
  if (version < KNOWS_MOVES || rows.length === 0) return new Map()
  const moves = db
    .prepare(
      `SELECT client_order_id AS id, until, coalesce(stop_px, limit_px) AS price FROM order_moves
       WHERE client_order_id IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    )
    .all(JSON.stringify(rows.map((row) => row.client_order_id))) as Move[]
  return Map.groupBy(moves, ({ id }) => id)
}
