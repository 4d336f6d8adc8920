import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'

/** Makes the place in the feed and the strategy's state durable. */
export function saveCheckpoint(ctx: BotContext, book: BotBook): void {
  if (!book.lastBar) return
  const bar = book.lastBar
  ctx.store.transact(() => {
    if (book.riskChanged) ctx.store.saveRisk(book.risk)
    ctx.store.saveCheckpoint({
      series: ctx.series,
      bar,
      sessionDate: book.sessionDate,
      strategyKey: ctx.strategyKey,
      snapshot: ctx.run.snapshot(),
    })
  })
  book.riskChanged = false
  book.checkpointed = true
  book.barsSinceCheckpoint = 0
}
