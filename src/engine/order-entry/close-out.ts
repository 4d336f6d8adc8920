import type { ClientOrderId } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { reconcile } from '../reconciliation/reconcile.ts'
import { heldOf, reduces, workingExits } from './account-view.ts'
import { cancelFor } from './size-protection.ts'
import { askToCancel, moveOrder, submitOrder, type SubmitOutcome } from './submit-order.ts'

const WHY = 'the position is being closed'

/**
 * Cancels what stands in the way of closing a position. What filled meanwhile is booked when it returns: a reply tells
 * lots, not fills, and until those are here "flat" would be a guess, and a stop canceled on it would leave the position
 * naked.
 */
export async function cancelAndBook(ctx: BotContext, book: BotBook, records: readonly OrderRecord[]): Promise<void> {
  let filled = false
  for (const { order, cumQty } of records) {
    const id = order.clientOrderId
    const now = book.opens.get(id)
    const lane = ctx.laneOf(order.symbol)
    if (now?.status === 'intent') moveOrder(lane, book, id, 'abandoned', WHY)
    else if (now?.cancelReason) await askToCancel(lane, book, id)
    else if (now) await cancelFor(lane, book, now, WHY)
    if (book.orderOrThrow(id).cumQty > cumQty) filled = true
  }
  if (!filled) return
  book.mustReconcile('an order filled while it was canceled')
  await reconcile(ctx, book)
}

/**
 * Sends an exit that is written for what is left to close now: a stop, or an exit that could not be canceled, may have
 * taken its part, and a late entry added to it.
 *
 * @returns undefined where it was not sent: nothing is left, or comparing books has sent it already
 */
export async function sendExit(ctx: BotContext, book: BotBook, id: ClientOrderId): Promise<SubmitOutcome | undefined> {
  const { order, status } = book.orderOrThrow(id)
  if (status !== 'intent') return undefined
  const held = heldOf(book, order.symbol)
  const left = reduces(held, order.side) ? Math.abs(held) - (workingExits(book, order.symbol) - order.quantity) : 0
  if (left > 0) return submitOrder(ctx, book, id, lots(left))
  moveOrder(ctx, book, id, 'abandoned', held === 0 ? 'the position it closes is gone' : 'it is being closed already')
  return undefined
}
