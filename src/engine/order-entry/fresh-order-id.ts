import type { ClientOrderId } from '../../domain/order/order.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { deriveClientOrderId, type OrderIdentity } from './derive-client-order-id.ts'

/** The first name of this leg of a signal that no order has yet. */
export function freshOrderId(
  ctx: BotContext,
  book: BotBook,
  signalId: string,
  leg: OrderIdentity['leg'],
): ClientOrderId {
  const { accountId } = ctx.trading
  const { strategyId } = ctx
  const named = (attempt: number) =>
    deriveClientOrderId(ctx.sha256Hex, { accountId, strategyId, signalId, leg, attempt })
  return named(firstFreeAttempt(2, (attempt) => book.known(named(attempt)) !== undefined))
}

/**
 * The first attempt that has no order yet. Attempts follow one another without a gap, so it need not look at each: a
 * weekend of refused exits makes tens of thousands of one signal.
 *
 * @returns one that `isTaken` said no to, whatever the others are
 */
export function firstFreeAttempt(first: number, isTaken: (attempt: number) => boolean): number {
  if (!isTaken(first)) return first
  let taken = first
  let free = first + 1
  while (isTaken(free)) [taken, free] = [free, free + 2 * (free - taken)]
  while (free - taken > 1) {
    const middle = Math.floor((taken + free) / 2)
    if (isTaken(middle)) taken = middle
    else free = middle
  }
  return free
}
