import { opposite, type NewOrder } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import { isProtective, isWorking } from '../../domain/order/protection.ts'
import { isPlanOpen, type PlanStep, type TradePlan } from '../../domain/order/trade-plan.ts'
import { epochMs, lots, type EpochMs } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { forbidsLateEntry } from '../bot/entry-blocks.ts'
import { heldOf, leavesOf, reduces, workingExits } from './account-view.ts'
import { freshOrderId } from './fresh-order-id.ts'
import { judgeEntry } from './judge-entry.ts'
import { cancelFor } from './size-protection.ts'
import { moveOrder, submitOrder } from './submit-order.ts'

/** What a plan does next; undefined while it waits for the venue. */
export type PlanMove = Readonly<{ plan: TradePlan; act: () => Promise<void> }>

/** Longest that a step may take to fill, ms; a venue that matches on bars gets some of them. */
const STEP_MS = 30_000
const STEP_BARS = 3

/** When a step begun now is given up. */
export function stepDeadline(ctx: BotContext, book: BotBook): EpochMs {
  return epochMs(marketNow(ctx, book.lastBar) + Math.max(STEP_MS, STEP_BARS * ctx.timeframeMs))
}

/** True when the time of a step is over. One that is far longer than a step has is from before the clock was set back. */
function isOver(ctx: BotContext, book: BotBook, deadline: EpochMs): boolean {
  const left = deadline - marketNow(ctx, book.lastBar)
  if (left <= 0) return true
  const longest = Math.max(...ctx.lanes.map(({ timeframeMs }) => timeframeMs))
  return left > 2 * Math.max(STEP_MS, STEP_BARS * longest)
}

/** Plans that can go on now. */
export function plansDue(ctx: BotContext, book: BotBook): readonly PlanMove[] {
  const moves: PlanMove[] = []
  for (const plan of book.plans.values()) {
    const act = plan.state === 'unwinding' ? unwindMove(ctx, book, plan) : openMove(ctx, book, plan)
    if (act) moves.push({ plan, act })
  }
  return moves
}

/** Makes a plan durable as it now is; one that is done is forgotten here. */
export function keepPlan(ctx: BotContext, book: BotBook, plan: TradePlan): void {
  ctx.store.transact(() => ctx.store.saveTradePlan(plan))
  if (isPlanOpen(plan)) book.plans.set(plan.signalId, plan)
  else book.plans.delete(plan.signalId)
}

function openMove(ctx: BotContext, book: BotBook, plan: TradePlan): (() => Promise<void>) | undefined {
  let units = Number.POSITIVE_INFINITY
  for (const [index, step] of plan.steps.entries()) {
    const record = book.orderOrThrow(step.clientOrderId)
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
  return () => Promise.resolve(keepPlan(ctx, book, { ...plan, state: 'done' }))
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
    if (state === 'done') endCall(ctx, plan, reason)
  }
}

function unwindMove(ctx: BotContext, book: BotBook, plan: TradePlan): (() => Promise<void>) | undefined {
  for (const { clientOrderId } of plan.steps) {
    const record = book.orderOrThrow(clientOrderId)
    if (!isOpen(record.status)) continue
    if (record.cancelReason || record.status === 'unknown') return undefined
    return async () => void (await cancelFor(ctx, book, record, 'the plan it belongs to has failed'))
  }
  // What was sold is bought back first: alone it could lose without limit.
  const sides = { sell: 0, buy: 1 }
  const order = (step: PlanStep) => sides[book.orderOrThrow(step.clientOrderId).order.side]
  for (const step of [...plan.steps].sort((a, b) => order(a) - order(b))) {
    const move = unwindStep(ctx, book, plan, step)
    if (move !== 'done') return move
  }
  return () => {
    keepPlan(ctx, book, { ...plan, state: 'unwound' })
    ctx.log.warn('plan-unwound', `What a failed trade had filled is closed again: ${plan.reason}`, {
      signalId: plan.signalId,
    })
    endCall(ctx, plan, plan.reason)
    return Promise.resolve()
  }
}

function unwindStep(
  ctx: BotContext,
  book: BotBook,
  plan: TradePlan,
  step: PlanStep,
): (() => Promise<void>) | undefined | 'done' {
  const leg = book.orderOrThrow(step.clientOrderId)
  const back = book.known(step.unwindId)
  if (back && isOpen(back.status)) {
    if (back.status !== 'intent') return undefined
    return () => sendBack(ctx, book, step, back)
  }
  const taken = (step.unwound ?? 0) + (back?.cumQty ?? 0)
  const side = opposite(leg.order.side)
  const held = reduces(heldOf(book, step.symbol), side) ? Math.abs(heldOf(book, step.symbol)) : 0
  const leaving = [...book.opens.values()].reduce(
    (sum, other) => sum + (other.order.symbol === step.symbol && other.order.purpose === 'exit' ? leavesOf(other) : 0),
    0,
  )
  const quantity = Math.min(leg.cumQty - taken, held - leaving)
  if (quantity <= 0) return 'done'
  if (!back) return () => sendUnwind(ctx, book, plan, step, leg, quantity)
  // It was refused or ended: the next try is another order, and waits a while.
  if (!isOver(ctx, book, plan.deadline)) return undefined
  const again: PlanStep = {
    ...step,
    unwindId: freshOrderId(ctx, book, plan.signalId, `unwind-${plan.steps.indexOf(step)}`),
    unwound: lots(taken),
  }
  const steps = plan.steps.map((one) => (one === step ? again : one))
  return () => {
    keepPlan(ctx, book, { ...plan, steps })
    return Promise.resolve()
  }
}

/** Sends what a crash kept from leaving, as much of it as there still is to take back. */
async function sendBack(ctx: BotContext, book: BotBook, step: PlanStep, { order }: OrderRecord): Promise<void> {
  const held = reduces(heldOf(book, step.symbol), order.side) ? Math.abs(heldOf(book, step.symbol)) : 0
  const quantity = Math.min(order.quantity, held - (workingExits(book, step.symbol) - order.quantity))
  if (quantity > 0) await submitOrder(ctx, book, step.unwindId, lots(quantity))
  else moveOrder(ctx, book, step.unwindId, 'abandoned', 'what it takes back is gone')
}

async function sendUnwind(
  ctx: BotContext,
  book: BotBook,
  plan: TradePlan,
  step: PlanStep,
  leg: OrderRecord,
  quantity: number,
): Promise<void> {
  const at = marketNow(ctx, book.lastBar)
  const order: NewOrder = {
    clientOrderId: step.unwindId,
    symbol: step.symbol,
    side: opposite(leg.order.side),
    quantity: lots(quantity),
    type: { kind: 'market' },
    timeInForce: 'day',
    purpose: 'exit',
  }
  const { replaces: _none, ...rest } = leg
  const record: OrderRecord = {
    ...{ ...rest, order, parent: undefined, cancelReason: '', status: 'intent', venueOrderId: undefined },
    ...{ cumQty: lots(0), reason: 'unwind', createdAt: at, updatedAt: at },
  }
  ctx.store.transact(() => {
    ctx.store.insertOrder(record)
    keepPlan(ctx, book, { ...plan, deadline: stepDeadline(ctx, book) })
  })
  book.remember(record)
  await submitOrder(ctx, book, order.clientOrderId)
}

/** Whoever asks again is told how it ended. */
function endCall(ctx: BotContext, plan: TradePlan, reason: string): void {
  const orders = plan.steps.map(({ clientOrderId }) => clientOrderId)
  const reasons = [{ code: 'plan-failed', text: reason }]
  ctx.store.transact(() => ctx.store.endTradeCall(plan.signalId, { kind: 'rejected', orders, reason, reasons }))
}
