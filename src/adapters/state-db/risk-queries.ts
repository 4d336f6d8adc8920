import type { AccountStore } from '../../domain/account/account-store.ts'
import type { Breach, BreachRule } from '../../domain/risk/judge-worth.ts'
import type { RiskState } from '../../domain/risk/risk-state.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'

type RiskQueries = Pick<AccountStore, 'risk' | 'saveRisk' | 'standingBreaches' | 'insertBreach' | 'clearBreach'>

type BreachRow = { seq: number; rule: string; at: number; bar_time: number; until: number | null; text: string }

/** What the account's limits remember, and the breaches. */
export function riskQueries(db: Statements): RiskQueries {
  const state = db.prepare('SELECT state FROM risk_state').pluck()
  const saveState = db.prepare(
    'INSERT INTO risk_state (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state',
  )
  const standing = db.prepare(
    'SELECT * FROM risk_breaches WHERE cleared_at IS NULL AND (until IS NULL OR until > ?) ORDER BY seq',
  )
  const insert = db.prepare('INSERT INTO risk_breaches (rule, at, bar_time, until, text) VALUES (?, ?, ?, ?, ?)')
  const clear = db.prepare('UPDATE risk_breaches SET cleared_at = ? WHERE seq = ?')
  return {
    risk: () => {
      const text = state.get() as string | undefined
      return text === undefined ? undefined : (JSON.parse(text) as RiskState)
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
