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
  /** What the account was given: its first cash, and what came in since less what went out. */
  opening: number
  points: readonly BalancePoint[]
  place: CurvePlace
}>

/** Postings read before others get their turn: a few milliseconds. */
const AT_ONCE = 2_000

/** Place in the table, entry, amount. */
type PostingRow = readonly [id: number, entry: number, amount: number]
/** Place in the table, time, kind. */
type EntryRow = readonly [seq: number, at: number, kind: string]

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
  // By place in the table, which is their order: nothing read before is read again. Entries are read beside their postings
  // and not joined to each of them: that is a search less for every row.
  const postings = db
    .prepare(
      `SELECT rowid, entry, amount FROM ledger_postings
       WHERE rowid > ? AND account IN ('cash', 'position-cost') AND currency = ? ORDER BY rowid LIMIT ${AT_ONCE}`,
    )
    .raw()
  const entries = db.prepare('SELECT seq, at, kind FROM ledger_entries WHERE seq BETWEEN ? AND ?').raw()
  const booked: { at: number; balance: number; brought: number }[] = []
  let { posting, balance, peak } = start
  let entry: number | undefined
  for (;;) {
    const rows = postings.all(posting, currency) as unknown as PostingRow[]
    const told = entries.all(rows[0]?.[1] ?? 0, rows.at(-1)?.[1] ?? -1) as unknown as EntryRow[]
    const about = new Map(told.map((row) => [row[0], row]))
    for (const [id, of, amount] of rows) {
      const [, at, kind] = about.get(of)!
      posting = id
      balance += amount
      if (kind === 'opening') {
        // The books are opened when the bot starts, in a replay long after the bars it will see: its time says nothing.
        peak = balance
        continue
      }
      // Lots paid for in full are booked in two lines, and what is between them never was.
      if (of === entry) booked.pop()
      entry = of
      booked.push({ at, balance, brought: kind === 'deposit' || kind === 'withdrawal' ? amount : 0 })
    }
    if (rows.length < AT_ONCE) break
    await breath()
  }
  const points = booked.map((point) => {
    // What was brought or taken away is no gain and no drawdown.
    peak = Math.max(peak + point.brought, point.balance)
    return { at: epochMs(point.at), balance: point.balance, drawdown: point.balance - peak }
  })
  const given = db
    .prepare(
      "SELECT sum(balance) FROM ledger_balances WHERE account IN ('opening-equity', 'transfers') AND currency = ?",
    )
    .pluck()
    .get(currency)
  return { opening: -Number(given ?? 0), points, place: { posting, balance, peak } }
}
