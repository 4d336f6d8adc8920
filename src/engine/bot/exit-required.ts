import { exitIntent } from '../order-entry/order-intents.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { signalRef } from './enter-position.ts'
import { exitPosition } from './exit-position.ts'
import { mayHaveToExit, mustExitReasons } from './watch-risk.ts'

/**
 * Cancels entries and closes the position where a reached limit or the time of day forbids to hold it.
 *
 * @returns undefined when nothing forbids it
 */
export function exitWhereRequired(ctx: BotContext, book: BotBook): Promise<void> | undefined {
  const reasons = mustExitReasons(ctx, book)
  const [first] = reasons
  if (!first) return undefined
  // A cancel is a commit of its own: the bar that asked for it must not be seen again with the entry already gone.
  if (book.workingEntryLots() > 0) saveCheckpoint(ctx, book)
  return exitPosition(ctx, book, first.code, reasons)
}

/**
 * Finishes at start what the last bar before the end of an earlier process required: its breach was written, the exit
 * perhaps was not. An exit made at that bar, whatever became of it, is not made again before the next.
 */
export async function resumeRequiredExit(ctx: BotContext, book: BotBook): Promise<void> {
  const bar = book.lastBar
  if (!bar || !mayHaveToExit(ctx, book)) return
  if (book.position.quantity !== 0) {
    const { order } = exitIntent(ctx, signalRef(ctx, bar, 'exit'), {
      position: book.position.quantity,
      reason: '',
      confidence: 0,
      attempt: 1,
      at: bar.time,
    })
    if (book.known(order.clientOrderId)) return
  }
  await exitWhereRequired(ctx, book)
}
