import type { AccountStore } from '../../domain/account/account-store.ts'
import type { FillId } from '../../domain/order/order.ts'
import type { ToldFill } from '../../domain/order/told-fill.ts'
import type { Statements } from '../sqlite/late-statements.ts'

type ForeignFills = Pick<AccountStore, 'keepForeignFill' | 'foreignFills' | 'forgetForeignFill'>

/** Fills of markets that nobody here could count when they were told. */
export function foreignFillQueries(db: Statements): ForeignFills {
  // One that was booked is known for good, whoever tells of it once more.
  const keep = db.prepare(
    `INSERT INTO foreign_fills (fill_id, symbol, told)
     SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM fills WHERE fill_id = ?)
     ON CONFLICT (fill_id) DO NOTHING`,
  )
  const all = db.prepare('SELECT told FROM foreign_fills ORDER BY seq').pluck()
  const forget = db.prepare('DELETE FROM foreign_fills WHERE fill_id = ?')
  return {
    keepForeignFill: (told) => keep.run(told.fillId, told.symbol, JSON.stringify(told), told.fillId).changes === 1,
    foreignFills: () => (all.all() as string[]).map((text) => JSON.parse(text) as ToldFill),
    forgetForeignFill: (id: FillId) => void forget.run(id),
  }
}
