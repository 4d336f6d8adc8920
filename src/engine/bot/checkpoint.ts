import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { openHeld } from './watch-held-trade.ts'

/**
 * Makes the places in all feeds and the strategies' states durable, together: what is durable is a place that an
 * uninterrupted bot was in.
 */
export function saveCheckpoint(ctx: BotContext, book: BotBook): void {
  if (!book.lastBar) return
  ctx.store.transact(() => {
    if (book.riskChanged) ctx.store.saveRisk(book.risk)
    for (const { lane, series, strategyKey, run } of ctx.lanes) {
      const place = book.lanes[lane]!
      if (!place.lastBar || (place.checkpointed && ctx.lanes.length > 1)) continue
      const { lastBar: bar, sessionDate } = place
      const held = book.holding ? openHeld(book, place) : undefined
      ctx.store.saveCheckpoint({ series, bar, sessionDate, strategyKey, snapshot: run.snapshot(), held })
    }
  })
  for (const lane of book.lanes) lane.checkpointed = true
  book.riskChanged = false
  book.checkpointed = true
  book.barsSinceCheckpoint = 0
}
