import type { ReconciliationReport } from '../../domain/account/account-store.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import { isKeptByVenue } from '../../domain/order/protection.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { closeOvershot, overshotNow } from '../order-entry/close-overshot.ts'
import { successorsDue } from '../order-entry/follow-successors.ts'
import { hasLapsed } from '../order-entry/lapsed-stop.ts'
import { nakedEntries, type Naked } from '../order-entry/repair-protection.ts'
import { tendOrders, tendProtection } from '../order-entry/tend-orders.ts'
import { compareCash, comparePositions, findOtherOrders } from './compare-account.ts'
import { endForgotten } from './end-forgotten.ts'
import { describeOrder, type Line } from './report-line.ts'
import { settleOrder } from './settle-order.ts'
import { takeMissedFills } from './take-missed-fills.ts'

/**
 * Brings our books and the broker's together: fills, then what protects them, then orders, then positions and cash.
 * Entries stay blocked until all agree; exits and cancels are never blocked by it.
 *
 * Safe to repeat at any time and after a crash inside it: fills are known by their id, orders by theirs, and an order is
 * sent again only when it was certainly never sent, or when the broker refuses duplicates for good.
 *
 * @returns what was found and done, also appended to the account's records
 */
export async function reconcile(ctx: BotContext, book: BotBook): Promise<Reconciled> {
  const lines: Line[] = []
  const { agrees, holdingAgrees, allButCash } = await compare(ctx, book, lines)
  const overshot = holdingAgrees ? overshotNow(ctx, book) : []
  for (const { origin, side, quantity } of overshot)
    lines.push({
      code: 'overshot',
      text: `${side === 'buy' ? 'short' : 'long'} ${quantity} ${origin.order.symbol} because more than one order closed it: closing them`,
    })
  const report: ReconciliationReport = { at: ctx.now(), agrees, lines }
  // A broker that says the same every few seconds is told of once.
  const isOther = ctx.store.transact(() => {
    if (agrees) ctx.confirmAccount?.()
    return ctx.store.appendReconciliation(report)
  })
  const isNews = isOther || (agrees && book.unreconciled.length > 0)
  if (agrees) book.reconciled()
  if (isNews) {
    for (const line of lines) ctx.log.info(line.code, line.text)
    if (agrees) ctx.log.info('reconciled', 'Orders, fills, position and cash agree with the broker')
    else ctx.log.warn('not-reconciled', 'The books differ from the broker: no new entries until they agree')
    ctx.changed()
  }
  for (const one of overshot) await closeOvershot(ctx.laneOf(one.origin.order.symbol), book, one)
  return { ...report, allButCash }
}

/** A report, and whether nothing but the cash may be left to explain: every question was answered, and all else agrees. */
export type Reconciled = ReconciliationReport & Readonly<{ allButCash: boolean }>

/** `agrees`: nothing is left to explain. `holdingAgrees`: what is held is what the broker says, and every order is known. */
type Comparison = Readonly<{ agrees: boolean; holdingAgrees: boolean; allButCash: boolean }>
const UNANSWERED: Comparison = { agrees: false, holdingAgrees: false, allButCash: false }

async function compare(ctx: BotContext, book: BotBook, lines: Line[]): Promise<Comparison> {
  if (!(await takeMissedFills(ctx, book, lines))) return UNANSWERED
  await protectFirst(ctx, book, lines)
  let settled = true
  const forgotten = new Set<ClientOrderId>()
  for (const id of [...book.opens.keys()]) if (!(await settleOrder(ctx, book, id, lines, forgotten))) settled = false
  // Orders sent again may have been answered with fills that were already there.
  if (!(await takeMissedFills(ctx, book, lines))) return UNANSWERED
  tellMissingStops(ctx, book, lines)
  await tendOrders(ctx, book, true)
  const others = await findOtherOrders(ctx, book, lines)
  const theirs = await comparePositions(ctx, book, lines)
  if (others && theirs && (await endForgotten(ctx, book, forgotten, { working: others, ...theirs }, lines))) {
    tellMissingStops(ctx, book, lines)
    await tendOrders(ctx, book, true)
  }
  const positions = theirs?.agrees === true
  const isHolding = settled && positions && others !== undefined
  const cash = await compareCash(ctx, book, lines, isHolding && !book.owedFills.some)
  const holdingAgrees = noneOwed(book, lines) && settled && positions
  const allButCash = holdingAgrees && others !== undefined && cash !== 'unanswered'
  return { agrees: allButCash && cash === 'agrees', holdingAgrees, allButCash }
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
  for (const parent of parents) await settleOrder(ctx, book, parent, lines)
  tellNaked(nakedEntries(ctx, book, false), lines)
  await tendProtection(ctx, book)
}

/** Stops that ended unasked, found out by comparing: each is put back. */
function tellMissingStops(ctx: BotContext, book: BotBook, lines: Line[]): void {
  tellNaked(nakedEntries(ctx, book, true), lines)
  for (const { replaces } of successorsDue(book)) {
    const before = replaces === undefined ? undefined : book.known(replaces)
    if (before && hasLapsed(before))
      lines.push({
        code: 'stop-missing',
        text: `${describeOrder(ctx, before)} was ${before.status} although nobody asked for that: placing it again`,
      })
  }
}

function tellNaked(naked: readonly Naked[], lines: Line[]): void {
  for (const { entry, stop } of naked)
    if (stop > 0)
      lines.push({
        code: 'stop-missing',
        text: `${entry.order.side === 'buy' ? 'long' : 'short'} ${stop} ${entry.order.symbol} had no stop: placing it before anything else`,
      })
}
