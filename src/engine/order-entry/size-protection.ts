import { signOf } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import {
  isKeptByVenue,
  isProtective,
  isWorking,
  protectiveUnits,
  shrinksDue,
  type Shrink,
} from '../../domain/order/protection.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { heldOf } from './account-view.ts'
import { changeWorking } from './change-working.ts'
import { askToCancel, rewrite } from './submit-order.ts'

/** Protective orders of ours that are larger than they may be, or whose pair has done their work. */
export function shrinksOf(ctx: BotContext, book: BotBook): readonly Shrink[] {
  const { capabilities } = ctx.broker
  const own = [...book.opens.values()].filter(
    (record) => isProtective(record) && isWorking(record.status) && !isKeptByVenue(record, capabilities),
  )
  const due: Shrink[] = [...exitsBeyond(book), ...leftBehind(ctx, book)]
  if (own.length === 0) return due
  for (const symbol of new Set(own.map(({ order }) => order.symbol))) {
    const held = heldOf(book, symbol)
    for (const side of ['buy', 'sell'] as const) {
      const closes = [...book.opens.values()].filter(({ order }) => order.side === side)
      const units = protectiveUnits(closes, symbol, book.known, capabilities)
      if (units.length === 0) continue
      due.push(...shrinksDue(units, side === 'sell' ? Math.max(0, held) : Math.max(0, -held), capabilities))
    }
  }
  if (!capabilities.oco)
    for (const record of own) {
      const other = record.order.oco === undefined ? undefined : book.known(record.order.oco)
      if (other?.status === 'filled' && !due.some(({ id }) => id === record.order.clientOrderId))
        due.push({ id: record.order.clientOrderId, quantity: 0, why: 'the other of its pair has filled' })
    }
  // Asked for once: a second request would meet the first.
  return due.filter(({ id }) => !book.opens.get(id)?.cancelReason)
}

/** Legs of a venue's bracket that still work although what they protect was closed otherwise. */
function leftBehind({ broker: { capabilities }, store }: BotContext, book: BotBook): readonly Shrink[] {
  if (!capabilities.bracket) return []
  const due: Shrink[] = []
  for (const { order, parent, status, cancelReason } of book.opens.values()) {
    if (parent === undefined || cancelReason || !isWorking(status) || heldOf(book, order.symbol) !== 0) continue
    const entry = book.known(parent)
    // What the entry has filled may not be booked yet, and what it still fills needs them.
    if (!entry || isOpen(entry.status) || entry.cumQty === 0) continue
    if (store.bookedLots(parent) >= entry.cumQty)
      due.push({ id: order.clientOrderId, quantity: 0, why: 'the position it protects is closed' })
  }
  return due
}

/** Exits that could take off more than is held now, because something else has closed it; newest first. */
function exitsBeyond(book: BotBook): readonly Shrink[] {
  const due: Shrink[] = []
  const room = new Map<string, number>()
  for (const record of book.opens.values()) {
    const { order, cumQty, status, cancelReason } = record
    if (order.purpose !== 'exit' || !isWorking(status)) continue
    const key = `${order.side} ${order.symbol}`
    const left = room.get(key) ?? Math.max(0, -signOf(order.side) * heldOf(book, order.symbol))
    const takes = Math.min(left, order.quantity - cumQty)
    room.set(key, left - takes)
    if (takes === order.quantity - cumQty || cancelReason) continue
    due.push({
      id: order.clientOrderId,
      quantity: takes === 0 ? 0 : cumQty + takes,
      why: 'something else has closed the position',
    })
  }
  return due
}

export async function shrink(ctx: BotContext, book: BotBook, due: Shrink): Promise<void> {
  const record = book.opens.get(due.id)
  if (!record || record.cancelReason) return
  if (due.quantity > 0) {
    await changeWorking(ctx, book, record, { quantity: lots(due.quantity) }, due.why)
    return
  }
  await cancelFor(ctx, book, record, due.why)
}

/** Cancels an order for a reason that is durable before the broker is asked. */
export async function cancelFor(ctx: BotContext, book: BotBook, record: OrderRecord, why: string) {
  rewrite(ctx, book, record, { cancelReason: why }, `canceling: ${why}`)
  return askToCancel(ctx, book, record.order.clientOrderId)
}
