import { existsSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import { isOpen, type OrderStatus } from '../../domain/order/order-status.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openReadOnly, refusedBySqlite } from '../sqlite/open-database.ts'
import { stateRole } from './open-state.ts'

/** What an account has open as its state knows it. */
export type OpenThings = Readonly<{
  positions: readonly Readonly<{ symbol: string; quantity: number }>[]
  orders: number
}>

/**
 * What is open on an account, whether or not its bot runs.
 *
 * @throws {Refused} the state can't be read: then nobody knows
 */
export function readOpenThings(layout: HomeLayout, accountId: AccountId): OpenThings {
  if (!existsSync(layout.state(accountId))) return { positions: [], orders: 0 }
  const role = stateRole(layout, accountId)
  const db = openReadOnly(role)
  try {
    if (Number(db.pragma('user_version', { simple: true })) === 0) return { positions: [], orders: 0 }
    const positions = db.prepare('SELECT symbol, quantity FROM positions WHERE quantity <> 0 ORDER BY symbol').all()
    const statuses = db.prepare('SELECT status, count(*) AS n FROM orders GROUP BY status').all()
    let orders = 0
    for (const { status, n } of statuses as { status: OrderStatus; n: number }[]) if (isOpen(status)) orders += n
    return { positions: positions as { symbol: string; quantity: number }[], orders }
  } catch (error) {
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}
