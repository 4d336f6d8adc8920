import type { AccountStore } from '../../domain/account/account-store.ts'
import type { Breach, BreachRule } from '../../domain/risk/judge-worth.ts'
import { contractShareOf, FULL_CONTRACT_MILLI } from '../../domain/instrument/contract-share.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { afterEntryOrder, SIZES_KEPT, type RiskState } from '../../domain/risk/risk-state.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'
import { STATE_MIGRATIONS } from './schema.ts'

type RiskQueries = Pick<AccountStore, 'risk' | 'saveRisk' | 'standingBreaches' | 'insertBreach' | 'clearBreach'>

type BreachRow = { seq: number; rule: string; at: number; bar_time: number; until: number | null; text: string }

type Entered = { quantity: number; symbol: string }

/** Older versions kept sizes as lots, which are no measure where micros and minis are traded. */
type Stored = Omit<RiskState, 'sizesMilli'> & Partial<Pick<RiskState, 'sizesMilli'>>

/** From this version on decisions count on where the state of the limits was saved. */
const COUNTS_ON = 7

/**
 * What the account's limits remember, and the breaches.
 *
 * @param version of the schema, where an account is looked at whose bot may not have brought it up to date
 */
export function riskQueries(db: Statements, version = STATE_MIGRATIONS.length): RiskQueries {
  const state = db.prepare(`SELECT state, ${version < COUNTS_ON ? 'NULL' : 'counted_to'} AS counted_to FROM risk_state`)
  const saveState = db.prepare(
    `INSERT INTO risk_state (id, state, counted_to) VALUES (1, ?, (SELECT coalesce(max(seq), 0) FROM decisions))
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, counted_to = excluded.counted_to`,
  )
  const entered = db.prepare(
    `SELECT at, quantity, symbol FROM decisions WHERE seq > ? AND action = 'enter' AND command IS NOT NULL ORDER BY seq`,
  )
  const newest = db.prepare(
    `SELECT quantity, symbol FROM decisions WHERE seq <= ? AND action = 'enter' ORDER BY seq DESC LIMIT ${SIZES_KEPT}`,
  )
  const spec = db.prepare('SELECT spec FROM instruments WHERE symbol = ?')
  const sizeMilli = ({ quantity, symbol }: Entered): number => {
    const row = spec.get(symbol) as { spec: string } | undefined
    return quantity * (row ? contractShareOf(JSON.parse(row.spec) as Instrument) : FULL_CONTRACT_MILLI)
  }
  /** The state as this version counts it. */
  const present = (state: Stored, countedTo: number | null): RiskState => ({
    ...state,
    sizesMilli:
      state.sizesMilli ??
      (newest.all(countedTo ?? Number.MAX_SAFE_INTEGER) as Entered[]).reverse().map((one) => sizeMilli(one)),
  })
  const standing = db.prepare(
    'SELECT * FROM risk_breaches WHERE cleared_at IS NULL AND (until IS NULL OR until > ?) ORDER BY seq',
  )
  const insert = db.prepare('INSERT INTO risk_breaches (rule, at, bar_time, until, text) VALUES (?, ?, ?, ?, ?)')
  const clear = db.prepare('UPDATE risk_breaches SET cleared_at = ? WHERE seq = ?')
  return {
    risk: () => {
      const row = state.get() as { state: string; counted_to: number | null } | undefined
      if (!row) return undefined
      let known = present(JSON.parse(row.state) as Stored, row.counted_to)
      if (row.counted_to === null) return known
      for (const one of entered.all(row.counted_to) as (Entered & { at: number })[])
        known = afterEntryOrder(known, epochMs(one.at), sizeMilli(one))
      return known
    },
    saveRisk: (value) => void saveState.run(JSON.stringify(value)),
    standingBreaches: (now) => (standing.all(now) as BreachRow[]).map(fromRow),
    insertBreach: (breach) => {
      const { rule, at, barTime, until, text } = breach
      const { lastInsertRowid } = insert.run(rule, at, barTime, until ?? null, text)
      return { ...breach, id: Number(lastInsertRowid) }
    },
    clearBreach: (id, at) => void clear.run(at, id),
  }
}

function fromRow(row: BreachRow): Breach {
  return {
    id: row.seq,
    rule: row.rule as BreachRule,
    at: epochMs(row.at),
    barTime: epochMs(row.bar_time),
    until: row.until === null ? undefined : epochMs(row.until),
    text: row.text,
  }
}
