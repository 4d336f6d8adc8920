import type { OrderReport, PositionReport } from '../../domain/broker/broker.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { heldOf } from '../order-entry/account-view.ts'
import { askToCancel, moveOrder } from '../order-entry/submit-order.ts'
import { forgottenWindowMs, judgeForgotten, type ForgottenVerdict } from './judge-forgotten.ts'
import { describeOrder, type Line } from './report-line.ts'

/** What the broker has said in the same comparison. */
export type Shown = Readonly<{ working: readonly OrderReport[]; positions: readonly PositionReport[] }>

/**
 * Ends orders that the broker acknowledged and does not know any more, where all else it shows has borne that out for
 * long enough and it does not know them either when it is asked to cancel them. What is left without its stop is to be
 * looked for then. A person is asked about the others.
 *
 * @param forgotten orders that this comparison has found forgotten
 * @returns true when an order has ended
 */
export async function endForgotten(
  ctx: BotContext,
  book: BotBook,
  forgotten: ReadonlySet<ClientOrderId>,
  shown: Shown,
  lines: Line[],
): Promise<boolean> {
  for (const id of book.forgotten.keys()) if (!forgotten.has(id)) book.forgotten.delete(id)
  let hasEnded = false
  for (const id of forgotten) {
    const record = book.opens.get(id)
    // Its stream has told of it while other questions were asked.
    if (!record || !book.missedSince.has(id)) continue
    const verdict = judgeNow(ctx, book, record, shown)
    const isLong = lastedMs(ctx, book, id, verdict.kind) >= forgottenWindowMs(ctx.broker.capabilities)
    if (verdict.kind === 'doubt') {
      if (isLong) askAboutForgotten(ctx, book, record, verdict.why, lines)
    } else if (isLong && (await endOne(ctx, book, record, lines))) hasEnded = true
  }
  return hasEnded
}

function judgeNow(ctx: BotContext, book: BotBook, record: OrderRecord, shown: Shown): ForgottenVerdict {
  const { symbol, purpose } = record.order
  const held = heldOf(book, symbol)
  const owed = book.owedFills.owed().filter(([id]) => book.known(id)?.order.symbol === symbol)
  return judgeForgotten(record, {
    working: shown.working,
    isOurs: (id) => book.known(id) !== undefined,
    held,
    theirs: shown.positions.find((position) => position.symbol === symbol)?.quantity ?? 0,
    owedLots: owed.reduce((sum, [, lots]) => sum + lots, 0),
    forgottenBefore: ctx.store.forgottenOrders(symbol, purpose, held),
  })
}

/** Wall time for which the verdict has been the same, ms. */
function lastedMs(ctx: BotContext, book: BotBook, id: ClientOrderId, kind: ForgottenVerdict['kind']): number {
  const now = ctx.now()
  const before = book.forgotten.get(id)
  // A clock that was set back must not make it wait for hours.
  const since = before?.kind === kind ? epochMs(Math.min(before.since, now)) : now
  book.forgotten.set(id, { kind, since })
  return now - since
}

/**
 * The broker is asked to cancel it before it counts as ended: should it live on unseen, that ends it, and nothing that
 * takes its place ever works beside it.
 */
async function endOne(ctx: BotContext, book: BotBook, record: OrderRecord, lines: Line[]): Promise<boolean> {
  const { clientOrderId: id } = record.order
  const failure = await askToCancel(ctx, book, id)
  const now = book.orderOrThrow(id)
  if (failure === undefined || !isOpen(now.status)) {
    lines.push({
      code: 'order-settled',
      text: `${describeOrder(ctx, now)} was not shown any more; asked to cancel it, the broker says ${now.status}`,
    })
    return !isOpen(now.status)
  }
  if (failure.kind === 'rejected') {
    askAboutForgotten(ctx, book, now, `it refuses to cancel it (${failure.reason})`, lines)
    return false
  }
  if (failure.kind !== 'order-unknown') return false
  const ended = moveOrder(ctx, book, id, 'abandoned', WHY)
  const text = `${describeOrder(ctx, ended)}: ${WHY}`
  lines.push({ code: 'order-forgotten', text })
  ctx.log.warn('order-forgotten', text, { clientOrderId: id, cumQty: ended.cumQty })
  book.forgotten.delete(id)
  book.missedSince.delete(id)
  return true
}

const WHY =
  'the broker acknowledged it and does not know it any more, works nothing that could be it, and holds what is held here: it has ended without another fill'

/** It counts as live, and a person is asked, once. */
function askAboutForgotten(ctx: BotContext, book: BotBook, record: OrderRecord, why: string, lines: Line[]): void {
  const { clientOrderId: id, purpose, symbol } = record.order
  const { accountId } = ctx.trading
  const anew = purpose === 'stop' ? `, and place another: slipway trade ${accountId} stop-loss ${symbol} PRICE` : ''
  const text = `${describeOrder(ctx, record)} was acknowledged, and the broker does not know it any more; ${why}, so it counts as live. Look for it at the broker; if it is not there, end it with: slipway trade ${accountId} cancel-order ${id}${anew}`
  lines.push({ code: 'order-lost', text })
  if (book.unreconciled.includes(text)) return
  book.mustReconcile(text)
  ctx.log.error('order-lost', text, { clientOrderId: id })
}
