import type { AccountStore } from '../../domain/account/account-store.ts'
import type { TradeEntry } from '../../domain/experience/experience.ts'
import type { TradeCommand } from '../../domain/order/trade-command.ts'
import { ticks } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'

type EntryRow = { seq: number; decision_id: string; price: number; features: string; command: string | null }
type LegRow = { decision_id: string; px: number }

/** How the entry of a trade came about. Asked once for every trade that closes; every step goes by an index or by place. */
export function entryQueries(db: Statements): Pick<AccountStore, 'tradeEntry'> {
  const entry = db.prepare(
    `SELECT o.seq, o.decision_id, d.price, d.features, json_extract(d.command, '$.kind') AS command
     FROM fills f
     JOIN orders o ON o.client_order_id = f.client_order_id AND o.purpose = 'entry'
     JOIN decisions d ON d.decision_id = o.decision_id
     WHERE f.fill_id = ?`,
  )
  // Where it stood before it was first moved, if it was. Orders since the entry are few: no index by symbol is needed.
  const first = (purpose: 'stop' | 'target', px: 'stop_px' | 'limit_px') =>
    db.prepare(
      `SELECT decision_id, coalesce(
         (SELECT m.${px} FROM order_moves m WHERE m.client_order_id = o.client_order_id ORDER BY m.seq LIMIT 1), ${px}
       ) AS px
       FROM orders o WHERE seq > ? AND symbol = ? AND purpose = '${purpose}' AND ${px} IS NOT NULL ORDER BY seq LIMIT 1`,
    )
  const firstStop = first('stop', 'stop_px')
  const firstTarget = first('target', 'limit_px')
  return {
    tradeEntry: (openedBy, symbol) => {
      const row = entry.get(openedBy) as EntryRow | undefined
      if (!row) return undefined
      const stop = firstStop.get(row.seq, symbol) as LegRow | undefined
      const target = firstTarget.get(row.seq, symbol) as LegRow | undefined
      return {
        decidedPx: row.price === 0 ? undefined : ticks(row.price),
        features: JSON.parse(row.features) as TradeEntry['features'],
        command: (row.command as TradeCommand['kind'] | null) ?? undefined,
        stop: stop && { px: ticks(stop.px), planned: stop.decision_id === row.decision_id },
        targetPx: target && ticks(target.px),
      }
    },
  }
}
