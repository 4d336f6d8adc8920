import { isPlanOpen, type TradePlan } from '../../domain/order/trade-plan.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'

/** Longest that a step may take to fill, ms; a venue that matches on bars gets some of them. */
const STEP_MS = 30_000
const STEP_BARS = 3

/** When a step begun now is given up. */
export function stepDeadline(ctx: BotContext, book: BotBook): EpochMs {
  return epochMs(marketNow(ctx, book.lastBar) + stepMs(ctx))
}

/** How long a step may take, ms. */
export function stepMs({ timeframeMs }: BotContext): number {
  return Math.max(STEP_MS, STEP_BARS * timeframeMs)
}

/** True when the time of a step is over. One that is far longer than a step has is from before the clock was set back. */
export function isOver(ctx: BotContext, book: BotBook, deadline: EpochMs): boolean {
  const left = deadline - marketNow(ctx, book.lastBar)
  if (left <= 0) return true
  const longest = Math.max(...ctx.lanes.map(({ timeframeMs }) => timeframeMs))
  return left > 2 * Math.max(STEP_MS, STEP_BARS * longest)
}

/** Makes a plan durable as it now is; one that is done is forgotten here. */
export function keepPlan(ctx: BotContext, book: BotBook, plan: TradePlan): void {
  ctx.store.transact(() => ctx.store.saveTradePlan(plan))
  if (isPlanOpen(plan)) book.plans.set(plan.signalId, plan)
  else book.plans.delete(plan.signalId)
}

/** Whoever asks again is told how it ended. */
export function endPlanCall(ctx: BotContext, plan: TradePlan, reason: string): void {
  const orders = plan.steps.map(({ clientOrderId }) => clientOrderId)
  const reasons = [{ code: 'plan-failed', text: reason }]
  ctx.store.transact(() => ctx.store.endTradeCall(plan.signalId, { kind: 'rejected', orders, reason, reasons }))
}

/**
 * What a trade that was taken back fills after all is taken back as well, in the transaction that books it: a leg alone is
 * another trade, and one that was sold may have no largest loss.
 */
export function takeBackLateFill(ctx: BotContext, book: BotBook, signalId: string): void {
  if (book.plans.has(signalId)) return
  const plan = ctx.store.tradePlan(signalId)
  if (plan?.state === 'unwound') keepPlan(ctx, book, { ...plan, state: 'unwinding' })
}
