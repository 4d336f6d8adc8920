import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { exitEverything, hasExitedHere } from './exit-position.ts'
import { mayHaveToExit, mustExitReasons } from './watch-risk.ts'

/**
 * Cancels entries and closes the positions where a reached limit or the time of day forbids to hold them.
 *
 * @returns undefined when nothing forbids it
 */
export function exitWhereRequired(ctx: BotContext, book: BotBook): Promise<void> | undefined {
  const reasons = mustExitReasons(ctx, book)
  const [first] = reasons
  if (!first) return undefined
  // A cancel is a commit of its own: the bar that asked for it must not be seen again with the entry already gone.
  if (book.workingEntryLots() > 0) saveCheckpoint(ctx, book)
  return exitEverything(ctx, book, first.code, reasons)
}

/**
 * Finishes at start what the last bar before the end of an earlier process required: its breach was written, the exit
 * perhaps was not. An exit made at that bar, whatever became of it, is not made again before the next.
 */
export async function resumeRequiredExit(ctx: BotContext, book: BotBook): Promise<void> {
  if (!book.lastBar || !mayHaveToExit(ctx, book)) return
  for (const position of book.positions.values()) if (hasExitedHere(ctx, book, position)) return
  await exitWhereRequired(ctx, book)
}
