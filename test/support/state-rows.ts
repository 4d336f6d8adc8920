import Database from 'better-sqlite3'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'

/** Rows of an account's state as they are on disk, oldest first. */
function rowsOf<Row>(home: string, table: string, accountId = 'trade-1'): Row[] {
  const db = new Database(homeLayout(home).state(accountId as AccountId), { readonly: true })
  try {
    return db.prepare(`SELECT * FROM ${table} ORDER BY seq`).all() as Row[]
  } finally {
    db.close()
  }
}

export const decisionsOf = (home: string) =>
  rowsOf<{ decision_id: string; action: string; quantity: number; reasons: string; at: number }>(home, 'decisions')

export const breachesOf = (home: string) =>
  rowsOf<{ seq: number; rule: string; at: number; bar_time: number; until: number | null; text: string }>(
    home,
    'risk_breaches',
  )
