import type { Scanner } from '../scan/scanner.ts'
import type { LineFilter } from './line-filter.ts'
import type { LogSource } from './log-source.ts'

/** Where reading goes on; `isInside` a line whose beginning was read already, or is not wanted. */
export type Cursor = Readonly<{ at: number; isInside: boolean }>

export type Lines = Readonly<{
  /** Pairs: where a line begins and ends in the scanner's block. Valid until the scanner is used again. */
  places: Uint32Array
  /** Position of the block's first byte in the log. */
  base: number
  next: Cursor
  /** There is nothing more to read now. */
  isEnd: boolean
  /** The last line, which has no newline yet, if it passes the filter. */
  unfinished: readonly [from: number, to: number] | undefined
}>

/**
 * Reads one block and finds the wanted lines of it.
 *
 * A line longer than a block is known by its beginning: what stands behind is neither searched nor shown.
 */
export function nextLines(source: LogSource, scanner: Scanner, cursor: Cursor, filter: LineFilter): Lines {
  const { block, capacity } = scanner
  const { got, beginsPart, endsPart, endsLog } = source.read(cursor.at, block, capacity)
  const nothing = { places: NONE, base: cursor.at, unfinished: undefined }
  if (got === 0) return { ...nothing, next: cursor, isEnd: true }
  let from = 0
  if (cursor.isInside && !beginsPart) {
    const { at, missing } = scanner.skipLines(0, got, 1)
    const isInside = missing > 0 && !(endsPart && !endsLog)
    if (missing > 0 || at === got)
      return { ...nothing, next: { at: cursor.at + got, isInside }, isEnd: endsLog && at === got }
    from = at
  }
  const lastNewline = block.lastIndexOf(10, got - 1)
  if (lastNewline >= from) {
    const to = lastNewline + 1
    const places = filter.wanted(scanner, from, to)
    return { ...nothing, places, next: { at: cursor.at + to, isInside: false }, isEnd: endsLog && to === got }
  }
  if (endsLog) {
    const passes = filter.wanted(scanner, from, got).length > 0
    return {
      ...nothing,
      next: { at: cursor.at + from, isInside: false },
      isEnd: true,
      unfinished: passes ? [from, got] : undefined,
    }
  }
  // The rest of this line comes with the next block, unless it does not fit in one, or this is all there is of it.
  if (from > 0 && !endsPart) return { ...nothing, next: { at: cursor.at + from, isInside: false }, isEnd: false }
  const places = filter.wanted(scanner, from, got)
  return { ...nothing, places, next: { at: cursor.at + got, isInside: !endsPart }, isEnd: false }
}

const NONE = new Uint32Array(0)
