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
  for (let attempt = 2; ; attempt++) {
    const id = deriveClientOrderId(ctx.sha256Hex, { accountId, strategyId, signalId, leg, attempt })
    if (!book.known(id)) return id
  }
}
