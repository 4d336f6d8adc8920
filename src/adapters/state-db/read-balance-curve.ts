import { setImmediate as breath } from 'node:timers/promises'
import { existsSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { BalancePoint } from '../../domain/chart/balance-curve.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openReadOnly, refusedBySqlite, type SqliteDatabase } from '../sqlite/open-database.ts'
import { stateRole } from './open-state.ts'

/** Where a reading of the ledger ended: the last posting, the balance with it, and the highest until then. */
export type CurvePlace = Readonly<{ posting: number; balance: number; peak: number }>

export type BalanceCurve = Readonly<{
  opening: number
  points: readonly BalancePoint[]
  place: CurvePlace
}>

/** Postings read before others get their turn: some milliseconds. */
const AT_ONCE = 5_000

type PostingRow = { id: number; at: number; kind: string; amount: number; entry: number }

/**
 * The balance of an account after each of its bookings, oldest first: cash, and what paid-up positions cost.
 *
 * @param after  only bookings since then
 * @throws {Refused} the state can't be read
 */
export async function readBalanceCurve(
  layout: HomeLayout,
  accountId: AccountId,
  currency: string,
  after: CurvePlace | undefined,
): Promise<BalanceCurve> {
  const start = after ?? { posting: 0, balance: 0, peak: 0 }
  if (!existsSync(layout.state(accountId))) return { opening: 0, points: [], place: start }
  const role = stateRole(layout, accountId)
  const db = openReadOnly(role)
  try {
    if (Number(db.pragma('user_version', { simple: true })) === 0) return { opening: 0, points: [], place: start }
    return await curveOf(db, currency, start)
  } catch (error) {
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}

async function curveOf(db: SqliteDatabase, currency: string, start: CurvePlace): Promise<BalanceCurve> {
  // By place in the table, which is their order: nothing read before is read again.
  const read = db.prepare(
    `SELECT p.rowid AS id, e.at, e.kind, p.amount, p.entry FROM ledger_postings p JOIN ledger_entries e ON e.seq = p.entry
     WHERE p.rowid > ? AND p.account IN ('cash', 'position-cost') AND p.currency = ? ORDER BY p.rowid LIMIT ${AT_ONCE}`,
  )
  const booked: { at: number; balance: number }[] = []
  let { posting, balance, peak } = start
  let entry: number | undefined
  for (;;) {
    const rows = read.all(posting, currency) as PostingRow[]
    for (const row of rows) {
      posting = row.id
      balance += row.amount
      if (row.kind === 'opening') {
        // The books are opened when the bot starts, in a replay long after the bars it will see: its time says nothing.
        peak = balance
        continue
      }
      // Lots paid for in full are booked in two lines, and what is between them never was.
      if (row.entry === entry) booked.pop()
      entry = row.entry
      booked.push({ at: row.at, balance })
    }
    if (rows.length < AT_ONCE) break
    await breath()
  }
  const points = booked.map((point) => {
    peak = Math.max(peak, point.balance)
    return { at: epochMs(point.at), balance: point.balance, drawdown: point.balance - peak }
  })
  const opened = db
    .prepare("SELECT balance FROM ledger_balances WHERE account = 'opening-equity' AND currency = ?")
    .pluck()
    .get(currency)
  return { opening: -Number(opened ?? 0), points, place: { posting, balance, peak } }
}
