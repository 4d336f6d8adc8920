import { opposite, type NewOrder } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { isOpen } from '../../domain/order/order-status.ts'
import type { PlanStep, TradePlan } from '../../domain/order/trade-plan.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { heldOf, isResting, opensOf, reduces, untoldOf, workingExits } from './account-view.ts'
import { freshOrderId } from './fresh-order-id.ts'
import { endPlanCall, isOver, keepPlan, stepDeadline } from './keep-plan.ts'
import { cancelFor } from './size-protection.ts'
import { moveOrder, submitOrder } from './submit-order.ts'

/** What a failed trade of several orders does next to take back what it has filled; undefined while it waits for the venue. */
export function unwindMove(ctx: BotContext, book: BotBook, plan: TradePlan): (() => Promise<void>) | undefined {
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
    endPlanCall(ctx, plan, plan.reason)
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
  if (taken >= leg.cumQty) return 'done'
  // Until its fill is told, what is held is a guess: "nothing" would leave the leg there for ever.
  if (untoldOf(book, (id) => book.known(id)?.order.symbol === step.symbol) > 0) return undefined
  const side = opposite(leg.order.side)
  const held = reduces(heldOf(book, step.symbol), side) ? Math.abs(heldOf(book, step.symbol)) : 0
  if (held === 0) return 'done'
  const resting = opensOf(book, step.symbol).find(isResting)
  if (resting && (resting.status === 'intent' || !resting.cancelReason))
    return async () => void (await cancelFor(ctx, book, resting, 'what it closes is taken back'))
  const quantity = Math.min(leg.cumQty - taken, held - workingExits(book, step.symbol))
  // Another exit has it: should that be refused, it is still to be taken back.
  if (quantity <= 0) return undefined
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
