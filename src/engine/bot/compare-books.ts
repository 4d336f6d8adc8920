import { reconcile, type Reconciled } from '../reconciliation/reconcile.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'

/** Compares books with the broker's, and keeps entries away until they agree. */
export async function compareBooks(ctx: BotContext, book: BotBook): Promise<Reconciled> {
  const report = await reconcile(ctx, book)
  if (report.agrees) book.agreedAt = ctx.now()
  else book.mustReconcile('the books differ from the broker')
  return report
}
