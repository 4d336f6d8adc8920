import { BAR_COLUMNS, type MarketDb, type RawBar } from './market-db.ts'

/**
 * Bars of a series in order of time, at most `limit`; the read ends with this call.
 *
 * @param after bars that start later than this, epoch ms
 * @param to    last bar start wanted, epoch ms
 */
export function readBars(db: MarketDb, series: number, after: number, to: number, limit: number): RawBar[] {
  return db.sql
    .prepare<[number, number, number, number], RawBar>(
      `SELECT ${BAR_COLUMNS} FROM bars WHERE series = ? AND time > ? AND time <= ? ORDER BY time LIMIT ?`,
    )
    .raw()
    .all(series, after, to, limit) as unknown as RawBar[]
}
