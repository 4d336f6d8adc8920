import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isKeptByVenue } from '../../domain/order/protection.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import type { Line } from '../reconciliation/report-line.ts'
import { takeMissedFills } from '../reconciliation/take-missed-fills.ts'
import { plansDue } from './advance-plans.ts'
import { followSuccessor, successorsDue } from './follow-successors.ts'
import { nakedEntries, repairProtection } from './repair-protection.ts'
import { shrink, shrinksOf } from './size-protection.ts'
import { moveStop, trailsDue } from './trail-stops.ts'

/** Times that one order is dealt with before the loop goes on: what the broker does not answer is not asked for ever. */
const MOST_TIMES = 3
/** A plan may send and take back each of its orders in one go. */
const PLAN_MOVES = 32

/**
 * Does what orders ask for between commands, so that every position has its protection and nothing more: places stops of
 * what entries have filled, sends what waited for another order's end, makes protective orders as small as the position,
 * trails stops, and carries plans of several orders on.
 *
 * Safe to call at any time, and cheap when there is nothing to do. What it decides it decides from durable state alone,
 * so that a bot that starts again goes on where it was; not before the broker has answered, for what the broker does by
 * itself is left to it.
 *
 * @param thoroughly looks for what only state.db remembers too; at start, and after books were compared
 * @returns undefined when there was nothing to do
 */
export function tendOrders(ctx: BotContext, book: BotBook, thoroughly = false): Promise<void> | undefined {
  if (!book.brokerAnswered) return undefined
  if (!mayNeedTending(ctx, book) && !(thoroughly && book.holding)) return undefined
  const tried = new Map<string, number>()
  return nextStep(ctx, book, thoroughly, tried) ? tend(ctx, book, thoroughly, tried) : undefined
}

/** Most bars find nothing open, or a bracket that the venue keeps: they must cost next to nothing. */
function mayNeedTending({ broker: { capabilities } }: BotContext, book: BotBook): boolean {
  if (book.plans.size > 0 || book.lapsed.size > 0) return true
  const mayBeLeft = (record: OrderRecord) =>
    !isKeptByVenue(record, capabilities) || !book.positions.has(record.order.symbol)
  for (const record of book.opens.values())
    if (record.status === 'intent' || (record.order.purpose !== 'entry' && mayBeLeft(record))) return true
  return false
}

async function tend(ctx: BotContext, book: BotBook, thoroughly: boolean, tried: Map<string, number>): Promise<void> {
  for (let step = nextStep(ctx, book, thoroughly, tried); step; step = nextStep(ctx, book, thoroughly, tried)) {
    tried.set(step.what, (tried.get(step.what) ?? 0) + 1)
    await step.act()
  }
  book.lapsed.clear()
}

/**
 * A stop that ended unasked may have been ended by what closed the position: what has filled is asked for before another
 * is placed.
 */
async function askWhatFilled(ctx: BotContext, book: BotBook): Promise<void> {
  for (const symbol of book.lapsed.keys()) book.lapsed.set(symbol, 'asked')
  const lines: Line[] = []
  if (!(await takeMissedFills(ctx, book, lines))) book.mustReconcile('a stop ended, and the broker did not say why')
  for (const { code, text } of lines) ctx.log.info(code, text)
}

/** The part of `tendOrders` that can't wait for anything: stops and targets of what entries have filled. */
export async function tendProtection(ctx: BotContext, book: BotBook): Promise<void> {
  const tried = new Map<string, number>()
  for (let step = nakedStep(ctx, book, false, tried); step; step = nakedStep(ctx, book, false, tried)) {
    tried.set(step.what, (tried.get(step.what) ?? 0) + 1)
    await step.act()
  }
}

function nakedStep(
  ctx: BotContext,
  book: BotBook,
  thoroughly: boolean,
  tried: ReadonlyMap<string, number>,
): Step | undefined {
  for (const naked of nakedEntries(ctx, book, thoroughly)) {
    const what = `protect ${naked.entry.order.clientOrderId} ${naked.stop > 0 ? 'stop' : 'target'}`
    if ((tried.get(what) ?? 0) < MOST_TIMES) return { what, act: () => repairProtection(ctx, book, naked) }
  }
  return undefined
}

type Step = Readonly<{ what: string; act: () => Promise<void> }>

/** One thing at a time, what protects before what opens: every reply may change what is due next. */
function nextStep(
  ctx: BotContext,
  book: BotBook,
  thoroughly: boolean,
  tried: ReadonlyMap<string, number>,
): Step | undefined {
  const isFresh = (what: string, most = MOST_TIMES) => (tried.get(what) ?? 0) < most
  if ([...book.lapsed.values()].includes('told') && isFresh('fills'))
    return { what: 'fills', act: () => askWhatFilled(ctx, book) }
  const naked = nakedStep(ctx, book, thoroughly, tried)
  if (naked) return naked
  for (const successor of successorsDue(book)) {
    const what = `send ${successor.order.clientOrderId}`
    if (isFresh(what, 1)) return { what, act: () => followSuccessor(ctx, book, successor) }
  }
  for (const due of shrinksOf(ctx, book)) {
    const what = `shrink ${due.id}`
    if (isFresh(what)) return { what, act: () => shrink(ctx, book, due) }
  }
  for (const trail of trailsDue(ctx, book)) {
    const what = `trail ${trail.record.order.clientOrderId}`
    if (isFresh(what, 1)) return { what, act: () => moveStop(ctx, book, trail) }
  }
  for (const { plan, act } of plansDue(ctx, book)) {
    const what = `plan ${plan.signalId}`
    if (isFresh(what, PLAN_MOVES)) return { what, act }
  }
  return undefined
}
