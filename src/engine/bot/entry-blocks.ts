import type { Session } from '../../domain/calendar/session.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { outsideBlocks } from './watch-portfolio.ts'
import { stalePriceReasons } from './watch-prices.ts'
import { breachReasons, mustExitReasons } from './watch-risk.ts'

/** Everything that forbids a new entry now, whatever the setup. Exits and cancels never ask. */
export function entryBlocks(ctx: BotContext, book: BotBook, session: Session | undefined): readonly Reason[] {
  const blocks: Reason[] = [...standingBlocks(ctx, book)]
  blocks.push(...stalePriceReasons(ctx, book))
  if (!session) blocks.push({ code: 'market-closed', text: 'the market is closed' })
  else if (session.holidayFacts === 'unknown' && !ctx.replaying)
    blocks.push({
      code: 'calendar-unknown',
      text: `the holiday list does not reach ${session.date}, so the market may be closed: describe the days of ${ctx.instrument.calendar} in holidays.json`,
    })
  return blocks
}

/** The blocks that stand between bars too, as a user should see them. */
export function standingBlocks(ctx: BotContext, book: BotBook): readonly Reason[] {
  const blocks: Reason[] = [...outsideBlocks(ctx)]
  if (book.stop) blocks.push({ code: 'stopping', text: 'the bot is stopping' })
  if (book.flattening) blocks.push({ code: 'flattening', text: `positions are being closed (${book.flattening})` })
  for (const why of book.unreconciled) blocks.push({ code: 'not-reconciled', text: why })
  if (book.owedFills.some)
    blocks.push({ code: 'not-reconciled', text: 'the broker has filled orders and not told the fills yet' })
  const licence = ctx.licence.verdict(ctx.trading)
  if (licence.entries === 'refused') blocks.push({ code: licence.code, text: licence.message })
  const halted = ctx.run.halted?.()
  if (halted) blocks.push(halted)
  blocks.push(...breachReasons(ctx, book))
  return blocks
}

/**
 * Why an entry that was decided earlier, and has not left yet, is not sent any more. That the books are being compared is
 * no reason: that is when it is found.
 */
export function forbidsLateEntry(ctx: BotContext, book: BotBook): Reason | undefined {
  return [...standingBlocks(ctx, book), ...mustExitReasons(ctx, book)].find(({ code }) => code !== 'not-reconciled')
}
