import { readCashReport } from '../../cash/read-cash-report.ts'
import { accountOf } from '../known-account.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** Longer than a bot takes that asks a slow broker several times. */
const BOOK_TIMEOUT_MS = 60_000

/** Cash of accounts; it is booked by the bots. */
export function cashHandlers(api: Implementer, { layout, registry, fleet }: ApiParts) {
  return {
    show: api.cash.show.handler(({ input }) => readCashReport(layout, registry.show(input.id))),
    book: api.cash.book.handler(({ input: { accountId, requestId, movement } }) =>
      fleet.bot(accountOf(registry, accountId)).bookCash({ requestId, movement }, BOOK_TIMEOUT_MS),
    ),
  }
}
