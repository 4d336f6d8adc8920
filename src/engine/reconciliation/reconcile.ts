import type { ReconciliationReport } from '../../domain/account/account-store.ts'
import type { OrderReport, Reply } from '../../domain/broker/broker.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { cancelOrder, moveOrder, submitOrder } from '../order-entry/submit-order.ts'
import { applyExecution, applyFill } from '../order-events/apply-execution.ts'
import { judgeUnsent } from './judge-unsent.ts'

type Line = ReconciliationReport['lines'][number]

/**
 * Brings our books and the broker's together: fills, then orders, then positions and cash. Entries stay blocked until
 * all agree; exits and cancels are never blocked by it.
 *
 * Safe to repeat at any time and after a crash inside it: fills are known by their id, orders by theirs, and an order is
 * sent again only when it was certainly never sent, or when the broker refuses duplicates for good.
 *
 * @returns what was found and done, also appended to the account's records
 */
export async function reconcile(ctx: BotContext, book: BotBook): Promise<ReconciliationReport> {
  const lines: Line[] = []
  const agrees = await compare(ctx, book, lines)
  const report: ReconciliationReport = { at: ctx.now(), agrees, lines }
  // A broker that says the same every few seconds is told of once.
  const isNews =
    ctx.store.transact(() => ctx.store.appendReconciliation(report)) || (agrees && book.unreconciled.length > 0)
  if (agrees) book.reconciled()
  if (!isNews) return report
  for (const line of lines) ctx.log.info(line.code, line.text)
  if (agrees) ctx.log.info('reconciled', 'Orders, fills, position and cash agree with the broker')
  else ctx.log.warn('not-reconciled', 'The books differ from the broker: no new entries until they agree')
  ctx.changed()
  return report
}

/** @returns true when nothing is left to explain */
async function compare(ctx: BotContext, book: BotBook, lines: Line[]): Promise<boolean> {
  if (!(await takeMissedFills(ctx, book, lines))) return false
  let settled = true
  for (const record of [...book.opens.values()]) if (!(await settleOrder(ctx, book, record, lines))) settled = false
  // Orders sent again may have been answered with fills that were already there.
  if (!(await takeMissedFills(ctx, book, lines))) return false
  const foreign = await findForeignOrders(ctx, book, lines)
  const position = await comparePosition(ctx, book, lines)
  const cash = await compareCash(ctx, lines)
  return settled && foreign && position && cash
}

async function takeMissedFills(ctx: BotContext, book: BotBook, lines: Line[]): Promise<boolean> {
  const reply = await ctx.broker.fillsSince(ctx.store.fillCursor())
  if (!reply.ok) return unanswered('fills', reply, lines)
  const { fills, cursor } = reply.value
  for (const fill of fills)
    if (applyFill(ctx, book, fill))
      lines.push({
        code: 'fill-recovered',
        text: `fill ${fill.fillId} of ${fill.quantity} ${fill.symbol} was missing here`,
      })
  if (cursor !== undefined) ctx.store.transact(() => ctx.store.saveFillCursor(cursor))
  return true
}

async function settleOrder(ctx: BotContext, book: BotBook, record: OrderRecord, lines: Line[]): Promise<boolean> {
  const id = record.order.clientOrderId
  if (!book.opens.has(id)) return true
  const reply = await ctx.broker.orderByClientId(id)
  if (!reply.ok) return unanswered(`order ${id}`, reply, lines)
  if (reply.value) {
    const before = record.status
    applyExecution(ctx, book, { order: reply.value })
    if (before !== reply.value.status)
      lines.push({
        code: 'order-settled',
        text: `order ${id} was ${before} here, the broker says ${reply.value.status}`,
      })
    return true
  }
  // Legs live and die with their entry: the venue gets them with it.
  if (record.parent !== undefined && book.opens.has(record.parent)) return true
  return settleAbsent(ctx, book, record, lines)
}

/** The broker does not know an order of ours that should be open. */
async function settleAbsent(ctx: BotContext, book: BotBook, record: OrderRecord, lines: Line[]): Promise<boolean> {
  const id = record.order.clientOrderId
  const verdict = judgeUnsent(record, {
    capabilities: ctx.broker.capabilities,
    now: marketNow(ctx, book.lastBar),
    position: book.positionOf(record.order.symbol).quantity,
    staleAfterMs: ctx.timeframeMs,
  })
  switch (verdict.kind) {
    case 'send':
      // What an exit closes must not grow while it is on its way: its entry is canceled first, as when it was decided.
      if (record.order.purpose === 'exit')
        for (const { order } of [...book.opens.values()])
          if (order.purpose === 'entry') await cancelOrder(ctx, book, order.clientOrderId)
      lines.push({ code: 'order-sent-again', text: `order ${id}: ${verdict.why}` })
      return (await submitOrder(ctx, book, id)).kind !== 'unknown'
    case 'abandon':
      moveOrder(ctx, book, id, 'abandoned', verdict.why)
      lines.push({ code: 'order-abandoned', text: `order ${id}: ${verdict.why}` })
      return true
    case 'wait':
      lines.push({ code: 'order-missing', text: `order ${id}: ${verdict.why}` })
      return false
  }
}

async function findForeignOrders(ctx: BotContext, book: BotBook, lines: Line[]): Promise<boolean> {
  const reply = await ctx.broker.openOrders()
  if (!reply.ok) return unanswered('open orders', reply, lines)
  for (const report of reply.value)
    if (!book.known(report.clientOrderId)) lines.push({ code: 'order-foreign', text: foreignText(report) })
  return true
}

function foreignText(report: OrderReport): string {
  return `the broker works ${report.side} ${report.leavesQty} ${report.symbol} (${report.venueOrderId}) that this bot never sent; it is left alone`
}

/** A missing report is not "flat": what the broker does not list must be 0 here too, or the books differ. */
async function comparePosition(ctx: BotContext, book: BotBook, lines: Line[]): Promise<boolean> {
  const reply = await ctx.broker.positions()
  if (!reply.ok) return unanswered('positions', reply, lines)
  const theirs = new Map(reply.value.map(({ symbol, quantity }) => [symbol, quantity as number]))
  let agrees = true
  for (const symbol of new Set([...book.positions.keys(), ...theirs.keys()])) {
    const ours = book.positionOf(symbol).quantity
    const has = theirs.get(symbol) ?? 0
    if (has === ours) continue
    lines.push({ code: 'position-differs', text: `${symbol}: ${ours} lots here, ${has} at the broker` })
    agrees = false
  }
  return agrees
}

async function compareCash(ctx: BotContext, lines: Line[]): Promise<boolean> {
  const reply = await ctx.broker.cash()
  if (!reply.ok) return unanswered('cash', reply, lines)
  const ours = ctx.store.ledgerBalance('cash', ctx.instrument.currency.code)
  if (reply.value === ours) return true
  lines.push({ code: 'cash-differs', text: `cash is ${ours} here and ${reply.value} at the broker, in minor units` })
  return false
}

function unanswered(what: string, reply: Extract<Reply<unknown>, { ok: false }>, lines: Line[]): false {
  lines.push({ code: 'broker-silent', text: `the broker did not answer about ${what} (${reply.failure.kind})` })
  return false
}
