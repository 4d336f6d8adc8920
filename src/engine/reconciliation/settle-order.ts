import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { isKeptByVenue, isProtective } from '../../domain/order/protection.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { adoptTerms } from '../order-entry/change-working.ts'
import { askToCancel, cancelOrder, moveOrder, submitOrder } from '../order-entry/submit-order.ts'
import { applyExecution } from '../order-events/apply-execution.ts'
import { judgeUnsent, judgeUnwanted } from './judge-unsent.ts'
import { describeOrder, unanswered, type Line } from './report-line.ts'

/**
 * Finds out from the broker what became of one open order of ours.
 *
 * @returns false while that can't be told
 */
export async function settleOrder(
  ctx: BotContext,
  book: BotBook,
  record: OrderRecord,
  lines: Line[],
): Promise<boolean> {
  const id = record.order.clientOrderId
  if (!book.opens.has(id) || isHeldBack(ctx, book, record)) return true
  const reply = await ctx.broker.orderByClientId(id)
  if (!reply.ok) return unanswered(describeOrder(ctx, record), reply, lines)
  if (reply.value) {
    book.missedSince.delete(id)
    const before = record.status
    applyExecution(ctx, book, { order: reply.value })
    if (before !== reply.value.status)
      lines.push({
        code: 'order-settled',
        text: `${describeOrder(ctx, record)} was ${before} here, the broker says ${reply.value.status}`,
      })
    if (adoptTerms(ctx, book, reply.value))
      lines.push({
        code: 'order-changed',
        text: `the broker has it changed: ${describeOrder(ctx, book.orderOrThrow(id))}`,
      })
    await cancelAgain(ctx, book, id, lines)
    return true
  }
  // Legs live and die with their entry: the venue gets them with it.
  if (isKeptByVenue(record, ctx.broker.capabilities) && record.parent !== undefined && book.opens.has(record.parent))
    return true
  return settleAbsent(ctx, book, record, lines)
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
async function cancelAgain(ctx: BotContext, book: BotBook, id: OrderRecord['order']['clientOrderId'], lines: Line[]) {
  const record = book.opens.get(id)
  if (!record?.cancelReason || !isOpen(record.status)) return
  lines.push({
    code: 'order-cancel-again',
    text: `${describeOrder(ctx, record)} is still open although it was to be canceled (${record.cancelReason}): asking again`,
  })
  await askToCancel(ctx, book, id)
}

/** The broker does not know an order of ours that should be open. */
async function settleAbsent(ctx: BotContext, book: BotBook, record: OrderRecord, lines: Line[]): Promise<boolean> {
  const { clientOrderId: id, symbol, purpose, quantity } = record.order
  const held = book.positionOf(symbol).quantity
  const text = (why: string) => `${describeOrder(ctx, record)}: ${why}`
  const { capabilities } = ctx.broker
  const missedMs = missedFor(ctx, book, id)
  const verdict = record.cancelReason
    ? judgeUnwanted(record, { capabilities, missedMs })
    : judgeUnsent(record, {
        ...{ capabilities, missedMs, now: marketNow(ctx, book.lastBar), position: held },
        staleAfterMs: ctx.laneOf(symbol).timeframeMs,
      })
  // An earlier absence proves nothing about what is sent now.
  if (verdict.kind === 'send' || verdict.kind === 'abandon') book.missedSince.delete(id)
  switch (verdict.kind) {
    case 'send': {
      if (NEVER_RESENT.has(record.reason)) {
        moveOrder(ctx, book, id, 'abandoned', 'the broker never got it, and it can not be sent again')
        lines.push({ code: 'order-abandoned', text: text('the broker never got it; ask for it anew') })
        return true
      }
      // What an exit closes must not grow while it is on its way: its entry is canceled first, as when it was decided.
      if (purpose === 'exit')
        for (const { order } of [...book.opens.values()])
          if (order.purpose === 'entry' && order.symbol === symbol) await cancelOrder(ctx, book, order.clientOrderId)
      lines.push({ code: 'order-sent-again', text: text(verdict.why) })
      // Never sent, so its size is still ours to choose; sent before, the same id must be the same order.
      const most = isProtective(record) && record.status === 'intent' ? Math.min(quantity, Math.abs(held)) : quantity
      return (await submitOrder(ctx, book, id, lots(most))).kind !== 'unknown'
    }
    case 'abandon':
      moveOrder(ctx, book, id, 'abandoned', verdict.why)
      lines.push({ code: 'order-abandoned', text: text(verdict.why) })
      return true
    case 'ask':
      return askPerson(ctx, book, record, lines)
    case 'wait':
      lines.push({ code: 'order-missing', text: text(verdict.why) })
      return false
  }
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
export function missedFor(ctx: BotContext, book: BotBook, id: OrderRecord['order']['clientOrderId']): number {
  const now = ctx.now()
  const since = book.missedSince.get(id) ?? now
  book.missedSince.set(id, since)
  return now - since
}
