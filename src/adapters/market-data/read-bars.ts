import { BAR_COLUMNS, type MarketDb, type RawBar } from './market-db.ts'

/**
 * Reads bars of a series in order of time; each read ends with its call.
 *
 * @param after bars that start later than this, epoch ms
 * @param to    last bar start wanted, epoch ms
 * @param limit how many at most
 */
export type BarReader = (after: number, to: number, limit: number) => RawBar[]

/** A reader keeps its statement: one made anew for each read costs more memory than the bars. */
export function openBarReader(db: MarketDb, series: number): BarReader {
  const read = db.sql
    .prepare<[number, number, number, number], RawBar>(
      `SELECT ${BAR_COLUMNS} FROM bars WHERE series = ? AND time > ? AND time <= ? ORDER BY time LIMIT ?`,
    )
    .raw()
  return (after, to, limit) => read.all(series, after, to, limit) as unknown as RawBar[]
}
