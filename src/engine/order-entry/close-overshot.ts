import type { Side } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { workingExits } from './account-view.ts'
import { closeBare } from './repair-protection.ts'

/** Lots that orders have opened which were to close, and that nothing is under way for. */
export type Overshot = Readonly<{ origin: OrderRecord; side: Side; quantity: number }>

/**
 * What more than one order has closed. An exit at the market leaves beside the stop and the target that protect what it
 * does not fill; where two of them fill in one move of the price, the account holds the opposite of what it held, without
 * a stop, and no strategy has asked for it.
 *
 * Only to be believed when the books agree with the broker: a fill that is still missing makes a position look turned.
 */
export function overshotNow(ctx: BotContext, book: BotBook): readonly Overshot[] {
  return [...book.positions.values()].flatMap(({ symbol, quantity: held }) => {
    const overshot = ctx.store.overshot(symbol, held)
    if (!overshot) return []
    const side: Side = held > 0 ? 'sell' : 'buy'
    const quantity = overshot.lots - workingExits(book, symbol, side)
    return quantity > 0 ? [{ origin: overshot.by, side, quantity }] : []
  })
}

/** Closes it at the market. Allowed in every state of the bot. */
export async function closeOvershot(
  ctx: BotContext,
  book: BotBook,
  { origin, side, quantity }: Overshot,
): Promise<void> {
  await closeBare(ctx, book, origin, side, quantity, {
    reason: 'overshot',
    text: `More than one order has closed ${origin.order.symbol}, ${quantity} too many: closing them at the market`,
  })
}
