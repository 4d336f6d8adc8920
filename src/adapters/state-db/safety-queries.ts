import type { AccountStore } from '../../domain/account/account-store.ts'
import type { Statements } from '../sqlite/late-statements.ts'

type SafetyQueries = Pick<AccountStore, 'flattenWish' | 'saveFlattenWish' | 'endFlattenWish' | 'appendReconciliation'>

/** A broker that is out of reach for days says the same every few seconds. */
const REPORTS_KEPT = 1_000

type LastReport = { seq: number; agrees: number; lines: string }

/** The wish to be flat, and the reports of comparing books with the broker. */
export function safetyQueries(db: Statements): SafetyQueries {
  const wish = db.prepare('SELECT reason FROM flatten_wish').pluck()
  const saveWish = db.prepare('INSERT INTO flatten_wish (id, reason, at) VALUES (1, ?, ?) ON CONFLICT (id) DO NOTHING')
  const endWish = db.prepare('DELETE FROM flatten_wish')
  const last = db.prepare('SELECT seq, agrees, lines FROM reconciliations ORDER BY seq DESC LIMIT 1')
  const append = db.prepare('INSERT INTO reconciliations (at, last_at, agrees, lines) VALUES (?, ?, ?, ?)')
  const again = db.prepare('UPDATE reconciliations SET last_at = ?, times = times + 1 WHERE seq = ?')
  const prune = db.prepare('DELETE FROM reconciliations WHERE seq <= ?')
  return {
    flattenWish: () => wish.get() as string | undefined,
    saveFlattenWish: (reason, at) => void saveWish.run(reason, at),
    endFlattenWish: () => void endWish.run(),
    appendReconciliation: ({ at, agrees, lines }) => {
      const text = JSON.stringify(lines)
      const before = last.get() as LastReport | undefined
      if (before && before.agrees === Number(agrees) && before.lines === text) {
        if (!agrees || lines.length > 0) again.run(at, before.seq)
        return false
      }
      const { lastInsertRowid } = append.run(at, at, Number(agrees), text)
      prune.run(Number(lastInsertRowid) - REPORTS_KEPT)
      return true
    },
  }
}
