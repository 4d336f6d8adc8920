import type { BrokerFailure } from '../../domain/broker/broker-failure.ts'
import { assertNever } from '../../domain/units/assert-never.ts'
import type { ClientOrderId, NewOrder } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen, mayFollow, type OrderStatus } from '../../domain/order/order-status.ts'
import type { Lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { applyExecution } from '../order-events/apply-execution.ts'
import { noteNothingLeft } from '../order-events/nothing-left.ts'
import { noteLapse } from './lapsed-stop.ts'

/** What became of handing an order to the broker. */
export type SubmitOutcome =
  | Readonly<{ kind: 'acknowledged' }>
  | Readonly<{ kind: 'rejected'; reason: string }>
  /** No answer: the order may be live, and only asking the broker will tell. */
  | Readonly<{ kind: 'unknown' }>

/**
 * Hands an order, already durable as an intent, to the broker.
 *
 * `sent` is written before the first byte leaves: an order still an `intent` after a crash was certainly never sent. One
 * that left before leaves again only where the broker would know it for the same, whoever asks; one that was to leave, and
 * of which this process knows that it never did, leaves for the first time then.
 *
 * @param quantity lots to send where they are other than written, which is made durable together with `sent`
 * @throws {Refused} 'fenced' | 'disk-full' | 'state-corrupt': nothing was sent then
 */
export async function submitOrder(
  ctx: BotContext,
  book: BotBook,
  id: ClientOrderId,
  quantity?: Lots,
): Promise<SubmitOutcome> {
  const before = leftBefore(ctx, book, id)
  if (before) return before
  const isFirst = book.orderOrThrow(id).status === 'intent' || book.neverLeft.delete(id)
  markSent(ctx, book, id, quantity)
  return handOver(ctx, book, id, isFirst)
}

/**
 * As `submitOrder`, of an order that counts as sent since just now: nothing may have come between.
 *
 * @param isFirst no attempt before this one can have reached the broker
 */
export async function handOver(
  ctx: BotContext,
  book: BotBook,
  id: ClientOrderId,
  isFirst: boolean,
): Promise<SubmitOutcome> {
  const { order } = book.orderOrThrow(id)
  const reply = await ctx.broker.submit(wireOrder(ctx, order))
  if (reply.ok) {
    applyExecution(ctx, book, { order: reply.value })
    return reply.value.status === 'rejected'
      ? { kind: 'rejected', reason: reply.value.reason ?? 'the broker gave no reason' }
      : { kind: 'acknowledged' }
  }
  const { failure } = reply
  if (isFirst && (failure.kind === 'disconnected' || failure.kind === 'rate-limited'))
    return keepUnsent(ctx, book, id, failure)
  return failedSubmit(ctx, book, id, failure)
}

/**
 * Takes in that an order has surely not arrived. On disk its outcome is unknown like any other's; this process need not wait
 * for the broker to show it before it is sent, under the same name, when books are next compared.
 */
function keepUnsent(ctx: BotContext, book: BotBook, id: ClientOrderId, failure: BrokerFailure): SubmitOutcome {
  // Its stream tells of it all the same: then it is there.
  if (book.orderOrThrow(id).status !== 'sent') return failedSubmit(ctx, book, id, failure)
  moveOrder(ctx, book, id, 'unknown', `it has not left: ${failure.kind}`)
  book.neverLeft.add(id)
  book.mustReconcile(`order ${id} has not left yet (${failure.kind})`)
  const wait = failure.kind === 'rate-limited' ? { retryAfterMs: failure.retryAfterMs } : {}
  ctx.log.warn('order-not-sent', `The order has not left (${failure.kind}): it is sent when the broker can be asked`, {
    clientOrderId: id,
    ...wait,
  })
  return { kind: 'unknown' }
}

/** Makes it durable that an order is about to leave: a commit of its own, and in the plain case its only statement. */
function markSent(ctx: BotContext, book: BotBook, id: ClientOrderId, quantity?: Lots): void {
  const record = book.orderOrThrow(id)
  if (record.order.bracket || (quantity !== undefined && quantity !== record.order.quantity)) {
    moveOrder(ctx, book, id, 'sent', 'submitting', quantity)
    return
  }
  const at = marketNow(ctx, book.lastBar)
  ctx.store.markSent(id, at)
  book.remember({ ...record, status: 'sent', updatedAt: at })
  ctx.changed()
}

/** What became of an order that was sent and must not be sent again; undefined for one that may leave now. */
function leftBefore(ctx: BotContext, book: BotBook, id: ClientOrderId): SubmitOutcome | undefined {
  const { status } = book.orderOrThrow(id)
  if (status === 'intent') return undefined
  const isUnclear = status === 'sent' || status === 'unknown'
  if (isUnclear && (ctx.broker.capabilities.dedupesClientOrderId || hasNeverLeft(book, id))) return undefined
  ctx.log.error('order-not-repeated', `An order that is ${status} was to be sent a second time: it is not`, {
    clientOrderId: id,
  })
  if (isUnclear) return { kind: 'unknown' }
  if (isOpen(status) || status === 'filled') return { kind: 'acknowledged' }
  return { kind: 'rejected', reason: `it was ${status} before it could be sent` }
}

/** True where this process knows that an order it was to send has not reached the broker. */
export function hasNeverLeft(book: BotBook, id: ClientOrderId): boolean {
  return book.neverLeft.has(id) && book.orderOrThrow(id).status === 'unknown'
}

/** Takes in that an order was not taken, or that nobody knows whether it was. */
export function failedSubmit(ctx: BotContext, book: BotBook, id: ClientOrderId, failure: BrokerFailure): SubmitOutcome {
  switch (failure.kind) {
    case 'rejected':
      moveOrder(ctx, book, id, 'rejected', failure.reason)
      if (failure.nothingToReduce) {
        noteNothingLeft(ctx, book, book.orderOrThrow(id))
        return { kind: 'rejected', reason: failure.reason }
      }
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
      // A report may have overtaken the lost answer: then we know more than the answer would have told.
      if (book.orderOrThrow(id).status === 'sent') moveOrder(ctx, book, id, 'unknown', failure.kind)
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
 * What the venue is shown of an order: nothing it cannot do, for we do that ourselves. What closes or protects may only
 * reduce, where the venue can see to that: a position that somebody closed by hand is not opened the other way round.
 */
export function wireOrder({ broker: { capabilities } }: BotContext, order: NewOrder): NewOrder {
  const { oco, ...plain } = order
  const shown = oco === undefined || capabilities.oco ? order : plain
  return capabilities.reduceOnly && order.purpose !== 'entry' ? { ...shown, reduceOnly: true } : shown
}

/**
 * Asks the broker to cancel an order; what happens to the order is told by the broker's reports.
 *
 * @returns false when the broker did not take the request; the order may still be working then
 */
export async function cancelOrder(ctx: BotContext, book: BotBook, id: ClientOrderId): Promise<boolean> {
  return (await askToCancel(ctx, book, id)) === undefined
}

/** As `cancelOrder`. @returns why the broker did not take it, undefined when it did */
export async function askToCancel(
  ctx: BotContext,
  book: BotBook,
  id: ClientOrderId,
): Promise<BrokerFailure | undefined> {
  if (book.orderOrThrow(id).status === 'intent' || hasNeverLeft(book, id)) {
    // Never sent: the broker has nothing to cancel, and would say so.
    moveOrder(ctx, book, id, 'abandoned', 'canceled before it was sent')
    return undefined
  }
  const reply = await ctx.broker.cancel(id)
  if (reply.ok) {
    applyExecution(ctx, book, { order: reply.value })
    return undefined
  }
  ctx.log.warn('cancel-failed', `The broker did not cancel the order (${reply.failure.kind})`, { clientOrderId: id })
  if (reply.failure.kind !== 'rejected') book.mustReconcile(`cancel of ${id}: ${reply.failure.kind}`)
  return reply.failure
}

/** Moves an order and, where it is a bracket entry, legs that share its fate; durable when it returns. */
export function moveOrder(
  ctx: BotContext,
  book: BotBook,
  id: ClientOrderId,
  status: OrderStatus,
  note: string,
  quantity?: Lots,
): OrderRecord {
  const record = book.orderOrThrow(id)
  ctx.store.transact(() => {
    const moved = rewrite(ctx, book, record, { status, ...(quantity === undefined ? {} : { quantity }) }, note)
    if (record.order.bracket) {
      for (const leg of book.legsOf(id)) if (mayFollow(leg.status, status)) rewrite(ctx, book, leg, { status }, note)
    } else if (!isOpen(status) && record.cumQty === 0) abandonLegs(ctx, book, id, `its entry was ${status}`)
    noteLapse(ctx.laneOf(record.order.symbol), book, record.status, moved)
  })
  ctx.changed()
  return book.known(id) ?? record
}

/** Legs of an entry that ended before they were sent end with it. */
export function abandonLegs(ctx: BotContext, book: BotBook, entry: ClientOrderId, note: string): void {
  for (const leg of book.legsOf(entry))
    if (leg.status === 'intent') rewrite(ctx, book, leg, { status: 'abandoned' }, note)
}

/** What may be written anew of an order. */
export type OrderPatch = Partial<Pick<OrderRecord, 'status' | 'cancelReason' | 'reason' | 'trail'>> &
  Partial<Pick<NewOrder, 'quantity' | 'type'>>

/** Writes an order anew, durable together with whatever transaction it is in. */
export function rewrite(
  ctx: BotContext,
  book: BotBook,
  record: OrderRecord,
  patch: OrderPatch,
  note: string,
): OrderRecord {
  const { quantity = record.order.quantity, type = record.order.type, ...rest } = patch
  const isSame = quantity === record.order.quantity && type === record.order.type
  const moved: OrderRecord = {
    ...record,
    ...rest,
    order: isSame ? record.order : { ...record.order, quantity, type },
    reason: patch.reason ?? (rest.status === 'rejected' ? note : record.reason),
    updatedAt: marketNow(ctx, book.lastBar),
  }
  ctx.store.transact(() => ctx.store.updateOrder(moved, note))
  book.remember(moved)
  return moved
}
