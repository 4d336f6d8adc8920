import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { applyLoneFill } from '../order-events/apply-execution.ts'
import { describeTold, keepForeignFill } from '../order-events/foreign-fills.ts'
import { filledAt, unanswered, type Line } from './report-line.ts'

/**
 * Books what the broker has filled and we have not heard of.
 *
 * @returns false when the broker did not say
 */
export async function takeMissedFills(ctx: BotContext, book: BotBook, lines: Line[]): Promise<boolean> {
  const reply = await ctx.broker.fillsSince(ctx.store.fillCursor())
  if (!reply.ok) return unanswered('fills', reply, lines)
  book.brokerAnswered = true
  const { fills, foreign = [], cursor } = reply.value
  for (const fill of fills) {
    const instrument = ctx.instrumentOf(fill.symbol)
    const at = instrument ? ` ${filledAt(instrument, fill)}` : ''
    const what = `${fill.side} ${fill.quantity} ${fill.symbol}${at} (fill ${fill.fillId})`
    if (applyLoneFill(ctx, book, fill)) lines.push({ code: 'fill-recovered', text: `${what} was missing here` })
  }
  // Kept before the cursor passes them: nobody tells of them again.
  for (const told of foreign)
    if (keepForeignFill(ctx, told))
      lines.push({
        code: 'fill-foreign',
        text: `${describeTold(told)} is of a market this bot does not know; it is kept`,
      })
  if (cursor !== undefined) ctx.store.transact(() => ctx.store.saveFillCursor(cursor))
  return true
}
