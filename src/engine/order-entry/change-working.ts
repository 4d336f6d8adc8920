import type { OrderReport } from '../../domain/broker/broker.ts'
import type { NewOrder, OrderChange, OrderType } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { isKeptByVenue, isPair } from '../../domain/order/protection.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { applyExecution } from '../order-events/apply-execution.ts'
import { freshOrderId } from './fresh-order-id.ts'
import { askToCancel, moveOrder, rewrite } from './submit-order.ts'
import { withLegs } from './successor-legs.ts'

/** What became of changing an order. `waiting`: another takes its place as soon as it can no longer fill. */
export type ChangeOutcome =
  | Readonly<{ kind: 'changed' }>
  | Readonly<{ kind: 'waiting'; successor: OrderRecord }>
  | Readonly<{ kind: 'ended' }>
  | Readonly<{ kind: 'rejected'; reason: string }>
  | Readonly<{ kind: 'unknown' }>

/**
 * Changes an order that works: in place where the venue can, else by canceling it and sending another once it is proven
 * that it can no longer fill. Either way there is never a moment at which both could.
 *
 * @param change `quantity` is the whole order's, fills included
 * @param also what belongs in the commit that is made before the venue is asked
 */
export async function changeWorking(
  ctx: BotContext,
  book: BotBook,
  record: OrderRecord,
  change: OrderChange,
  why: string,
  also: (successor: OrderRecord | undefined) => void = () => undefined,
): Promise<ChangeOutcome> {
  if (ctx.broker.capabilities.replace) return replaceInPlace(ctx, book, record, change, why, also)
  const { entry: successor, legs } = withLegs(ctx, book, record, successorOf(ctx, book, record, change, why))
  ctx.store.transact(() => {
    rewrite(ctx, book, record, { cancelReason: why }, `to be replaced: ${why}`)
    for (const written of [successor, ...legs]) ctx.store.insertOrder(written)
    also(successor)
  })
  for (const written of [successor, ...legs]) book.remember(written)
  const failure = await askToCancel(ctx, book, record.order.clientOrderId)
  // Refused because it has ended meanwhile: then the turn of the other has come.
  if (failure?.kind === 'rejected' && isOpen(book.orderOrThrow(record.order.clientOrderId).status)) {
    withdraw(ctx, book, record, successor, failure.reason)
    return { kind: 'rejected', reason: failure.reason }
  }
  return failure && failure.kind !== 'rejected' ? { kind: 'unknown' } : { kind: 'waiting', successor }
}

/** The type of an order with the prices of a change. */
export function changedType(type: OrderType, { limitPx, stopPx, trail }: OrderChange): OrderType {
  switch (type.kind) {
    case 'market':
      return type
    case 'limit':
      return limitPx === undefined ? type : { ...type, limitPx }
    case 'stop':
      return stopPx === undefined ? type : { ...type, stopPx }
    case 'stop-limit':
      return { ...type, ...(stopPx === undefined ? {} : { stopPx }), ...(limitPx === undefined ? {} : { limitPx }) }
    case 'trailing-stop':
      return trail === undefined ? type : { ...type, trail }
  }
}

/** Takes over size and prices of an order as the venue has them after a change, whoever changed it. */
export function adoptTerms(ctx: BotContext, book: BotBook, report: OrderReport): boolean {
  const record = book.known(report.clientOrderId)
  // Size and price of a bracket's legs are the venue's own affair; a market order's type says nothing.
  if (!record || isKeptByVenue(record, ctx.broker.capabilities)) return false
  const type = report.type && report.type.kind === record.order.type.kind ? report.type : record.order.type
  const isSame = report.quantity === record.order.quantity && JSON.stringify(type) === JSON.stringify(record.order.type)
  if (isSame || report.quantity < 1) return false
  rewrite(ctx, book, record, { quantity: report.quantity, type }, 'as the broker has it now')
  return true
}

async function replaceInPlace(
  ctx: BotContext,
  book: BotBook,
  record: OrderRecord,
  change: OrderChange,
  why: string,
  also: (successor: undefined) => void,
): Promise<ChangeOutcome> {
  const { clientOrderId } = record.order
  ctx.store.transact(() => {
    rewrite(ctx, book, record, {}, `changing ${JSON.stringify(change)}: ${why}`)
    also(undefined)
  })
  const reply = await ctx.broker.replace(clientOrderId, change)
  if (!reply.ok) {
    const { failure } = reply
    ctx.log.warn('replace-failed', `The broker did not change the order (${failure.kind})`, { clientOrderId })
    if (failure.kind === 'rejected') return { kind: 'rejected', reason: failure.reason }
    book.mustReconcile(`change of ${clientOrderId}: ${failure.kind}`)
    return { kind: 'unknown' }
  }
  const { status } = reply.value
  applyExecution(ctx, book, { order: reply.value })
  if (status !== 'acknowledged' && status !== 'partially-filled') return { kind: 'ended' }
  const now = book.orderOrThrow(clientOrderId)
  if (isKeptByVenue(now, ctx.broker.capabilities) || reply.value.type) rewriteTerms(ctx, book, now, change, reply.value)
  else rewrite(ctx, book, now, { quantity: reply.value.quantity, type: changedType(now.order.type, change) }, why)
  return { kind: 'changed' }
}

/** What the venue says it has, and what we asked for where it does not say. */
function rewriteTerms(ctx: BotContext, book: BotBook, now: OrderRecord, change: OrderChange, report: OrderReport) {
  const type = report.type?.kind === now.order.type.kind ? report.type : changedType(now.order.type, change)
  const quantity = isKeptByVenue(now, ctx.broker.capabilities) ? now.order.quantity : report.quantity
  rewrite(ctx, book, now, { quantity, type }, 'changed')
}

/** Until it is sent, a successor's quantity is the whole that is wanted, what its predecessor filled included. */
function successorOf(
  ctx: BotContext,
  book: BotBook,
  record: OrderRecord,
  change: OrderChange,
  why: string,
): OrderRecord {
  const { order, signalId } = record
  const at = marketNow(ctx, book.lastBar)
  const partner = [...book.opens.values()].find((other) => isPair(record, other))
  const { oco: _before, bracket: _kept, ...plain } = order
  const next: NewOrder = {
    ...plain,
    ...(partner ? { oco: partner.order.clientOrderId } : {}),
    clientOrderId: freshOrderId(ctx, book, signalId, order.purpose),
    quantity: lots(change.quantity ?? order.quantity),
    type: changedType(order.type, change),
  }
  const trail = record.trail && change.trail ? change.trail : record.trail
  return {
    ...record,
    order: next,
    replaces: order.clientOrderId,
    ...(trail ? { trail } : {}),
    cancelReason: '',
    status: 'intent',
    venueOrderId: undefined,
    cumQty: lots(0),
    reason: record.reason === '' ? why : record.reason,
    createdAt: at,
    updatedAt: at,
  }
}

/** The venue keeps the old order: the new one will never be needed. */
function withdraw(ctx: BotContext, book: BotBook, record: OrderRecord, successor: OrderRecord, reason: string): void {
  ctx.store.transact(() => {
    const now = book.orderOrThrow(record.order.clientOrderId)
    rewrite(ctx, book, now, { cancelReason: '' }, `the broker keeps it: ${reason}`)
    moveOrder(ctx, book, successor.order.clientOrderId, 'abandoned', 'what it was to replace stays')
  })
}
