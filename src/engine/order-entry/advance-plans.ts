import { opposite, signOf } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { isProtective, isWorking } from '../../domain/order/protection.ts'
import type { PlanStep, TradePlan } from '../../domain/order/trade-plan.ts'
import { epochMs, lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { forbidsLateEntry } from '../bot/entry-blocks.ts'
import { heldOf, reduces, restingExits, untoldOf, workingExits } from './account-view.ts'
import { judgeEntry } from './judge-entry.ts'
import { endPlanCall, isOver, keepPlan, stepDeadline, stepMs } from './keep-plan.ts'
import { cancelFor } from './size-protection.ts'
import { moveOrder, submitOrder } from './submit-order.ts'
import { unwindMove } from './unwind-plan.ts'

/** What a plan does next; undefined while it waits for the venue. */
export type PlanMove = Readonly<{ plan: TradePlan; act: () => Promise<void> }>

/** Plans that can go on now. */
export function plansDue(ctx: BotContext, book: BotBook): readonly PlanMove[] {
  const moves: PlanMove[] = []
  for (const plan of book.plans.values()) {
    const act = plan.state === 'unwinding' ? unwindMove(ctx, book, plan) : openMove(ctx, book, plan)
    if (act) moves.push({ plan, act })
  }
  return moves
}

function openMove(ctx: BotContext, book: BotBook, plan: TradePlan): (() => Promise<void>) | undefined {
  let units = Number.POSITIVE_INFINITY
  for (const [index, step] of plan.steps.entries()) {
    const record = book.orderOrThrow(step.clientOrderId)
    const against =
      plan.kind === 'legs' && isOpen(record.status) ? whyNoMore(ctx, book, plan, index, record) : undefined
    if (against !== undefined) return giveUp(ctx, book, plan, against)
    if (record.status === 'intent') return sendMove(ctx, book, plan, index, record, units)
    if (isOpen(record.status)) {
      // Nobody knows yet what became of it: only the broker can tell, and reconciliation asks.
      if (!isWorking(record.status) || record.status === 'unknown' || record.cancelReason) return undefined
      if (!isOver(ctx, book, plan.deadline)) return undefined
      return async () => void (await cancelFor(ctx, book, record, 'its part of a plan took too long to fill'))
    }
    const filled = record.cumQty / step.ratio
    const wanted = index === 0 ? record.order.quantity / step.ratio : units
    if (filled < wanted && (index > 0 || filled === 0 || !Number.isInteger(filled) || plan.kind === 'reverse'))
      return giveUp(ctx, book, plan, shortfall(record))
    units = filled
  }
  const closed = plan.kind === 'legs' ? closedOf(book, plan.steps) : undefined
  if (closed !== undefined) return giveUp(ctx, book, plan, closed)
  return () => Promise.resolve(keepPlan(ctx, book, { ...plan, state: 'done' }))
}

/** Why the rest of a trade of several legs is not made any more; undefined while it is. */
function whyNoMore(ctx: BotContext, book: BotBook, plan: TradePlan, index: number, record: OrderRecord) {
  const closed = closedOf(book, plan.steps.slice(0, index))
  if (closed !== undefined) return closed
  if (record.status !== 'intent') return book.stop && !book.stop.keepOrders ? 'the bot is stopping' : undefined
  if (index === 0) return undefined
  // One more than its own: the leg before may have taken all of it, and have been canceled then.
  if (isOver(ctx, book, epochMs(plan.deadline + stepMs(ctx)))) return 'its next leg was not sent in time'
  return forbidsLateEntry(ctx.laneOf(record.order.symbol), book)?.text
}

/**
 * Which leg that has filled is not held in full any more, or not for long; undefined where all are. The others alone are
 * another trade, and one that was sold may have no largest loss: what closes one leg ends the whole.
 */
function closedOf(book: BotBook, steps: readonly PlanStep[]): string | undefined {
  for (const { clientOrderId, symbol } of steps) {
    const { order, cumQty } = book.orderOrThrow(clientOrderId)
    const untold = untoldOf(book, (id) => id === clientOrderId)
    const leaving = workingExits(book, symbol, opposite(order.side)) - restingExits(book, symbol)
    if (signOf(order.side) * heldOf(book, symbol) + untold - leaving < cumQty)
      return `${order.side} ${cumQty} ${symbol}, which belongs to it, was closed`
  }
  return undefined
}

function shortfall({ order, status, cumQty, reason }: OrderRecord): string {
  const what = `${order.side} ${order.quantity} ${order.symbol}`
  if (status === 'rejected') return `the broker rejected ${what}: ${reason}`
  return `${what} filled ${cumQty} and was ${status}`
}

function sendMove(
  ctx: BotContext,
  book: BotBook,
  plan: TradePlan,
  index: number,
  record: OrderRecord,
  units: number,
): (() => Promise<void>) | undefined {
  const { order } = record
  const step = plan.steps[index]!
  const quantity = Math.min(order.quantity, units * step.ratio)
  if (plan.kind === 'reverse' && index > 0) return sendOtherHalf(ctx, book, plan, record)
  if (book.flattening || book.stop?.flatten) return giveUp(ctx, book, plan, 'everything is being closed')
  const against = index === 0 ? notBegun(ctx, book, plan, record) : undefined
  if (against !== undefined) return giveUp(ctx, book, plan, against)
  return async () => {
    keepPlan(ctx, book, { ...plan, deadline: stepDeadline(ctx, book) })
    await submitOrder(ctx, book, order.clientOrderId, lots(quantity))
  }
}

/** Why a plan that a crash kept from beginning is not begun late; undefined while it still means what was asked for. */
function notBegun(ctx: BotContext, book: BotBook, { kind, deadline }: TradePlan, { order }: OrderRecord) {
  if (kind !== 'reverse') {
    if (isOver(ctx, book, deadline)) return 'it was not sent in time'
    return forbidsLateEntry(ctx.laneOf(order.symbol), book)?.text
  }
  const held = heldOf(book, order.symbol)
  if (reduces(held, order.side) && Math.abs(held) === order.quantity) return undefined
  return `${order.symbol} is not held as it was`
}

/** The new half of a turned position: only of a flat account, and only if nothing has come to speak against it. */
function sendOtherHalf(
  ctx: BotContext,
  book: BotBook,
  plan: TradePlan,
  record: OrderRecord,
): (() => Promise<void>) | undefined {
  const { order } = record
  if (heldOf(book, order.symbol) !== 0) {
    if (!isOver(ctx, book, plan.deadline)) return undefined
    return giveUp(ctx, book, plan, `${order.symbol} is not flat`)
  }
  // The computer slept, or something stood in the way: by now the price may be another.
  if (isOver(ctx, book, plan.deadline)) return giveUp(ctx, book, plan, `${order.symbol} was closed too late`)
  const inTheWay = [...book.opens.values()].some(
    (other) => other.order.symbol === order.symbol && isProtective(other) && isWorking(other.status),
  )
  if (inTheWay) return undefined
  const at = marketNow(ctx, book.lastBar)
  const { clientOrderId: but, symbol, side, quantity } = order
  const judged = judgeEntry({ ctx, book, at }, { symbol, side, quantity }, { but })
  if (judged.kind === 'denied') {
    // Books are compared after every start, and whenever an answer was lost: that passes.
    if (judged.reasons.every(({ code }) => code === 'not-reconciled')) return undefined
    return giveUp(ctx, book, plan, judged.reasons.map(({ text }) => text).join('; '))
  }
  return async () => {
    keepPlan(ctx, book, { ...plan, deadline: stepDeadline(ctx, book) })
    await submitOrder(ctx, book, order.clientOrderId, judged.quantity)
  }
}

/** A step has failed: what was not sent never is, and what the others filled is taken back. */
function giveUp(ctx: BotContext, book: BotBook, plan: TradePlan, reason: string): () => Promise<void> {
  return async () => {
    ctx.log.error('plan-failed', `A trade of several orders is taken back: ${reason}`, { signalId: plan.signalId })
    // What a reversal closed was wanted closed.
    const state = plan.kind === 'reverse' ? 'done' : 'unwinding'
    for (const { clientOrderId } of plan.steps)
      if (book.orderOrThrow(clientOrderId).status === 'intent')
        moveOrder(ctx, book, clientOrderId, 'abandoned', `the plan it belongs to has failed: ${reason}`)
    keepPlan(ctx, book, { ...plan, state, reason })
    if (state === 'done') endPlanCall(ctx, plan, reason)
  }
}
