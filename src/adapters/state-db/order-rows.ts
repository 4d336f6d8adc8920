import {
  clientOrderId,
  venueOrderId,
  type Bracket,
  type NewOrder,
  type OrderPurpose,
  type OrderType,
  type Side,
  type TimeInForce,
  type Trail,
} from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { OrderStatus } from '../../domain/order/order-status.ts'
import { epochMs, lots, ticks } from '../../domain/units/units.ts'

export type OrderRow = {
  client_order_id: string
  parent: string | null
  venue_order_id: string | null
  symbol: string
  side: Side
  quantity: number
  type: OrderType['kind']
  limit_px: number | null
  stop_px: number | null
  time_in_force: TimeInForce
  purpose: OrderPurpose
  bracket: string | null
  trail: string | null
  oco: string | null
  replaces: string | null
  cancel_reason: string | null
  status: OrderStatus
  cum_qty: number
  signal_id: string
  decision_id: string
  confidence: number
  reason: string
  created_at: number
  updated_at: number
}

export function toRow({ order, ...record }: OrderRecord): OrderRow {
  return {
    client_order_id: order.clientOrderId,
    parent: record.parent ?? null,
    venue_order_id: record.venueOrderId ?? null,
    symbol: order.symbol,
    side: order.side,
    quantity: order.quantity,
    type: order.type.kind,
    limit_px: 'limitPx' in order.type ? order.type.limitPx : null,
    stop_px: 'stopPx' in order.type ? order.type.stopPx : null,
    time_in_force: order.timeInForce,
    purpose: order.purpose,
    bracket: order.bracket ? JSON.stringify(order.bracket) : null,
    trail: trailOf(order.type, record.trail),
    oco: order.oco ?? null,
    replaces: record.replaces ?? null,
    cancel_reason: record.cancelReason ?? null,
    status: record.status,
    cum_qty: record.cumQty,
    signal_id: record.signalId,
    decision_id: record.decisionId,
    confidence: record.confidence,
    reason: record.reason,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
  }
}

export function fromRow(row: OrderRow): OrderRecord {
  const order: NewOrder = {
    clientOrderId: clientOrderId(row.client_order_id),
    symbol: row.symbol,
    side: row.side,
    quantity: lots(row.quantity),
    type: typeOf(row),
    timeInForce: row.time_in_force,
    purpose: row.purpose,
    ...(row.bracket === null ? {} : { bracket: JSON.parse(row.bracket) as Bracket }),
    ...(row.oco === null ? {} : { oco: clientOrderId(row.oco) }),
  }
  return {
    order,
    parent: row.parent === null ? undefined : clientOrderId(row.parent),
    ...(row.replaces === null ? {} : { replaces: clientOrderId(row.replaces) }),
    ...(row.trail === null || row.type === 'trailing-stop' ? {} : { trail: JSON.parse(row.trail) as Trail }),
    ...(row.cancel_reason === null ? {} : { cancelReason: row.cancel_reason }),
    status: row.status,
    venueOrderId: row.venue_order_id === null ? undefined : venueOrderId(row.venue_order_id),
    cumQty: lots(row.cum_qty),
    signalId: row.signal_id,
    decisionId: row.decision_id,
    confidence: row.confidence,
    reason: row.reason,
    createdAt: epochMs(row.created_at),
    updatedAt: epochMs(row.updated_at),
  }
}

/** The distance a venue trails at, or the one we move a plain stop at. */
export function trailOf(type: OrderType, ours: Trail | undefined): string | null {
  const trail = 'trail' in type ? type.trail : ours
  return trail === undefined ? null : JSON.stringify(trail)
}

function typeOf(row: OrderRow): OrderType {
  const limitPx = ticks(row.limit_px ?? 0)
  const stopPx = ticks(row.stop_px ?? 0)
  switch (row.type) {
    case 'market':
      return { kind: 'market' }
    case 'limit':
      return { kind: 'limit', limitPx }
    case 'stop':
      return { kind: 'stop', stopPx }
    case 'stop-limit':
      return { kind: 'stop-limit', stopPx, limitPx }
    case 'trailing-stop':
      return { kind: 'trailing-stop', trail: JSON.parse(row.trail ?? 'null') as Trail }
  }
}
