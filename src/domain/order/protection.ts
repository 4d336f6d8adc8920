import type { BrokerCapabilities } from '../broker/broker.ts'
import type { ClientOrderId } from './order.ts'
import type { OrderRecord } from './order-record.ts'
import type { OrderStatus } from './order-status.ts'

/** Why an order was canceled because a person or a strategy said so: what it protected stays unprotected. */
export const ASKED_FOR = 'asked for'

/** One protective order, or two of which one cancels the other. */
export type ProtectiveUnit = Readonly<{
  orders: readonly OrderRecord[]
  /** Most lots that it may take off the position. */
  cover: number
}>

/** A protective order that must get smaller: `quantity` is its whole size, fills included; 0 cancels it. */
export type Shrink = Readonly<{ id: ClientOrderId; quantity: number; why: string }>

/** Sent, or perhaps sent: the venue may fill it. */
export function isWorking(status: OrderStatus): boolean {
  return status === 'sent' || status === 'unknown' || status === 'acknowledged' || status === 'partially-filled'
}

export function isProtective({ order }: OrderRecord): boolean {
  return order.purpose === 'stop' || order.purpose === 'target'
}

/** True where the venue sizes and ends the order itself, as a leg of a bracket it keeps; not what stands in for one. */
export function isKeptByVenue(record: OrderRecord, { bracket }: Pick<BrokerCapabilities, 'bracket'>): boolean {
  return bracket && record.parent !== undefined && record.replaces === undefined
}

/** True where two orders are a one-cancels-other pair. */
export function isPair(a: OrderRecord, b: OrderRecord): boolean {
  if (a.order.symbol !== b.order.symbol) return false
  return a.order.oco === b.order.clientOrderId || b.order.oco === a.order.clientOrderId
}

/**
 * The working protective orders of a symbol, pairs together, oldest first.
 *
 * @param entryOf the entry a bracket's leg belongs to: a leg that the venue keeps is as large as what that has filled
 */
export function protectiveUnits(
  records: Iterable<OrderRecord>,
  symbol: string,
  entryOf: (id: ClientOrderId) => OrderRecord | undefined,
  capabilities: Pick<BrokerCapabilities, 'bracket'>,
): readonly ProtectiveUnit[] {
  const left = [...records].filter(
    (record) => record.order.symbol === symbol && isProtective(record) && isWorking(record.status),
  )
  const units: ProtectiveUnit[] = []
  while (left.length > 0) {
    const first = left.shift()!
    const other = left.findIndex((one) => isPair(first, one) || isSibling(first, one, capabilities))
    const orders = other < 0 ? [first] : [first, ...left.splice(other, 1)]
    units.push({ orders, cover: coverOf(orders, entryOf, capabilities) })
  }
  return units
}

/** Most lots that the units may take off the position together. */
export function totalCover(units: readonly ProtectiveUnit[]): number {
  return units.reduce((sum, { cover }) => sum + cover, 0)
}

/**
 * What must shrink so that protective orders never take off more than is held, newest first, and so that the two of a
 * pair stay alike where the venue does not see to that.
 *
 * @param held lots of the position on the side they reduce, 0 where there are none
 */
export function shrinksDue(
  units: readonly ProtectiveUnit[],
  held: number,
  capabilities: Pick<BrokerCapabilities, 'bracket' | 'oco'>,
): readonly Shrink[] {
  const shrinks = new Map<ClientOrderId, Shrink>()
  let over = totalCover(units) - held
  const covers = units.map(({ orders, cover }) => {
    // A target larger than the stop beside it gives way before any stop does: what is cut from a stop is placed again.
    const stop = orders.find(({ order }) => order.purpose === 'stop')
    const target = orders.find(({ order }) => order.purpose === 'target')
    if (!stop || !target || over <= 0 || isKeptByVenue(target, capabilities)) return cover
    const cut = Math.max(0, Math.min(over, leaves(target) - leaves(stop)))
    if (cut === 0) return cover
    over -= cut
    shrinks.set(target.order.clientOrderId, shrinkTo(target, leaves(target) - cut, 'the position is smaller'))
    return cover - cut
  })
  for (const [index, { orders }] of [...units.entries()].toReversed()) {
    const cover = covers[index]!
    const ours = orders.filter((record) => !isKeptByVenue(record, capabilities))
    if (ours.length === 0) continue
    const cut = Math.max(0, Math.min(over, cover))
    over -= cut
    const even = capabilities.oco ? cover : Math.min(...orders.map(leaves))
    const most = Math.min(cover - cut, even)
    const why = cut > 0 ? 'the position is smaller' : 'the other of its pair has filled'
    for (const record of ours)
      if (leaves(record) > most && (cut > 0 || !shrinks.has(record.order.clientOrderId)))
        shrinks.set(record.order.clientOrderId, shrinkTo(record, most, why))
  }
  return [...shrinks.values()]
}

/** @param working lots that it may still fill afterwards; 0 cancels it */
function shrinkTo(record: OrderRecord, working: number, why: string): Shrink {
  return { id: record.order.clientOrderId, quantity: working === 0 ? 0 : record.cumQty + working, why }
}

function coverOf(
  orders: readonly OrderRecord[],
  entryOf: (id: ClientOrderId) => OrderRecord | undefined,
  capabilities: Pick<BrokerCapabilities, 'bracket'>,
): number {
  const [first] = orders
  const most = Math.max(...orders.map(leaves))
  if (!first || first.parent === undefined || !isKeptByVenue(first, capabilities)) return most
  const entry = entryOf(first.parent)
  if (!entry) return most
  const closed = orders.reduce((sum, { cumQty }) => sum + cumQty, 0)
  return Math.max(0, Math.min(most, entry.cumQty - closed))
}

function isSibling(a: OrderRecord, b: OrderRecord, capabilities: Pick<BrokerCapabilities, 'bracket'>): boolean {
  return isKeptByVenue(a, capabilities) && a.parent === b.parent
}

function leaves({ order, cumQty }: OrderRecord): number {
  return order.quantity - cumQty
}
