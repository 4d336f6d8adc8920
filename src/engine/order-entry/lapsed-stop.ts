import type { NewOrder } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isPair, isWorking } from '../../domain/order/protection.ts'
import type { OrderStatus } from '../../domain/order/order-status.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { heldOf } from './account-view.ts'
import { freshOrderId } from './fresh-order-id.ts'

/** A stop that ended sooner than this was hardly taken: putting it back may lead nowhere, ms. */
const SOON_MS = 60_000

/** True where a stop ended short of its size and nobody here asked for that. */
export function hasLapsed({ order, status, cumQty, cancelReason }: OrderRecord): boolean {
  if (order.purpose !== 'stop' || cancelReason || cumQty >= order.quantity) return false
  return status === 'rejected' || status === 'canceled' || status === 'expired' || status === 'abandoned'
}

/**
 * Takes in that an order has ended, in the transaction that says so: where that leaves lots without their stop, they are
 * looked at before anything else is done.
 *
 * A leg is placed again under its entry. A stop that stands alone gets a successor at once, not sent yet, so that a bot
 * that dies now still knows of it.
 *
 * @param before its status until now: what was never sent is not missed
 */
export function noteLapse(ctx: BotContext, book: BotBook, before: OrderStatus, ended: OrderRecord): void {
  if (isWorking(before)) book.refusedExits.ended(ended)
  if (!hasLapsed(ended) || !isWorking(before)) return
  const { symbol } = ended.order
  if (heldOf(book, symbol) === 0 && !book.owedFills.some) return
  book.lapsed.set(symbol, 'told')
  if (ended.parent !== undefined) return
  if ([...book.opens.values()].some(({ replaces }) => replaces === ended.order.clientOrderId)) return
  const next = putBack(ctx, book, ended)
  ctx.store.insertOrder(next)
  book.remember(next)
}

/** Stops in a row, up to the one that this order replaces, that the broker refused or ended as soon as it had them. */
export function refusedBefore(book: BotBook, record: OrderRecord): number {
  let refused = 0
  let { replaces } = record
  while (replaces !== undefined) {
    const before = book.known(replaces)
    if (!before || !hasLapsed(before)) break
    if (before.status !== 'rejected' && before.updatedAt - before.createdAt >= SOON_MS) break
    refused++
    replaces = before.replaces
  }
  return refused
}

/** On the same terms; on those before where the broker did not take the new ones. */
function putBack(ctx: BotContext, book: BotBook, ended: OrderRecord): OrderRecord {
  const at = marketNow(ctx, book.lastBar)
  const replaced = ended.status === 'rejected' && ended.replaces !== undefined ? book.known(ended.replaces) : undefined
  const terms = replaced?.cancelReason ? replaced : ended
  const partner = [...book.opens.values()].find((other) => isPair(ended, other))
  const { oco: _before, ...plain } = ended.order
  const order: NewOrder = {
    ...plain,
    ...(partner ? { oco: partner.order.clientOrderId } : {}),
    clientOrderId: freshOrderId(ctx, book, ended.signalId, 'stop'),
    type: terms.order.type,
  }
  return {
    ...ended,
    ...(terms.trail ? { trail: terms.trail } : {}),
    ...{ order, replaces: ended.order.clientOrderId, cancelReason: '', status: 'intent', venueOrderId: undefined },
    ...{ cumQty: lots(0), reason: 'stop', createdAt: at, updatedAt: at },
  }
}
