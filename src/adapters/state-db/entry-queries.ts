import type { AccountStore } from '../../domain/account/account-store.ts'
import type { TradeEntry } from '../../domain/experience/experience.ts'
import type { TradeCommand } from '../../domain/order/trade-command.ts'
import { ticks } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'

type EntryRow = { seq: number; decision_id: string; price: number; features: string; command: string | null }
type LegRow = {
  client_order_id: string
  decision_id: string
  purpose: string
  stop_px: number | null
  limit_px: number | null
}
type Leg = Readonly<{ px: number; decisionId: string }>

/** How the entry of a trade came about. Asked once for every trade that closes; every step goes by an index or by place. */
export function entryQueries(db: Statements): Pick<AccountStore, 'tradeEntry'> {
  const entry = db.prepare(
    `SELECT o.seq, o.decision_id, d.price, d.features, d.command
     FROM fills f
     JOIN orders o ON o.client_order_id = f.client_order_id AND o.purpose = 'entry'
     JOIN decisions d ON d.decision_id = o.decision_id
     WHERE f.fill_id = ?`,
  )
  // The legs of a bracket are written right behind it, and orders since the entry are few: no index by symbol is needed.
  const legs = db.prepare(
    `SELECT client_order_id, decision_id, purpose, stop_px, limit_px FROM orders
     WHERE seq > ? AND symbol = ? AND purpose IN ('stop', 'target') ORDER BY seq`,
  )
  const firstStop = db.prepare('SELECT stop_px FROM order_moves WHERE client_order_id = ? ORDER BY seq LIMIT 1').pluck()
  const firstLimit = db
    .prepare('SELECT limit_px FROM order_moves WHERE client_order_id = ? ORDER BY seq LIMIT 1')
    .pluck()

  /** Where the first stop and the first target of an entry stood, before either was moved. */
  function plannedLegs(seq: number, symbol: string): Readonly<{ stop: Leg | undefined; target: Leg | undefined }> {
    let stop: Leg | undefined
    let target: Leg | undefined
    for (const row of legs.iterate(seq, symbol) as Iterable<LegRow>) {
      const { client_order_id: id, decision_id: decisionId } = row
      if (row.purpose === 'stop' && row.stop_px !== null)
        stop ??= { decisionId, px: (firstStop.get(id) as number | null | undefined) ?? row.stop_px }
      if (row.purpose === 'target' && row.limit_px !== null)
        target ??= { decisionId, px: (firstLimit.get(id) as number | null | undefined) ?? row.limit_px }
      if (stop && target) break
    }
    return { stop, target }
  }

  return {
    tradeEntry: (openedBy, symbol) => {
      const row = entry.get(openedBy) as EntryRow | undefined
      // What no setup led to teaches nothing: its legs need not be looked for.
      if (!row || row.features === '{}') return undefined
      const { stop, target } = plannedLegs(row.seq, symbol)
      return {
        decidedPx: row.price === 0 ? undefined : ticks(row.price),
        features: JSON.parse(row.features) as TradeEntry['features'],
        command: row.command === null ? undefined : (JSON.parse(row.command) as { kind: TradeCommand['kind'] }).kind,
        stop: stop && { px: ticks(stop.px), planned: stop.decisionId === row.decision_id },
        targetPx: target && ticks(target.px),
      }
    },
  }
}
