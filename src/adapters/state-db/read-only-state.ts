import { existsSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openReadOnly, refusedBySqlite, type SqliteDatabase } from '../sqlite/open-database.ts'
import { stateRole } from './open-state.ts'

/** State of an account, opened to look only; `version` is that of its schema. */
export type StateView = Readonly<{ db: SqliteDatabase; version: number }>

/**
 * Looks into an account's state without disturbing its bot.
 *
 * @returns undefined for an account that has never run
 * @throws {Refused} the state can't be read
 */
export function lookIntoState<T>(
  layout: HomeLayout,
  accountId: AccountId,
  look: (view: StateView) => T,
): T | undefined {
  if (!existsSync(layout.state(accountId))) return undefined
  const role = stateRole(layout, accountId)
  const db = openReadOnly(role)
  try {
    const version = Number(db.pragma('user_version', { simple: true }))
    return version === 0 ? undefined : look({ db, version })
  } catch (error) {
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}

/** How what the account has ever traded counts, by symbol. */
export function recordedInstruments({ db }: StateView): ReadonlyMap<string, Instrument> {
  const rows = db.prepare('SELECT symbol, spec FROM instruments').all() as { symbol: string; spec: string }[]
  return new Map(rows.map((row) => [row.symbol, JSON.parse(row.spec) as Instrument]))
}
