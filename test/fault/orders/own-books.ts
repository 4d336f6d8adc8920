import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { formatMoney } from '../../../src/domain/instrument/instrument.ts'
import { minorUnits } from '../../../src/domain/units/units.ts'
import type { OwnBooks } from './judge-round.ts'

const USD = { code: 'USD', digits: 2 } as const

/** The account's books as its bot left them. */
export function readOwnBooks(layout: HomeLayout, accountId: AccountId): OwnBooks {
  return reading(layout, accountId, (all) => ({
    orders: all(
      `SELECT client_order_id AS clientOrderId, signal_id AS signalId, purpose, status, cum_qty AS cumQty FROM orders`,
    ) as OwnBooks['orders'],
    fills: all('SELECT fill_id AS fillId, quantity FROM fills') as OwnBooks['fills'],
    positions: Object.fromEntries(
      (all('SELECT symbol, quantity FROM positions WHERE quantity <> 0') as { symbol: string; quantity: number }[]).map(
        ({ symbol, quantity }) => [symbol, quantity],
      ),
    ),
    cash: formatMoney(
      USD,
      minorUnits(
        (all(`SELECT balance FROM ledger_balances WHERE account = 'cash'`) as { balance: number }[])[0]?.balance ?? 0,
      ),
    ),
  }))
}

/** The newest open order of a purpose in the bot's own books. */
export function openOrderOf(layout: HomeLayout, accountId: AccountId, purpose: string): string | undefined {
  const rows = reading(layout, accountId, (all) =>
    all(
      `SELECT client_order_id AS id, purpose FROM orders
       WHERE status IN ('intent','sent','unknown','acknowledged','partially-filled') ORDER BY seq DESC`,
    ),
  ) as { id: string; purpose: string }[]
  return rows.find((row) => row.purpose === purpose)?.id
}

/** Orders that were sent, stops left out, and of which the bot does not know what became. */
export function unsettledOrders(layout: HomeLayout, accountId: AccountId): readonly string[] {
  return reading(layout, accountId, (all) =>
    all(`SELECT client_order_id AS id FROM orders WHERE status IN ('sent','unknown') AND purpose <> 'stop'`),
  ).map((row) => (row as { id: string }).id)
}

function reading<T>(layout: HomeLayout, accountId: AccountId, read: (all: (sql: string) => unknown[]) => T): T {
  if (!existsSync(layout.state(accountId))) throw new Error(`${accountId} has no state`)
  const db = new Database(layout.state(accountId), { readonly: true, timeout: 5_000 })
  try {
    return read((sql) => db.prepare(sql).all())
  } finally {
    db.close()
  }
}
