import type { OrderReport, PositionReport } from '../../domain/broker/broker.ts'
import { formatMoney } from '../../domain/instrument/instrument.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { minorUnits } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { cancelOrder } from '../order-entry/submit-order.ts'
import { applyExecution } from '../order-events/apply-execution.ts'
import { foreignSymbols } from '../order-events/foreign-fills.ts'
import { describeOrder, describeType, held, moneyText, unanswered, type Line } from './report-line.ts'

/**
 * Looks at what the broker works: orders nobody here sent are told and left alone, and those that had ended here are
 * taken back into the books or canceled.
 *
 * @returns what it works; undefined when it did not say
 */
export async function findOtherOrders(
  ctx: BotContext,
  book: BotBook,
  lines: Line[],
): Promise<readonly OrderReport[] | undefined> {
  const reply = await ctx.broker.openOrders()
  if (!reply.ok) {
    unanswered('open orders', reply, lines)
    return undefined
  }
  for (const report of reply.value) {
    const record = book.known(report.clientOrderId)
    if (!record) lines.push({ code: 'order-foreign', text: foreignText(ctx, report) })
    else if (!isOpen(record.status)) await meetRevived(ctx, book, report, lines)
  }
  return reply.value
}

/** One that was written off lives on in the books; one that had ended may not live on at the broker. */
async function meetRevived(ctx: BotContext, book: BotBook, report: OrderReport, lines: Line[]): Promise<void> {
  const { clientOrderId } = report
  const before = book.orderOrThrow(clientOrderId)
  applyExecution(ctx, book, { order: report })
  const text = `${describeOrder(ctx, before)} was ${before.status} here, but the broker works it`
  if (book.opens.has(clientOrderId) && !before.cancelReason) {
    lines.push({ code: 'order-found', text: `${text}: it counts again` })
    return
  }
  lines.push({ code: 'order-revived', text: `${text}: canceling it there` })
  await cancelOrder(ctx, book, clientOrderId)
}

function foreignText(ctx: BotContext, report: OrderReport): string {
  const price = report.type ? describeType(report.type, ctx.instrumentOf(report.symbol)) : ''
  return `the broker works an order to ${report.side} ${report.leavesQty} ${report.symbol}${price} (${report.venueOrderId}) that this bot never sent; it is left alone`
}

/**
 * Compares every position of the account. A missing report is not "flat": what the broker does not list must be flat
 * here too, or the books differ.
 *
 * @returns what it holds; undefined when it did not say
 */
export async function comparePositions(
  ctx: BotContext,
  book: BotBook,
  lines: Line[],
): Promise<Readonly<{ agrees: boolean; positions: readonly PositionReport[] }> | undefined> {
  const reply = await ctx.broker.positions()
  if (!reply.ok) {
    unanswered('positions', reply, lines)
    return undefined
  }
  const theirs = new Map(reply.value.map(({ symbol, quantity }) => [symbol, quantity as number]))
  let agrees = true
  for (const symbol of new Set([...book.positions.keys(), ...theirs.keys()])) {
    const ours = book.positionOf(symbol).quantity
    const has = theirs.get(symbol) ?? 0
    if (has === ours) continue
    agrees = false
    const isKnown = ctx.instrumentOf(symbol) !== undefined
    lines.push({
      code: isKnown ? 'position-differs' : 'position-foreign',
      text: isKnown
        ? `${symbol}: ${held(ours)} here, ${theirs.has(symbol) ? held(has) : 'not listed'} at the broker`
        : `the broker holds ${symbol}, ${held(has)}, which this bot does not know; close it there, or describe the market in instruments.json and start the bot again`,
    })
  }
  return { agrees, positions: reply.value }
}

/**
 * Compares cash, and keeps what was said: money may be booked that moved without a fill.
 *
 * @param isAllElse all else that was compared agrees: then no fill is behind a difference
 */
export async function compareCash(
  ctx: BotContext,
  book: BotBook,
  lines: Line[],
  isAllElse: boolean,
): Promise<CashVerdict> {
  const reply = await ctx.broker.cash()
  if (!reply.ok) {
    unanswered('cash', reply, lines)
    return 'unanswered'
  }
  const { currency } = ctx.instrument
  const ours = ctx.store.ledgerBalance('cash', currency.code)
  book.cashSeen = { at: ctx.now(), oursMinor: ours, theirsMinor: reply.value }
  if (reply.value === ours) return 'agrees'
  lines.push({
    code: 'cash-differs',
    text: `cash is ${moneyText(currency, ours)} here and ${moneyText(currency, reply.value)} at the broker${whyDiffers(ctx, reply.value - ours, isAllElse)}`,
  })
  return 'differs'
}

export type CashVerdict = 'agrees' | 'differs' | 'unanswered'

/** What a person can do about it: the same difference in the same words, however often it is found. */
function whyDiffers(ctx: BotContext, difference: number, isAllElse: boolean): string {
  const unbooked = foreignSymbols(ctx)
  if (unbooked.length > 0)
    return `; fills of ${unbooked.join(', ')} are not booked, because nobody here knows how that counts: describe it in instruments.json and start the bot again`
  if (!isAllElse || ctx.broker.capabilities.cashByFillsOnly) return ''
  const amount = formatMoney(ctx.instrument.currency, minorUnits(Math.abs(difference)))
  const [moved, kind, others] =
    difference > 0
      ? ['came in', 'deposit', `interest ${amount}`]
      : ['went out', 'fee', `withdraw ${amount}, or interest -${amount}`]
  return `; if ${amount} ${moved} without a fill, book it: slipway cash ${ctx.trading.accountId} ${kind} ${amount} (or ${others})`
}
