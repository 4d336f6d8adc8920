import type { AccountStore } from '../../domain/account/account-store.ts'
import { assertBalanced } from '../../domain/ledger/ledger.ts'
import { minorUnits } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'
import type { ReadBefore } from './read-before.ts'

type LedgerQueries = Pick<AccountStore, 'postLedger' | 'ledgerBalance'>

/** The double-entry ledger: entries that sum to zero, and the running balance of each of its accounts. */
export function ledgerQueries(db: Statements, { balances }: ReadBefore): LedgerQueries {
  const insertEntry = db.prepare(
    'INSERT INTO ledger_entries (at, kind, reference) VALUES (?, ?, ?) ON CONFLICT (kind, reference) DO NOTHING',
  )
  const insertPosting = db.prepare('INSERT INTO ledger_postings (entry, account, amount, currency) VALUES (?, ?, ?, ?)')
  const addBalance = db.prepare(
    `INSERT INTO ledger_balances (account, currency, balance) VALUES (?, ?, ?)
     ON CONFLICT (account, currency) DO UPDATE SET balance = balance + excluded.balance`,
  )
  const balance = db.prepare('SELECT balance FROM ledger_balances WHERE account = ? AND currency = ?').pluck()
  return {
    postLedger: (at, kind, reference, postings) => {
      assertBalanced(postings)
      const entry = insertEntry.run(at, kind, reference)
      if (entry.changes === 0) return
      for (const posting of postings) {
        balances.delete(nameOf(posting.account, posting.currency))
        insertPosting.run(entry.lastInsertRowid, posting.account, posting.amount, posting.currency)
        addBalance.run(posting.account, posting.currency, posting.amount)
      }
    },
    ledgerBalance: (account, currency) => {
      const name = nameOf(account, currency)
      const before = balances.get(name)
      if (before !== undefined) return before
      const now = minorUnits((balance.get(account, currency) as number | undefined) ?? 0)
      balances.set(name, now)
      return now
    },
  }
}

const nameOf = (account: string, currency: string) => `${account} ${currency}`
