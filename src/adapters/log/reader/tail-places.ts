import type { Scanner } from '../scan/scanner.ts'
import type { LineFilter } from './line-filter.ts'
import type { LogSource } from './log-source.ts'
import { nextLines, type Cursor } from './next-lines.ts'

export type Place = Readonly<{ offset: number; length: number }>

const FIRST_SPAN = 65_536
const LONGEST_SPAN = 64 * 1_048_576

/** The last wanted lines of a log, read from ever farther back until there are enough or time is up. */
export function tailPlaces(
  source: LogSource,
  scanner: Scanner,
  filter: LineFilter,
  count: number,
  milliseconds: number,
): Place[] {
  const until = performance.now() + milliseconds
  const size = source.size()
  for (let span = FIRST_SPAN; ; span *= 4) {
    const from = Math.max(0, size - span)
    // One byte earlier, inside of a line: a newline there begins a whole one.
    const found = placesFrom(source, scanner, filter, from === 0 ? BEGINNING : { at: from - 1, isInside: true }, count)
    if (found.length >= count || from === 0 || span >= LONGEST_SPAN || performance.now() > until) return found
  }
}

const BEGINNING: Cursor = { at: 0, isInside: false }

function placesFrom(source: LogSource, scanner: Scanner, filter: LineFilter, begin: Cursor, most: number): Place[] {
  let found: Place[] = []
  for (let cursor = begin; ;) {
    const lines = nextLines(source, scanner, cursor, filter)
    found.push(...placesOf(lines))
    if (found.length > 4 * most) found = found.slice(-most)
    if (lines.isEnd) return found.slice(-most)
    cursor = lines.next
  }
}

/** Lines of a block as places in the log, the unfinished one among them. */
export function placesOf({ places, base, unfinished }: ReturnType<typeof nextLines>): Place[] {
  const found: Place[] = []
  for (let at = 0; at < places.length; at += 2)
    found.push({ offset: base + places[at]!, length: places[at + 1]! - places[at]! })
  if (unfinished) found.push({ offset: base + unfinished[0], length: unfinished[1] - unfinished[0] })
  return found
}
