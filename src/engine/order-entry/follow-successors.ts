import { signOf } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { isProtective, protectiveUnits, totalCover } from '../../domain/order/protection.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { forbidsLateEntry } from '../bot/entry-blocks.ts'
import { heldOf, restingExits, workingExits } from './account-view.ts'
import { refusedBefore } from './lapsed-stop.ts'
import { closeBare, STOPS_TRIED } from './repair-protection.ts'
import { moveOrder, submitOrder } from './submit-order.ts'

/** Orders written to take another's place whose turn has come: the other can no longer fill. */
export function successorsDue(book: BotBook): readonly OrderRecord[] {
  return [...book.opens.values()].filter(({ replaces, status }) => {
    if (replaces === undefined || status !== 'intent') return false
    const before = book.known(replaces)
    return before === undefined || !isOpen(before.status)
  })
}

/**
 * Sends what takes another order's place, as much as that one left: what it filled while it was being canceled is taken
 * off, and a protective order is never larger than what is held and not protected otherwise.
 */
export async function followSuccessor(ctx: BotContext, book: BotBook, record: OrderRecord): Promise<void> {
  const { order, replaces } = record
  const before = replaces === undefined ? undefined : book.known(replaces)
  const left = order.quantity - (before?.cumQty ?? 0)
  const quantity = Math.min(left, roomFor(ctx, book, record))
  const against = order.purpose === 'entry' ? forbidsLateEntry(ctx.laneOf(order.symbol), book) : undefined
  if (against) {
    moveOrder(ctx, book, order.clientOrderId, 'abandoned', `no entry is made now: ${against.text}`)
    return
  }
  if (quantity <= 0) {
    const why = left <= 0 ? 'the order it replaces has filled' : 'there is nothing left that it could close'
    moveOrder(ctx, book, order.clientOrderId, 'abandoned', why)
    return
  }
  if (isProtective(record) && refusedBefore(book, record) >= STOPS_TRIED) {
    // It stays written down until nothing is left to protect: should the exit fail, it is tried again.
    const bare = Math.min(quantity, Math.abs(heldOf(book, order.symbol)) - workingExits(book, order.symbol))
    if (bare > 0) await closeBare(ctx, book, record, order.side, bare)
    return
  }
  await submitOrder(ctx, book, order.clientOrderId, lots(quantity))
}

function roomFor(ctx: BotContext, book: BotBook, record: OrderRecord): number {
  const { order } = record
  if (order.purpose === 'entry') return Number.POSITIVE_INFINITY
  const held = Math.max(0, -signOf(order.side) * heldOf(book, order.symbol))
  if (!isProtective(record)) return held
  const others = protectiveUnits(book.opens.values(), order.symbol, book.known, ctx.broker.capabilities)
  const partner = (id: string) => id === order.oco
  const room = held - totalCover(others.filter(({ orders }) => !orders.some((one) => partner(one.order.clientOrderId))))
  return order.purpose === 'target' ? Math.min(room, held - restingExits(book, order.symbol)) : room
}
