import type { OrderRow } from '../../contracts/account-records.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { Position } from '../../domain/position/position.ts'
import type { HomeLayout } from '../home/layout.ts'
import { orderRow, type Row } from './read-account.ts'
import { lookIntoState, recordedInstruments, type StateView } from './read-only-state.ts'

/** What is held of one instrument, how that counts, and what its last durable bar was. */
export type HeldPosition = Readonly<{ position: Position; spec: Instrument; lastBar: Bar | undefined }>

/** Orders shown as open at most; the risk limits of an account allow far fewer. */
const MOST_OPEN = 1_000
/** Version of the schema from which on orders are marked as open. */
const MARKS_OPEN = 7

/** Everything an account holds, by symbol; nothing when it has never run. */
export function readHeldPositions(layout: HomeLayout, settings: AccountSettings): readonly HeldPosition[] {
  return lookIntoState(layout, settings.accountId, (view) => heldIn(view)) ?? []
}

function heldIn(view: StateView): HeldPosition[] {
  const rows = view.db.prepare('SELECT state FROM positions WHERE quantity <> 0 ORDER BY symbol').pluck().all()
  const specs = recordedInstruments(view)
  return (rows as string[]).flatMap((row) => {
    const position = JSON.parse(row) as Position
    const spec = specs.get(position.symbol)
    return spec ? [{ position, spec, lastBar: lastBarOf(view, position.symbol) }] : []
  })
}

function lastBarOf({ db, version }: StateView, symbol: string): Bar | undefined {
  if (version < 4) return undefined
  const bars = db.prepare("SELECT bar FROM checkpoints WHERE series LIKE ? || ':%' ESCAPE '\\'").pluck()
  const found = (bars.all(symbol.replace(/[\\%_]/g, '\\$&')) as string[]).map((bar) => JSON.parse(bar) as Bar)
  return found.sort((a, b) => a.time - b.time).at(-1)
}

/** Orders of an account that may still be filled, oldest first. */
export function readOpenOrders(layout: HomeLayout, { accountId }: AccountSettings): OrderRow[] {
  const open = lookIntoState(layout, accountId, (view) => {
    const specs = recordedInstruments(view)
    // As the partial index has it, so that orders that have ended are never read.
    const indexed = view.version >= MARKS_OPEN ? 'is_open = 1 AND ' : ''
    const rows = view.db
      .prepare(
        `SELECT * FROM orders WHERE ${indexed}status IN ('intent','sent','unknown','acknowledged','partially-filled')
         ORDER BY seq LIMIT ${MOST_OPEN}`,
      )
      .all() as Row[]
    return rows.flatMap((row) => {
      const spec = specs.get(String(row.symbol))
      return spec ? [orderRow(accountId, row, spec)] : []
    })
  })
  return open ?? []
}
