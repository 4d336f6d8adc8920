import type { OrderPurpose } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { ASKED_FOR } from '../../domain/order/protection.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { freshOrderId } from './fresh-order-id.ts'

/** An order that takes another's place, and the legs that are written with it. */
export type Successor = Readonly<{ entry: OrderRecord; legs: readonly OrderRecord[] }>

/**
 * Gives an entry that takes another's place a stop and a target of its own: those of the other end with it, or protect
 * what it has filled. They stand where those stood last; one that a person canceled stays away.
 *
 * @param before    the entry whose place is taken
 * @param successor the order that takes it, not sent yet
 */
export function withLegs(ctx: BotContext, book: BotBook, before: OrderRecord, successor: OrderRecord): Successor {
  const [stop, target] = legsLeft(ctx, before)
  const like = (leg: OrderRecord, purpose: 'stop' | 'target'): OrderRecord => {
    const { replaces: _replaced, ...rest } = leg
    const { oco: _before, ...plain } = leg.order
    const clientOrderId = freshOrderId(ctx, book, before.signalId, purpose)
    return {
      ...rest,
      order: { ...plain, clientOrderId, quantity: successor.order.quantity },
      parent: successor.order.clientOrderId,
      ...{ cancelReason: '', status: 'intent', venueOrderId: undefined, cumQty: lots(0), reason: purpose },
      ...{ createdAt: successor.createdAt, updatedAt: successor.updatedAt },
    }
  }
  const [nextStop, nextTarget] = [stop && like(stop, 'stop'), target && like(target, 'target')]
  if (!nextStop || !nextTarget)
    return { entry: successor, legs: [nextStop, nextTarget].filter((leg) => leg !== undefined) }
  const [stopId, targetId] = [nextStop.order.clientOrderId, nextTarget.order.clientOrderId]
  const legs = [
    { ...nextStop, order: { ...nextStop.order, oco: targetId } },
    { ...nextTarget, order: { ...nextTarget.order, oco: stopId } },
  ]
  const [{ type: at }, { type: to }] = [nextStop.order, nextTarget.order]
  if (!before.order.bracket || at.kind !== 'stop' || to.kind !== 'limit') return { entry: successor, legs }
  const bracket = {
    stop: { clientOrderId: stopId, stopPx: at.stopPx },
    target: { clientOrderId: targetId, limitPx: to.limitPx },
  }
  return { entry: { ...successor, order: { ...successor.order, bracket } }, legs }
}

/** True where the venue keeps a bracket of which a person has canceled one leg: it takes none that is half. */
export function isHalfBracket(ctx: BotContext, entry: OrderRecord): boolean {
  return entry.order.bracket !== undefined && legsLeft(ctx, entry).includes(undefined)
}

/** The stop and the target that belong to an entry, as they were last. */
function legsLeft({ store }: BotContext, { order }: OrderRecord) {
  const legs = order.purpose === 'entry' ? store.ordersUnder(order.clientOrderId) : []
  const last = (purpose: OrderPurpose) => {
    const leg = legs.findLast((one) => one.order.purpose === purpose)
    return leg?.cancelReason === ASKED_FOR ? undefined : leg
  }
  return [last('stop'), last('target')] as const
}
