import type { AccountId } from '../../domain/account/account-id.ts'
import {
  paperFillId,
  type PaperAccount,
  type PaperBooks,
  type PaperChange,
  type PaperFill,
  type PaperMarket,
  type PaperOrder,
} from '../../domain/broker/paper-books.ts'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import { clientOrderId, type Side, type Trail } from '../../domain/order/order.ts'
import { epochMs, lots, minorUnits, ticks } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import {
  openDurableDatabase,
  refusedBySqlite,
  type DatabaseRole,
  type SqliteDatabase,
} from '../sqlite/open-database.ts'
import { PAPER_MIGRATIONS } from './schema.ts'

export type PaperBooksOptions = Readonly<{
  layout: HomeLayout
  accountId: AccountId
  /** The account has traded before: books that are missing, empty or without an account then mean loss, not a start. */
  expectExisting: boolean
}>

/**
 * Opens the simulated broker's books, `paper.db` in the account's folder: every commit survives a power cut.
 *
 * @throws {Refused} 'state-corrupt' | 'state-missing' | 'state-newer' | 'disk-full' | 'home-read-only'
 */
export function openPaperBooks({ layout, accountId, expectExisting }: PaperBooksOptions): PaperBooks {
  const path = layout.paper(accountId)
  const role: DatabaseRole = {
    path,
    what: "The paper account's book",
    repair: 'Restore a backup of the account, or remove it with --purge and add it again.',
  }
  const db = openDurableDatabase(role, PAPER_MIGRATIONS, expectExisting)
  const books = booksOn(db, role)
  if (!expectExisting || books.account()) return books
  books.close()
  throw new Refused(refusal('state-missing', `${role.what} ${path} is empty although it has been in use.`, role.repair))
}

type AccountRow = { currency: string; starting_cash: number }
type MarketRow = {
  symbol: string
  quantity: number
  cost: number
  cash: number
  settled: number
  clock: number | null
  session: string | null
  last_px: number | null
}
type OrderRow = {
  seq: number
  client_order_id: string
  parent: string | null
  symbol: string
  side: Side
  kind: PaperOrder['kind']
  stop_px: number
  limit_px: number
  time_in_force: PaperOrder['timeInForce']
  purpose: PaperOrder['purpose']
  quantity: number
  cum_qty: number
  status: PaperOrder['status']
  held: number
  elected: number
  session: string | null
  reason: string
  at: number
  trail_by: Trail['by'] | null
  trail: number | null
  best_px: number | null
  oco: string | null
  combo: string | null
  combo_limit: number | null
}
type FillRow = {
  seq: number
  client_order_id: string
  symbol: string
  side: Side
  quantity: number
  price: number
  commission: number
  at: number
}

function booksOn(db: SqliteDatabase, role: DatabaseRole): PaperBooks {
  const guarded = <A extends unknown[], T>(work: (...args: A) => T) => {
    return (...args: A): T => {
      try {
        return work(...args)
      } catch (error) {
        throw refusedBySqlite(error, role)
      }
    }
  }
  const account = db.prepare<[], AccountRow>('SELECT * FROM account')
  const markets = db.prepare<[], MarketRow>('SELECT * FROM markets ORDER BY symbol')
  const numbers = db.prepare<[], { order: number; fill: number }>(
    `SELECT (SELECT coalesce(max(seq), 0) FROM orders) AS "order", (SELECT coalesce(max(seq), 0) FROM fills) AS fill`,
  )
  const open = db.prepare<[], OrderRow>(
    `SELECT * FROM orders WHERE status IN ('acknowledged', 'partially-filled') ORDER BY seq`,
  )
  const order = db.prepare<[string], OrderRow>('SELECT * FROM orders WHERE client_order_id = ?')
  const naming = db.prepare<[string], OrderRow>(
    `SELECT * FROM orders WHERE oco = ? AND status <> 'rejected' ORDER BY seq LIMIT 1`,
  )
  const fills = db.prepare<[number], FillRow>(
    `SELECT f.seq, f.quantity, f.price, f.commission, f.at, o.client_order_id, o.symbol, o.side
     FROM fills f JOIN orders o ON o.seq = f.order_seq WHERE f.seq > ? ORDER BY f.seq`,
  )
  const write = writer(db)
  return {
    account: guarded(() => {
      const row = account.get()
      return row && accountFrom(row)
    }),
    markets: guarded(() => markets.all().map(marketFrom)),
    lastNumbers: guarded(() => numbers.get() ?? { order: 0, fill: 0 }),
    openOrders: guarded(() => open.all().map(orderFrom)),
    order: guarded((id: string) => {
      const row = order.get(id)
      return row && orderFrom(row)
    }),
    orderNaming: guarded((id: string) => {
      const row = naming.get(id)
      return row && orderFrom(row)
    }),
    fillsAfter: guarded((seq: number) => fills.all(seq).map(fillFrom)),
    commit: guarded((change: PaperChange) => {
      write.immediate(change)
    }),
    close: () => {
      db.close()
    },
  }
}

function writer(db: SqliteDatabase) {
  const account = db.prepare('INSERT INTO account (id, currency, starting_cash) VALUES (1, ?, ?)')
  const market = db.prepare(
    `INSERT INTO markets (symbol, quantity, cost, cash, settled, clock, session, last_px) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (symbol) DO UPDATE SET quantity = excluded.quantity, cost = excluded.cost, cash = excluded.cash,
       settled = excluded.settled, clock = excluded.clock, session = excluded.session, last_px = excluded.last_px`,
  )
  const order = db.prepare(
    `INSERT INTO orders (seq, client_order_id, parent, symbol, side, kind, stop_px, limit_px, time_in_force, purpose,
       quantity, cum_qty, status, held, elected, session, reason, at, trail_by, trail, best_px, oco, combo, combo_limit)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (seq) DO UPDATE SET quantity = excluded.quantity, cum_qty = excluded.cum_qty, status = excluded.status,
       held = excluded.held, elected = excluded.elected, session = excluded.session, reason = excluded.reason, at = excluded.at,
       stop_px = excluded.stop_px, limit_px = excluded.limit_px, trail_by = excluded.trail_by, trail = excluded.trail,
       best_px = excluded.best_px`,
  )
  // No conflict clause: a fill that is already there is a bug, and the whole change must fail with it.
  const fill = db.prepare(
    `INSERT INTO fills (seq, order_seq, quantity, price, commission, at)
     VALUES (?, (SELECT seq FROM orders WHERE client_order_id = ?), ?, ?, ?, ?)`,
  )
  return db.transaction((change: PaperChange) => {
    if (change.account) account.run(change.account.currency, change.account.startingCash)
    for (const m of change.markets)
      market.run(m.symbol, m.quantity, m.cost, m.cash, m.settled, m.clock ?? null, m.session ?? null, m.last ?? null)
    for (const o of change.orders)
      order.run(
        o.seq,
        o.clientOrderId,
        o.parent ?? null,
        o.symbol,
        o.side,
        o.kind,
        o.stopPx,
        o.limitPx,
        o.timeInForce,
        o.purpose,
        o.quantity,
        o.cumQty,
        o.status,
        o.held ? 1 : 0,
        o.elected ? 1 : 0,
        o.session ?? null,
        o.reason,
        o.at,
        o.trail?.by ?? null,
        o.trail === undefined ? null : distanceOf(o.trail),
        o.bestPx ?? null,
        o.oco ?? null,
        o.combo ?? null,
        o.comboLimit ?? null,
      )
    for (const { seq, fill: f } of change.fills) fill.run(seq, f.clientOrderId, f.quantity, f.price, f.commission, f.at)
  })
}

/** Ticks or basis points. */
function distanceOf(trail: Trail): number {
  return trail.by === 'amount' ? trail.ticks : trail.bps
}

function trailFrom({ trail_by: by, trail }: OrderRow): Trail | undefined {
  if (by === null || trail === null) return undefined
  return by === 'amount' ? { by, ticks: ticks(trail) } : { by, bps: trail }
}

function accountFrom(row: AccountRow): PaperAccount {
  return { currency: row.currency, startingCash: minorUnits(row.starting_cash) }
}

function marketFrom(row: MarketRow): PaperMarket {
  return {
    symbol: row.symbol,
    quantity: lots(row.quantity),
    cost: row.cost,
    cash: minorUnits(row.cash),
    settled: minorUnits(row.settled),
    clock: row.clock === null ? undefined : epochMs(row.clock),
    session: row.session ?? undefined,
    last: row.last_px ?? undefined,
  }
}

function orderFrom(row: OrderRow): PaperOrder {
  return {
    seq: row.seq,
    clientOrderId: clientOrderId(row.client_order_id),
    parent: row.parent === null ? undefined : clientOrderId(row.parent),
    symbol: row.symbol,
    side: row.side,
    kind: row.kind,
    stopPx: row.stop_px,
    limitPx: row.limit_px,
    trail: trailFrom(row),
    bestPx: row.best_px ?? undefined,
    oco: row.oco === null ? undefined : clientOrderId(row.oco),
    combo: row.combo === null ? undefined : clientOrderId(row.combo),
    comboLimit: row.combo_limit ?? undefined,
    timeInForce: row.time_in_force,
    purpose: row.purpose,
    quantity: row.quantity,
    cumQty: row.cum_qty,
    status: row.status,
    held: row.held === 1,
    elected: row.elected === 1,
    session: row.session ?? undefined,
    reason: row.reason,
    at: epochMs(row.at),
  }
}

function fillFrom({ seq, ...row }: FillRow): PaperFill {
  return {
    seq,
    fill: {
      fillId: paperFillId(seq),
      clientOrderId: clientOrderId(row.client_order_id),
      symbol: row.symbol,
      side: row.side,
      quantity: lots(row.quantity),
      price: ticks(row.price),
      commission: row.commission,
      at: epochMs(row.at),
    },
  }
}
