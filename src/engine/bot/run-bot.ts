import type { Feed } from '../../domain/feed/feed.ts'
import { assertNever } from '../../domain/units/assert-never.ts'
import { tendOrders } from '../order-entry/tend-orders.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { compareBooks } from './compare-books.ts'
import { exitWhereRequired, resumeRequiredExit } from './exit-required.ts'
import { handleBar } from './handle-bar.ts'
import type { BotEnd, LoopEdge } from './loop-edge.ts'
import { heldText, obey } from './obey.ts'
import { refuseRequests, serveRequests } from './serve-requests.ts'
import { mayHaveToExit, watchRiskBetweenBars } from './watch-risk.ts'

/** Bars taken between two looks at the clock. */
const BARS_PER_LOOK = 64

/**
 * Trades until the feed ends or somebody stops the bot. Requests (stop, flatten, trades) wait in the book and are carried
 * out between two bars, so that no two things ever happen to the account at once.
 *
 * @param ctx of the primary lane
 */
export async function runBot(ctx: BotContext, book: BotBook, feed: Feed, edge: LoopEdge): Promise<BotEnd> {
  try {
    return await trade(ctx, book, feed, edge)
  } finally {
    refuseRequests(book)
  }
}

async function trade(ctx: BotContext, book: BotBook, feed: Feed, edge: LoopEdge): Promise<BotEnd> {
  let bars = 0
  for (const { lane, matchedUpTo } of ctx.lanes)
    book.lanes[lane]!.venueWasAt = matchedUpTo() ?? Number.NEGATIVE_INFINITY
  await letVenueCatchUp(ctx, book, edge)
  if (book.flattening) ctx.log.warn('flatten-resumed', `Closing what is open goes on where it was: ${book.flattening}`)
  for (;;) {
    // Before anything is canceled or closed: what happened while nobody listened decides what there is to close.
    if (book.unreconciled.length > 0 ? edge.reconcileDue() : edge.auditDue()) await compareBooks(ctx, book)
    // Before anything is sent: what has filled may have reached a limit.
    watchRiskBetweenBars(ctx, book)
    // What orders ask for before anybody else does: a position without its stop does not wait.
    const tending = tendOrders(ctx, book)
    if (tending) await tending
    const { stop, flattening } = book
    if (stop || flattening) {
      const end = await obey(ctx, book, edge)
      if (end) return end
    }
    if (book.requests.length > 0) await serveRequests(ctx, book, edge)
    if (bars === 0) {
      await resumeRequiredExit(ctx, book)
      edge.trading()
    }
    // Time alone may forbid to hold on, and a feed that has fallen silent tells no time.
    if (!ctx.replaying && mayHaveToExit(ctx, book)) await exitWhereRequired(ctx, book)
    const bar = feed.poll()
    if (bar) {
      const work = handleBar(ctx.lanes[feed.lane ?? 0]!, book, bar, feed)
      if (work) await work
      if (++bars % BARS_PER_LOOK === 0) {
        ctx.changed()
        if (edge.breathless()) await edge.breathe()
      }
      continue
    }
    // A report that came in while we were busy has woken nobody.
    const left = tendOrders(ctx, book)
    if (left) await left
    // Asked while we were busy: the wait would only end with the next bar.
    if (book.stop !== stop || book.flattening !== flattening || book.requests.length > 0) continue
    if (book.riskDue && !ctx.replaying) continue
    const step = await edge.wait()
    switch (step.kind) {
      case 'bar':
        edge.feedTrouble(undefined)
        await handleBar(ctx.lanes[feed.lane ?? 0]!, book, step.bar, feed)
        bars++
        ctx.changed()
        break
      case 'ended':
        saveCheckpoint(ctx, book)
        return { reason: 'feed-ended', message: endText(book, bars > 0) }
      case 'trouble':
        edge.feedTrouble(step.message)
        ctx.log.warn('feed-trouble', step.message)
        break
      case 'aborted':
        break
      default:
        assertNever(step)
    }
  }
}

/**
 * What an earlier process did may not show yet at a venue that shows things late. Books compared with such a view agree
 * with the past, and an exit sized by it turns the position round; stops and targets stand meanwhile.
 */
async function letVenueCatchUp({ broker, log }: BotContext, book: BotBook, edge: LoopEdge): Promise<void> {
  const { visibilityLagMs } = broker.capabilities
  if (visibilityLagMs === 0 || (book.opens.size === 0 && !book.holding && !book.owedFills.some)) return
  log.info('venue-catching-up', `Waiting ${visibilityLagMs} ms for what the broker shows late`)
  await edge.pause(visibilityLagMs)
}

function endText(book: BotBook, sawBars: boolean): string {
  const place = book.lastBar?.time ?? book.lanes[0]?.startsAfter
  if (!sawBars && place !== undefined)
    return `The feed has no bars after ${new Date(place).toISOString()}, where this account is: nothing new to trade`
  if (!book.holding) return 'The feed has ended; the account is flat'
  return `The feed has ended with ${heldText(book)} still open`
}
