import type { Reason } from '../../domain/decision/decision.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { lots } from '../../domain/units/units.ts'
import { exitIntent } from '../order-entry/order-intents.ts'
import { cancelOrder, moveOrder, submitOrder } from '../order-entry/submit-order.ts'
import { reconcile } from '../reconciliation/reconcile.ts'
import type { BotBook } from './bot-book.ts'
import { marketNow, type BotContext } from './bot-context.ts'
import { signalRef } from './enter-position.ts'
import { saveCheckpoint } from './checkpoint.ts'

/**
 * Closes the open position at the market and cancels what could enlarge it. Allowed in every state of the bot.
 *
 * Stop and target stay in place until the exit fills: they protect what it leaves, and the venue cancels them when the
 * position is gone. Does nothing more while an earlier exit is still working.
 */
export async function exitPosition(
  ctx: BotContext,
  book: BotBook,
  reason: string,
  reasons: readonly Reason[],
): Promise<void> {
  // A cancel is a commit of the venue's: the decision that led to it is durable first, or a bot that dies in between
  // would see this bar again with the entry already gone, and might decide otherwise.
  if (book.position.quantity === 0 || open(book, 'exit').length > 0) {
    if (open(book, 'entry').length > 0) saveCheckpoint(ctx, book)
    await cancelEntries(ctx, book)
    return
  }
  const intent = writeExit(ctx, book, reason, reasons)
  const id = intent.order.clientOrderId
  book.remember(intent)
  ctx.log.info('decision-exit', `Closing ${book.position.quantity} ${ctx.instrument.symbol}: ${reason}`, {
    decisionId: intent.decisionId,
    clientOrderId: id,
  })
  await cancelEntries(ctx, book)
  // Comparing books in between may have sent it already.
  if (book.orderOrThrow(id).status !== 'intent') return
  if (book.position.quantity === 0) moveOrder(ctx, book, id, 'abandoned', 'the position it closes is gone')
  else await submitOrder(ctx, book, id)
}

/** Cancels every order that is still open: entries first, then exits; stops and targets only of a flat account. */
export async function cancelOpenOrders(ctx: BotContext, book: BotBook): Promise<void> {
  await cancelEntries(ctx, book)
  if (book.position.quantity !== 0) return
  for (const { order } of book.opens.values()) await cancelOrder(ctx, book, order.clientOrderId)
}

/** True when nothing is held and no entry is left that could still fill, as far as the broker has told us. */
export function isFlat(book: BotBook): boolean {
  return book.position.quantity === 0 && open(book, 'entry').length === 0
}

async function cancelEntries(ctx: BotContext, book: BotBook): Promise<void> {
  let filled = false
  for (const { order, cumQty } of open(book, 'entry')) {
    await cancelOrder(ctx, book, order.clientOrderId)
    if (book.orderOrThrow(order.clientOrderId).cumQty > cumQty) filled = true
  }
  if (!filled) return
  // The venue filled what we canceled, and a reply tells lots, not fills: until they are booked, "flat" would be a
  // guess, and a stop canceled on it would leave the position naked.
  book.mustReconcile('an entry filled while it was canceled')
  await reconcile(ctx, book)
}

function open(book: BotBook, purpose: OrderRecord['order']['purpose']): readonly OrderRecord[] {
  return [...book.opens.values()].filter(({ order }) => order.purpose === purpose)
}

function writeExit(ctx: BotContext, book: BotBook, reason: string, reasons: readonly Reason[]): OrderRecord {
  const bar = book.lastBar
  if (!bar) throw new Error('a position without a bar')
  const at = marketNow(ctx, bar)
  // A second exit at the same bar (the first was rejected or canceled) is a new attempt, not the same order.
  let attempt = 1
  let intent: OrderRecord
  do {
    const ref = signalRef(ctx, bar, 'exit')
    intent = exitIntent(ctx, ref, {
      position: book.position.quantity,
      reason,
      confidence: book.entryConfidence(),
      attempt,
      at,
    })
    attempt++
  } while (book.known(intent.order.clientOrderId))
  ctx.store.transact(() => {
    ctx.store.insertDecision({
      decisionId: intent.decisionId,
      at,
      barTime: bar.time,
      symbol: ctx.instrument.symbol,
      action: 'exit',
      side: intent.order.side,
      quantity: lots(Math.abs(book.position.quantity)),
      price: bar.close,
      confidence: intent.confidence,
      reasons: reasons.length > 0 ? reasons : [{ code: reason, text: reason }],
      features: {},
    })
    ctx.store.insertOrder(intent)
    saveCheckpoint(ctx, book)
  })
  return intent
}
