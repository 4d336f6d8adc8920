import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { describeWish } from '../reconciliation/report-line.ts'

/**
 * Takes in that the venue saw nothing for an order to reduce: somebody else has closed the position, or our own stop has.
 *
 * Nobody has to act on that, and it does not prove that the account is flat: orders, fills and positions are compared
 * before anything new is entered, and what is still held then gets its exit or its stop again.
 */
export function noteNothingLeft(ctx: BotContext, book: BotBook, record: OrderRecord): void {
  const { symbol, clientOrderId } = record.order
  book.mustReconcile(`the broker sees nothing of ${symbol} to close`)
  ctx
    .laneOf(symbol)
    .log.info(
      'nothing-to-reduce',
      `Nothing is left to close at the broker: ${describeWish(ctx, record)}. Comparing books`,
      {
        clientOrderId,
      },
    )
}
