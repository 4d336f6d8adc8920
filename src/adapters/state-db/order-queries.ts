import type { AccountStore } from '../../domain/account/account-store.ts'
import { clientOrderId, type ClientOrderId } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen, type OrderStatus } from '../../domain/order/order-status.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'
import { fromRow, toRow, trailOf, type OrderRow } from './order-rows.ts'

type OrderQueries = Pick<
  AccountStore,
  | 'openOrders'
  | 'order'
  | 'insertOrder'
  | 'updateOrder'
  | 'orderStatusCounts'
  | 'insertFill'
  | 'owedFills'
  | 'fillCursor'
  | 'saveFillCursor'
  | 'entryConfidence'
> &
  Readonly<{
    /** @returns false where the account has another holder, or the order is not there: nothing was written then */
    markSent(id: ClientOrderId, at: EpochMs): boolean
    /** @returns as `markSent` */
    moveOrder(record: OrderRecord, note: string): boolean
  }>

/** Orders, their events and their fills. */
export function orderQueries(db: Statements, generation: number): OrderQueries {
  const selectOpen = db.prepare('SELECT * FROM orders WHERE is_open = 1 ORDER BY seq')
  const selectOne = db.prepare('SELECT * FROM orders WHERE client_order_id = ?')
  const insert = db.prepare(
    `INSERT INTO orders (client_order_id, parent, venue_order_id, symbol, side, quantity, type, limit_px, stop_px, time_in_force,
       purpose, bracket, trail, oco, replaces, cancel_reason, status, cum_qty, signal_id, decision_id, confidence, reason, generation,
       created_at, updated_at, is_open)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const update = db.prepare(
    `UPDATE orders SET venue_order_id = ?, quantity = ?, limit_px = ?, stop_px = ?, trail = ?, oco = ?, cancel_reason = ?,
       status = ?, cum_qty = ?, reason = ?, updated_at = ?, is_open = ?, note = ?
     WHERE client_order_id = ?`,
  )
  // These commit by themselves where no transaction is open: the generation is looked at in the statement.
  const markSent = db.prepare(
    `UPDATE orders SET status = 'sent', updated_at = ?, sent_at = ?
     WHERE client_order_id = ? AND (SELECT generation FROM holder) = ?`,
  )
  const moveOrder = db.prepare(
    `UPDATE orders SET venue_order_id = ?, status = ?, cum_qty = ?, reason = ?, updated_at = ?, is_open = ?, note = ?
     WHERE client_order_id = ? AND (SELECT generation FROM holder) = ?`,
  )
  const insertFill = db.prepare(
    `INSERT INTO fills (fill_id, client_order_id, symbol, side, quantity, price, commission, at, session_date,
       credit)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (fill_id) DO NOTHING`,
  )
  const counts = db.prepare('SELECT status, count(*) AS n FROM orders GROUP BY status')
  // Only the latest orders, each with all of its fills: one whose fills are missing for longer has been settled otherwise.
  const owed = db.prepare(
    `SELECT client_order_id AS id, cum_qty - filled AS lots
     FROM (
       SELECT client_order_id, cum_qty, coalesce(
         (SELECT sum(quantity) FROM fills WHERE fills.client_order_id = latest.client_order_id), 0) AS filled
       FROM (SELECT client_order_id, cum_qty FROM orders ORDER BY seq DESC LIMIT 200) AS latest
     )
     WHERE cum_qty <> filled`,
  )
  const cursor = db.prepare('SELECT cursor FROM fill_cursor').pluck()
  const confidence = db
    .prepare(`SELECT confidence FROM orders WHERE symbol = ? AND purpose = 'entry' ORDER BY seq DESC LIMIT 1`)
    .pluck()
  const saveCursor = db.prepare(
    'INSERT INTO fill_cursor (id, cursor) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET cursor = excluded.cursor',
  )
  return {
    openOrders: () => (selectOpen.all() as OrderRow[]).map(fromRow),
    order: (id) => {
      const row = selectOne.get(id) as OrderRow | undefined
      return row && fromRow(row)
    },
    insertOrder: (record) => {
      const row = toRow(record)
      // By place: binding two dozen names costs more than the insert.
      insert.run(
        ...[row.client_order_id, row.parent, row.venue_order_id, row.symbol, row.side, row.quantity, row.type],
        ...[row.limit_px, row.stop_px, row.time_in_force, row.purpose, row.bracket, row.trail, row.oco, row.replaces],
        ...[row.cancel_reason, row.status, row.cum_qty, row.signal_id, row.decision_id, row.confidence, row.reason],
        ...[generation, row.created_at, row.updated_at, isOpen(row.status) ? 1 : 0],
      )
    },
    updateOrder: (record, note) => {
      const { order } = record
      update.run(
        record.venueOrderId ?? null,
        order.quantity,
        'limitPx' in order.type ? order.type.limitPx : null,
        'stopPx' in order.type ? order.type.stopPx : null,
        trailOf(order.type, record.trail),
        order.oco ?? null,
        record.cancelReason ?? null,
        record.status,
        record.cumQty,
        record.reason,
        record.updatedAt,
        isOpen(record.status) ? 1 : 0,
        note,
        order.clientOrderId,
      )
    },
    moveOrder: (record, note) =>
      moveOrder.run(
        record.venueOrderId ?? null,
        record.status,
        record.cumQty,
        record.reason,
        record.updatedAt,
        isOpen(record.status) ? 1 : 0,
        note,
        record.order.clientOrderId,
        generation,
      ).changes === 1,
    markSent: (id, at) => markSent.run(at, at, id, generation).changes === 1,
    orderStatusCounts: () =>
      new Map((counts.all() as { status: OrderStatus; n: number }[]).map((row) => [row.status, row.n])),
    insertFill: (fill, sessionDate) =>
      insertFill.run(
        fill.fillId,
        fill.clientOrderId,
        fill.symbol,
        fill.side,
        fill.quantity,
        fill.price,
        fill.commission,
        fill.at,
        sessionDate,
        fill.credit ?? 0,
      ).changes === 1,
    owedFills: () =>
      new Map((owed.all() as { id: string; lots: number }[]).map(({ id, lots }) => [clientOrderId(id), lots])),
    fillCursor: () => cursor.get() as string | undefined,
    entryConfidence: (symbol) => (confidence.get(symbol) as number | undefined) ?? 0.5,
    saveFillCursor: (value) => void saveCursor.run(value),
  }
}
