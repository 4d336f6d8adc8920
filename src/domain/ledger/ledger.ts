import { minorUnits, type MinorUnits } from '../units/units.ts'

/**
 * Accounts of an account's ledger. Debits are positive: an asset or an expense has a positive balance, equity and
 * income a negative one.
 *
 * `position-cost` is what the held lots cost, where they were paid in full (equities). Of futures, perpetuals and
 * indices only gains and losses change hands, so they have no such account. `commission` is what fills cost, `fees` what the
 * broker charged without one; `transfers` is what came in and went out, which nobody made or lost.
 */
export const LEDGER_ACCOUNTS = [
  ...(['cash', 'position-cost', 'realized-pnl', 'commission', 'opening-equity'] as const),
  ...(['transfers', 'fees', 'interest'] as const),
] as const
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number]

/** One line of an entry: minor units of `currency`, debit positive. */
export type Posting = Readonly<{ account: LedgerAccount; amount: MinorUnits; currency: string }>

/** What was put into an account: the cash its books began with, and what came in since less what went out. */
export function capitalOf(balance: (account: LedgerAccount) => number): MinorUnits {
  return minorUnits(-balance('opening-equity') - balance('transfers'))
}

/** What an account has made since its books began, after everything it was charged; open gains not counted. */
export function resultOf(balance: (account: LedgerAccount) => number): MinorUnits {
  return minorUnits(-balance('realized-pnl') - balance('commission') - balance('fees') - balance('interest'))
}

/** The lines of one entry, without those of nothing. @throws {RangeError} they are out of balance */
export function entryOf(
  currency: string,
  amounts: Readonly<Partial<Record<LedgerAccount, number>>>,
): readonly Posting[] {
  const postings: Posting[] = []
  for (const account of Object.keys(amounts) as LedgerAccount[]) {
    const amount = amounts[account]
    if (amount) postings.push({ account, amount: minorUnits(amount), currency })
  }
  assertBalanced(postings)
  return postings
}

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
