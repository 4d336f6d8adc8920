import { z } from 'zod'
import { CASH_MOVEMENT_KINDS } from '../domain/ledger/cash-movement.ts'
import { RefusalShape } from './bot-protocol.ts'

/** Longest note, characters. */
export const LONGEST_NOTE = 200

const Iso = z.iso.datetime()
/** Money as a plain decimal. */
const Money = z.string()

/**
 * Money that moved without a fill, as people and programs write it. What the amount may be is said by the bot, which
 * knows the currency: above 0; below 0 for a fee that was given back and for interest that was charged.
 */
export const CashRequest = z.strictObject({
  kind: z.enum(CASH_MOVEMENT_KINDS),
  amount: z.string().min(1).max(32),
  note: z.string().max(LONGEST_NOTE).default(''),
})
export type CashRequest = z.input<typeof CashRequest>

/** A booked movement as it is listed; `change` is what it did to the cash, below 0 where it went out. */
export const CashMovementRow = z.object({
  requestId: z.string(),
  at: Iso,
  kind: z.enum(CASH_MOVEMENT_KINDS),
  change: Money,
  currency: z.string(),
  note: z.string(),
})
export type CashMovementRow = z.output<typeof CashMovementRow>

/** What became of a request; nothing was changed where it is `refused`. */
export const CashReply = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('booked'),
    movement: CashMovementRow,
    /** False: it had been booked before, under the same name. */
    isNew: z.boolean(),
    /** Cash in the books now. */
    cash: Money,
    /** Books and broker agree in everything now, so that entries are free. */
    agrees: z.boolean(),
  }),
  z.object({ kind: z.literal('refused'), refusal: RefusalShape }),
])
export type CashReply = z.output<typeof CashReply>

/** Cash of an account: in its books, at the broker as last asked, and what moved without a fill, oldest first. */
export const CashReport = z.object({
  accountId: z.string(),
  currency: z.string(),
  /** In the books now; null: they have not begun. */
  cash: Money.nullable(),
  /** Its last word, with what the books said at that moment; null: it has not been asked, or nobody knows any more. */
  broker: z
    .object({
      cash: Money,
      books: Money,
      /** The broker's less the books'. */
      difference: Money,
      askedAt: Iso,
    })
    .nullable(),
  /** Why nothing can be booked here; null: something can. */
  closed: z.string().nullable(),
  movements: z.array(CashMovementRow),
})
export type CashReport = z.output<typeof CashReport>
