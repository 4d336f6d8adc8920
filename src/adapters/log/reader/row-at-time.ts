import type { OpenView } from './open-views.ts'
import { timeOfLine } from './own-line.ts'

/** How far to look for a line with a time: a stack trace or a foreign block is not longer. */
const MOST_WITHOUT_TIME = 200
const TIME_BYTES = 128

/**
 * The first row at or after a time, by bisection; lines without a time count with those before them.
 *
 * Where a clock was set back, the log has several such places, and this is one of them.
 */
export function rowAtTime({ view, sources }: OpenView, time: number): number {
  const block = Buffer.alloc(TIME_BYTES)
  const isBefore = (row: number): boolean => {
    for (const [first, count] of [
      [row, 1],
      [row + 1, MOST_WITHOUT_TIME],
    ] as const)
      for (const { log, offset, length } of view.rows(first, count)) {
        const at = timeIn(log, offset, length)
        if (!Number.isNaN(at)) return at < time
      }
    return true
  }
  const timeIn = (log: number, offset: number, length: number): number => {
    if (length === 0) return Number.NaN
    const { got } = sources[log]!.read(offset, block, Math.min(length, TIME_BYTES))
    return timeOfLine(block, 0, got)
  }
  let low = 0
  let high = view.total()
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}
