import type { Refusal } from '../../domain/failure/refusal.ts'
import type { BookedMovement } from '../../domain/ledger/cash-movement.ts'

/** What became of a request to book money that moved without a fill; nothing was written where it is `refused`. */
export type CashOutcome =
  | Readonly<{
      kind: 'booked'
      movement: BookedMovement
      /** False where it had been booked before, under the same name. */
      isNew: boolean
      /** True when books and broker agree in everything now. */
      agrees: boolean
    }>
  | Readonly<{ kind: 'refused'; refusal: Refusal }>
