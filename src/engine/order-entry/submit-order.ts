import { assertNever } from '../../domain/units/assert-never.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { mayFollow, type OrderStatus } from '../../domain/order/order-status.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { applyExecution } from '../order-events/apply-execution.ts'

/** What became of handing an order to the broker. */
export type SubmitOutcome =
  | Readonly<{ kind: 'acknowledged' }>
  | Readonly<{ kind: 'rejected'; reason: string }>
  /** No answer: the order may be live, and only asking the broker will tell. */
  | Readonly<{ kind: 'unknown' }>

/**
 * Hands an order, already durable as an intent, to the broker.
 *
 * `sent` is written before the first byte leaves: an order still an `intent` after a crash was certainly never sent.
 *
 * @throws {Refused} 'fenced' | 'disk-full' | 'state-corrupt': nothing was sent then
 */
export async function submitOrder(ctx: BotContext, book: BotBook, id: ClientOrderId): Promise<SubmitOutcome> {
  const record = moveOrder(ctx, book, id, 'sent', 'submitting')
  const reply = await ctx.broker.submit(record.order)
  if (reply.ok) {
    applyExecution(ctx, book, { order: reply.value })
    return reply.value.status === 'rejected'
      ? { kind: 'rejected', reason: reply.value.reason ?? 'the broker gave no reason' }
      : { kind: 'acknowledged' }
  }
  const { failure } = reply
  switch (failure.kind) {
    case 'rejected':
      moveOrder(ctx, book, id, 'rejected', failure.reason)
      ctx.log.error('order-rejected', `The broker rejected the order: ${failure.reason}`, { clientOrderId: id })
      return { kind: 'rejected', reason: failure.reason }
    case 'unauthorized':
      moveOrder(ctx, book, id, 'rejected', 'the broker refused our credentials')
      ctx.log.error('broker-unauthorized', 'The broker refused our credentials', { clientOrderId: id })
      return { kind: 'rejected', reason: 'the broker refused our credentials' }
    case 'rate-limited':
    case 'disconnected':
    case 'order-unknown':
    case 'unknown-outcome':
      moveOrder(ctx, book, id, 'unknown', failure.kind)
      book.mustReconcile(`the outcome of order ${id} is unknown (${failure.kind})`)
      ctx.log.warn('order-unknown', 'No answer from the broker: the order may be live. Asking before anything else.', {
        clientOrderId: id,
        failure: failure.kind,
      })
      return { kind: 'unknown' }
    default:
      return assertNever(failure)
  }
}

/**
 * Asks the broker to cancel an order; what happens to the order is told by the broker's reports.
 *
 * @returns false when the broker did not take the request; the order may still be working then
 */
export async function cancelOrder(ctx: BotContext, book: BotBook, id: ClientOrderId): Promise<boolean> {
  const reply = await ctx.broker.cancel(id)
  if (reply.ok) {
    applyExecution(ctx, book, { order: reply.value })
    return true
  }
  ctx.log.warn('cancel-failed', `The broker did not cancel the order (${reply.failure.kind})`, { clientOrderId: id })
  if (reply.failure.kind !== 'rejected') book.mustReconcile(`cancel of ${id}: ${reply.failure.kind}`)
  return false
}

/** Moves an order and, where it is a bracket entry, legs that share its fate; durable when it returns. */
export function moveOrder(
  ctx: BotContext,
  book: BotBook,
  id: ClientOrderId,
  status: OrderStatus,
  note: string,
): OrderRecord {
  const record = book.orderOrThrow(id)
  ctx.store.transact(() => {
    writeStatus(ctx, book, record, status, note)
    for (const leg of book.legsOf(id)) if (mayFollow(leg.status, status)) writeStatus(ctx, book, leg, status, note)
  })
  ctx.changed()
  return book.known(id) ?? record
}

function writeStatus(ctx: BotContext, book: BotBook, record: OrderRecord, status: OrderStatus, note: string): void {
  const moved: OrderRecord = { ...record, status, updatedAt: marketNow(ctx, book.lastBar) }
  ctx.store.updateOrder(moved, note)
  book.remember(moved)
}
