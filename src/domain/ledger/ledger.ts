import { minorUnits, type MinorUnits } from '../units/units.ts'

/**
 * Accounts of an account's ledger. Debits are positive: an asset or an expense has a positive balance, equity and
 * income a negative one.
 *
 * `position-cost` is what the held lots cost, where they were paid in full (equities). Of futures, perpetuals and
 * indices only gains and losses change hands, so they have no such account.
 */
export const LEDGER_ACCOUNTS = ['cash', 'position-cost', 'realized-pnl', 'commission', 'opening-equity'] as const
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number]

/** One line of an entry: minor units of `currency`, debit positive. */
export type Posting = Readonly<{ account: LedgerAccount; amount: MinorUnits; currency: string }>

/** Sum of the postings to one ledger account, minor units. */
export function balanceOf(postings: Iterable<Posting>, account: LedgerAccount, currency: string): MinorUnits {
  let balance = 0
  for (const posting of postings)
    if (posting.account === account && posting.currency === currency) balance += posting.amount
  return minorUnits(balance)
}

/**
 * Checks that the postings of an entry (or of a whole ledger) add up to nothing in every currency.
 *
 * @throws {RangeError} they do not: a bug, and nothing that does not balance may be stored
 */
export function assertBalanced(postings: Iterable<Posting>): void {
  const sums = new Map<string, number>()
  for (const { currency, amount } of postings) sums.set(currency, (sums.get(currency) ?? 0) + minorUnits(amount))
  for (const [currency, sum] of sums)
    if (sum !== 0) throw new RangeError(`postings are out of balance by ${sum} ${currency}`)
}
