import type { LogRow, LogWindow } from '../../src/contracts/launcher/logs.ts'

/** Rows of a log that the page holds, by their number. */
export type RowStore = Readonly<{
  at: (row: number) => LogRow | undefined
  /** Takes in what the log is now: rows of another one are forgotten. */
  take: (answer: LogWindow) => void
  /** Takes in more rows of the same log. @returns whether they are that */
  add: (answer: LogWindow) => boolean
}>

/** About 3 MB of short lines. */
const MOST_ROWS = 6_000

export function openRowStore(most = MOST_ROWS): RowStore {
  const rows = new Map<number, LogRow>()
  let generation = ''

  function put(first: number, some: readonly LogRow[]): void {
    for (const [at, row] of some.entries()) {
      // Deleted first, so that the order of the map is the order of use.
      rows.delete(first + at)
      rows.set(first + at, row)
    }
    for (const row of rows.keys()) {
      if (rows.size <= most) return
      rows.delete(row)
    }
  }

  return {
    at: (row) => rows.get(row),
    take(answer) {
      if (answer.generation !== generation) rows.clear()
      ;({ generation } = answer)
      if (answer.first !== null) put(answer.first, answer.rows)
    },
    add(answer) {
      if (answer.generation !== generation || answer.first === null) return false
      put(answer.first, answer.rows)
      return true
    },
  }
}
