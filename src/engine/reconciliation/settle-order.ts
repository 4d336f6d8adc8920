import { signOf, type ClientOrderId } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { isKeptByVenue } from '../../domain/order/protection.ts'
import { epochMs, lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { forbidsLateEntry } from '../bot/entry-blocks.ts'
import { closedUntold, heldOf, isResting, leavesOf, opensOf } from '../order-entry/account-view.ts'
import { adoptTerms } from '../order-entry/change-working.ts'
import { cancelFor } from '../order-entry/size-protection.ts'
import { askToCancel, hasNeverLeft, moveOrder, submitOrder } from '../order-entry/submit-order.ts'
import { applyExecution } from '../order-events/apply-execution.ts'
import { judgeUnsent, judgeUnwanted, wasTaken } from './judge-unsent.ts'
import { describeOrder, unanswered, type Line } from './report-line.ts'

/**
 * Finds out from the broker what became of one open order of ours.
 *
 * The order is named, not handed over: settling another may have sent or ended it, and the broker's stream tells of it
 * while its answer is on the way.
 *
 * @param forgotten takes the order in where the broker had it and does not know it any more
 * @returns false while that can't be told
 */
export async function settleOrder(
  ctx: BotContext,
  book: BotBook,
  id: ClientOrderId,
  lines: Line[],
  forgotten = new Set<ClientOrderId>(),
): Promise<boolean> {
  const asked = book.opens.get(id)
  if (!asked || isHeldBack(ctx, book, asked)) return true
  const reply = await ctx.broker.orderByClientId(id)
  const record = book.orderOrThrow(id)
  if (!reply.ok) return unanswered(describeOrder(ctx, record), reply, lines)
  if (reply.value) {
    book.missedSince.delete(id)
    applyExecution(ctx, book, { order: reply.value })
    if (record.status !== reply.value.status)
      lines.push({
        code: 'order-settled',
        text: `${describeOrder(ctx, record)} was ${record.status} here, the broker says ${reply.value.status}`,
      })
    if (adoptTerms(ctx, book, reply.value))
      lines.push({
        code: 'order-changed',
        text: `the broker has it changed: ${describeOrder(ctx, book.orderOrThrow(id))}`,
      })
    await cancelAgain(ctx, book, id, lines)
    return true
  }
  if (!isOpen(record.status)) return true
  return goesWithEntry(ctx, book, record) || settleAbsent(ctx, book, record, lines, forgotten)
}

/** Legs live and die with their entry: the venue gets them with it, and shows them once it has filled. */
function goesWithEntry(ctx: BotContext, book: BotBook, record: OrderRecord): boolean {
  if (!isKeptByVenue(record, ctx.broker.capabilities) || record.parent === undefined) return false
  const entry = book.opens.get(record.parent)
  return entry !== undefined && !(entry.cumQty > 0 && wasTaken(record))
}

/** Reasons of orders that did not go out as orders by themselves: sent alone, they would be something else. */
const NEVER_RESENT: ReadonlySet<string> = new Set(['combo', 'exercise'])

/** An intent that waits for its turn by design: it was not forgotten, and is not to be sent yet. */
export function isHeldBack(ctx: BotContext, book: BotBook, record: OrderRecord): boolean {
  const id = record.order.clientOrderId
  if (record.status !== 'intent') return false
  if (record.replaces !== undefined) return true
  if (record.parent !== undefined && !isKeptByVenue(record, ctx.broker.capabilities)) return true
  for (const plan of book.plans.values())
    if (plan.steps.some((step) => step.clientOrderId === id || step.unwindId === id)) return true
  return false
}

/** A cancel that was decided is asked for until the broker has carried it out. */
async function cancelAgain(ctx: BotContext, book: BotBook, id: ClientOrderId, lines: Line[]) {
  const record = book.opens.get(id)
  if (!record?.cancelReason || !isOpen(record.status)) return
  lines.push({
    code: 'order-cancel-again',
    text: `${describeOrder(ctx, record)} is still open although it was to be canceled (${record.cancelReason}): asking again`,
  })
  await askToCancel(ctx, book, id)
}

/** The broker does not know an order of ours that should be open. */
async function settleAbsent(
  ctx: BotContext,
  book: BotBook,
  record: OrderRecord,
  lines: Line[],
  forgotten: Set<ClientOrderId>,
): Promise<boolean> {
  const { clientOrderId: id, symbol } = record.order
  const { capabilities } = ctx.broker
  const missedMs = missedFor(ctx, book, id)
  const neverLeft = hasNeverLeft(book, id)
  const verdict = record.cancelReason
    ? judgeUnwanted(record, { capabilities, missedMs, neverLeft })
    : judgeUnsent(record, {
        ...{ capabilities, missedMs, now: marketNow(ctx, book.lastBar), position: heldOf(book, symbol) },
        staleAfterMs: ctx.laneOf(symbol).timeframeMs,
        neverLeft,
      })
  // An earlier absence proves nothing about what is sent now.
  if (verdict.kind === 'send' || verdict.kind === 'abandon') book.missedSince.delete(id)
  switch (verdict.kind) {
    case 'send':
      return sendAbsent(ctx, book, record, verdict.why, lines)
    case 'abandon':
      return writeOff(ctx, book, id, verdict.why, lines)
    case 'ask':
      return askPerson(ctx, book, record, lines)
    case 'wait':
      if (verdict.isForgotten) forgotten.add(id)
      lines.push({ code: 'order-missing', text: `${describeOrder(ctx, record)}: ${verdict.why}` })
      return false
  }
}

/** Sends what is not at the broker for certain, where it is still wanted. */
async function sendAbsent(
  ctx: BotContext,
  book: BotBook,
  record: OrderRecord,
  why: string,
  lines: Line[],
): Promise<boolean> {
  const { clientOrderId: id, symbol, purpose } = record.order
  if (NEVER_RESENT.has(record.reason))
    return writeOff(ctx, book, id, 'the broker never got it, and it can not be sent again; ask for it anew', lines)
  const against = purpose === 'entry' ? forbidsLateEntry(ctx.laneOf(symbol), book) : undefined
  if (against) return writeOff(ctx, book, id, `no entry is made now: ${against.text}`, lines)
  if (purpose === 'exit') await cancelEntries(ctx, book, symbol)
  const quantity = roomNow(book, book.orderOrThrow(id))
  if (quantity <= 0) return writeOff(ctx, book, id, 'nothing is left that it could close', lines)
  lines.push({ code: 'order-sent-again', text: `${describeOrder(ctx, record)}: ${why}` })
  return (await submitOrder(ctx, book, id, lots(quantity))).kind !== 'unknown'
}

/** What an exit closes must not grow while it is on its way: its entries are canceled first, as when it was decided. */
async function cancelEntries(ctx: BotContext, book: BotBook, symbol: string): Promise<void> {
  for (const { order } of [...book.opens.values()]) {
    const now = order.purpose === 'entry' && order.symbol === symbol ? book.opens.get(order.clientOrderId) : undefined
    if (now?.cancelReason) await askToCancel(ctx, book, order.clientOrderId)
    else if (now) await cancelFor(ctx, book, now, 'the position is being closed')
  }
}

/** Lots to send: of what was never sent no more than it can close now; sent before, the same id must be the same order. */
function roomNow(book: BotBook, { order, status }: OrderRecord): number {
  const { symbol, purpose, quantity, clientOrderId } = order
  if ((status !== 'intent' && !hasNeverLeft(book, clientOrderId)) || purpose === 'entry') return quantity
  const held = Math.max(0, -signOf(order.side) * heldOf(book, symbol))
  if (purpose !== 'exit') return Math.min(quantity, held)
  const others = opensOf(book, symbol).filter(
    (other) => other.order.purpose === 'exit' && other.order.clientOrderId !== clientOrderId && !isResting(other),
  )
  const leaving = others.reduce((sum, other) => sum + leavesOf(other), closedUntold(book, symbol))
  return Math.min(quantity, held - leaving)
}

/** It is not at the broker, and is not sent: that ends it. */
function writeOff(ctx: BotContext, book: BotBook, id: ClientOrderId, why: string, lines: Line[]): true {
  const record = moveOrder(ctx, book, id, 'abandoned', why)
  lines.push({ code: 'order-abandoned', text: `${describeOrder(ctx, record)}: ${why}` })
  return true
}

/** Nobody can tell whether it is live: it counts as if it were, and a person is asked, once. */
function askPerson(ctx: BotContext, book: BotBook, record: OrderRecord, lines: Line[]): false {
  const id = record.order.clientOrderId
  const text = `${describeOrder(ctx, record)} was sent, and the broker does not show it; it may be live all the same, so it counts as if it were. Look for it at the broker, then end it with: slipway trade ${ctx.trading.accountId} cancel-order ${id}`
  lines.push({ code: 'order-lost', text })
  if (!book.unreconciled.includes(text)) {
    book.mustReconcile(text)
    ctx.log.error('order-lost', text, { clientOrderId: id })
  }
  return false
}

/** Wall time since this process first found an order missing, ms. */
export function missedFor(ctx: BotContext, book: BotBook, id: ClientOrderId): number {
  const now = ctx.now()
  // A clock that was set back must not make it wait for hours.
  const since = epochMs(Math.min(book.missedSince.get(id) ?? now, now))
  book.missedSince.set(id, since)
  return now - since
}
