import type { AccountStore } from '../../domain/account/account-store.ts'
import { postMovement, type BookedMovement, type CashMovementKind } from '../../domain/ledger/cash-movement.ts'
import { assertBalanced } from '../../domain/ledger/ledger.ts'
import { epochMs, minorUnits } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'
import type { ReadBefore } from './read-before.ts'

type LedgerQueries = Pick<AccountStore, 'postLedger' | 'ledgerBalance' | 'bookCashMovement' | 'cashMovement'>

/** A row of `cash_movements`. */
export type MovementRow = {
  request_id: string
  at: number
  kind: string
  change: number
  currency: string
  note: string
}

/** The double-entry ledger: entries that sum to zero, the running balance of each of its accounts, and money that moved without a fill. */
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
  const insertMovement = db.prepare(
    `INSERT INTO cash_movements (request_id, at, kind, change, currency, note) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (request_id) DO NOTHING`,
  )
  const movement = db.prepare('SELECT * FROM cash_movements WHERE request_id = ?')
  const postLedger: AccountStore['postLedger'] = (at, kind, reference, postings) => {
    assertBalanced(postings)
    const entry = insertEntry.run(at, kind, reference)
    if (entry.changes === 0) return
    for (const posting of postings) {
      balances.delete(nameOf(posting.account, posting.currency))
      insertPosting.run(entry.lastInsertRowid, posting.account, posting.amount, posting.currency)
      addBalance.run(posting.account, posting.currency, posting.amount)
    }
  }
  return {
    postLedger,
    bookCashMovement: (booked) => {
      const { requestId, at, kind, changeMinor, currency, note } = booked
      if (insertMovement.run(requestId, at, kind, changeMinor, currency, note).changes === 0) return
      postLedger(at, kind, requestId, postMovement(currency, booked))
    },
    cashMovement: (requestId) => {
      const row = movement.get(requestId) as MovementRow | undefined
      return row && movementFrom(row)
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

export function movementFrom({ request_id, at, kind, change, currency, note }: MovementRow): BookedMovement {
  return {
    ...{ requestId: request_id, at: epochMs(at), kind: kind as CashMovementKind },
    ...{ changeMinor: minorUnits(change), currency, note },
  }
}

const nameOf = (account: string, currency: string) => `${account} ${currency}`
