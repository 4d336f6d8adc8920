import type { ReconciliationReport } from '../../domain/account/account-store.ts'
import { formatPrice } from '../../domain/instrument/instrument.ts'
import { isKeptByVenue } from '../../domain/order/protection.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { nakedEntries } from '../order-entry/repair-protection.ts'
import { tendOrders, tendProtection } from '../order-entry/tend-orders.ts'
import { applyFill } from '../order-events/apply-execution.ts'
import { compareCash, comparePositions, findOtherOrders } from './compare-account.ts'
import { unanswered, type Line } from './report-line.ts'
import { settleOrder } from './settle-order.ts'

/**
 * Brings our books and the broker's together: fills, then what protects them, then orders, then positions and cash.
 * Entries stay blocked until all agree; exits and cancels are never blocked by it.
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
  await protectFirst(ctx, book, lines)
  let settled = true
  for (const record of [...book.opens.values()]) if (!(await settleOrder(ctx, book, record, lines))) settled = false
  // Orders sent again may have been answered with fills that were already there.
  if (!(await takeMissedFills(ctx, book, lines))) return false
  await tendOrders(ctx, book, true)
  const others = await findOtherOrders(ctx, book, lines)
  const positions = await comparePositions(ctx, book, lines)
  const cash = await compareCash(ctx, lines)
  return noneOwed(book, lines) && settled && others && positions && cash
}

/** A broker that counts lots and does not tell their fills has not told everything, whatever else agrees. */
function noneOwed({ owedFills }: BotBook, lines: Line[]): boolean {
  if (!owedFills.some) return true
  lines.push({ code: 'fills-missing', text: 'the broker counts lots as filled whose fills it has not told yet' })
  return false
}

/** Before anything else: an entry that filled while its stop was not placed gets its stop. */
async function protectFirst(ctx: BotContext, book: BotBook, lines: Line[]): Promise<void> {
  const { capabilities } = ctx.broker
  const parents = new Set(
    [...book.opens.values()].flatMap((leg) =>
      leg.parent === undefined || isKeptByVenue(leg, capabilities) ? [] : [leg.parent],
    ),
  )
  for (const parent of parents) {
    const entry = book.opens.get(parent)
    if (entry) await settleOrder(ctx, book, entry, lines)
  }
  for (const { entry, stop } of nakedEntries(ctx, book, false))
    if (stop > 0)
      lines.push({
        code: 'stop-missing',
        text: `${entry.order.side === 'buy' ? 'long' : 'short'} ${stop} ${entry.order.symbol} had no stop: placing it before anything else`,
      })
  await tendProtection(ctx, book)
}

async function takeMissedFills(ctx: BotContext, book: BotBook, lines: Line[]): Promise<boolean> {
  const reply = await ctx.broker.fillsSince(ctx.store.fillCursor())
  if (!reply.ok) return unanswered('fills', reply, lines)
  const { fills, cursor } = reply.value
  for (const fill of fills) {
    const instrument = ctx.instrumentOf(fill.symbol)
    const at = instrument ? ` at ${formatPrice(instrument, fill.price)}` : ''
    const what = `${fill.side} ${fill.quantity} ${fill.symbol}${at} (fill ${fill.fillId})`
    if (applyFill(ctx, book, fill)) lines.push({ code: 'fill-recovered', text: `${what} was missing here` })
    else if (!instrument) lines.push({ code: 'fill-foreign', text: `${what} is of a market this bot does not trade` })
  }
  if (cursor !== undefined) ctx.store.transact(() => ctx.store.saveFillCursor(cursor))
  return true
}
