import { existsSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { BookedMovement } from '../../domain/ledger/cash-movement.ts'
import { minorUnits, type MinorUnits } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openReadOnly, refusedBySqlite } from '../sqlite/open-database.ts'
import { movementFrom, type MovementRow } from './ledger-queries.ts'
import { stateRole } from './open-state.ts'

/** Cash in an account's books, and what moved it without a fill, oldest first. */
export type CashFacts = Readonly<{ cash: MinorUnits; movements: readonly BookedMovement[] }>

/** From this version on such movements are kept. */
const KEPT_FROM = 11

/**
 * @param limit most movements, the newest
 * @returns undefined for an account whose books have not begun
 * @throws {Refused} the state can't be read
 */
export function readCash(
  layout: HomeLayout,
  accountId: AccountId,
  currency: string,
  limit: number,
): CashFacts | undefined {
  if (!existsSync(layout.state(accountId))) return undefined
  const role = stateRole(layout, accountId)
  const db = openReadOnly(role)
  try {
    const version = Number(db.pragma('user_version', { simple: true }))
    if (version === 0) return undefined
    const balances = db.prepare('SELECT account, balance FROM ledger_balances WHERE currency = ?').all(currency)
    if (balances.length === 0) return undefined
    const cash = (balances as { account: string; balance: number }[]).find(({ account }) => account === 'cash')
    const rows =
      version < KEPT_FROM ? [] : db.prepare('SELECT * FROM cash_movements ORDER BY seq DESC LIMIT ?').all(limit)
    return {
      cash: minorUnits(cash?.balance ?? 0),
      movements: (rows as MovementRow[]).reverse().map(movementFrom),
    }
  } catch (error) {
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}
