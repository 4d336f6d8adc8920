import type { StopReason } from '../../domain/bot/bot.ts'
import type { Feed, FeedStep } from '../../domain/feed/feed.ts'
import { assertNever } from '../../domain/units/assert-never.ts'
import { reconcile } from '../reconciliation/reconcile.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { cancelOpenOrders, exitEverything, isFlat } from './exit-position.ts'
import { resumeRequiredExit } from './exit-required.ts'
import { handleBar } from './handle-bar.ts'

export type BotEnd = Readonly<{ reason: StopReason; message: string }>

/** What the loop needs of the process it runs in. */
export type LoopEdge = Readonly<{
  /** Waits for the next step of the feed; ends early, with `aborted`, when somebody asks the bot for something. */
  wait: () => Promise<FeedStep>
  /** True when the loop has held the process long enough and others should have a turn. */
  breathless: () => boolean
  breathe: () => Promise<void>
  /** Sentences about the feed for the user; undefined when all is well. */
  feedTrouble: (message: string | undefined) => void
  /** True when it is time to compare books again although they differed last time. */
  reconcileDue: () => boolean
  /** The account has been reconciled as far as it can be, and bars are being handled. */
  trading: () => void
  /** A flatten that somebody asked for is done. */
  flat: () => void
}>

/** Bars taken between two looks at the clock. */
const BARS_PER_LOOK = 64

/**
 * Trades until the feed ends or somebody stops the bot. Requests (stop, flatten) are flags in the book, obeyed between
 * two bars, so that no two things ever happen to the account at once.
 */
export async function runBot(ctx: BotContext, book: BotBook, feed: Feed, edge: LoopEdge): Promise<BotEnd> {
  let bars = 0
  for (const { lane, matchedUpTo } of ctx.lanes)
    book.lanes[lane]!.venueWasAt = matchedUpTo() ?? Number.NEGATIVE_INFINITY
  for (;;) {
    // Before anything is canceled or closed: what happened while nobody listened decides what there is to close.
    if (book.unreconciled.length > 0 && edge.reconcileDue()) await reconcile(ctx, book)
    const { stop, flattening } = book
    if (stop || flattening) {
      const end = await obey(ctx, book, edge)
      if (end) return end
    }
    if (bars === 0) {
      await resumeRequiredExit(ctx, book)
      edge.trading()
    }
    const bar = feed.poll()
    if (bar) {
      const work = handleBar(ctx.lanes[feed.lane ?? 0]!, book, bar)
      if (work) await work
      if (++bars % BARS_PER_LOOK === 0) {
        ctx.changed()
        if (edge.breathless()) await edge.breathe()
      }
      continue
    }
    // Asked while we were busy: the wait would only end with the next bar.
    if (book.stop !== stop || book.flattening !== flattening) continue
    const step = await edge.wait()
    switch (step.kind) {
      case 'bar':
        edge.feedTrouble(undefined)
        await handleBar(ctx.lanes[feed.lane ?? 0]!, book, step.bar)
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

async function obey(ctx: BotContext, book: BotBook, edge: LoopEdge): Promise<BotEnd | undefined> {
  if (book.stop?.flatten && !book.flattening) book.flattening = 'stop with flatten'
  if (book.flattening) {
    await exitEverything(ctx, book, 'flatten', [{ code: 'flatten', text: book.flattening }])
    if (isFlat(book)) {
      await cancelOpenOrders(ctx, book)
      ctx.log.info('flat', 'The account is flat')
      book.flattening = undefined
      if (ctx.store.flattenWish() !== undefined) ctx.store.transact(() => ctx.store.endFlattenWish())
      edge.flat()
      ctx.changed()
    }
  }
  if (!book.stop || book.flattening) return undefined
  // A stopped bot leaves no entry behind that could open a position nobody watches; protective orders stay.
  if (!book.stop.keepOrders) await cancelOpenOrders(ctx, book)
  saveCheckpoint(ctx, book)
  return { reason: 'requested', message: stopText(book) }
}

function stopText(book: BotBook): string {
  if (!book.holding) return 'Stopped as asked; the account is flat'
  return `Stopped as asked with ${heldText(book)} open; their stop and target stay at the broker`
}

function endText(book: BotBook, sawBars: boolean): string {
  if (!sawBars && book.lastBar)
    return `The feed has no bars after ${new Date(book.lastBar.time).toISOString()}, where this account is: nothing new to trade`
  if (!book.holding) return 'The feed has ended; the account is flat'
  return `The feed has ended with ${heldText(book)} still open`
}

function heldText(book: BotBook): string {
  if (book.positions.size === 1 && book.position.quantity !== 0) return `${book.position.quantity} lots`
  return [...book.positions.values()].map(({ symbol, quantity }) => `${quantity} ${symbol}`).join(', ')
}
