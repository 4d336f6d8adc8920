import type { Scanner } from '../scan/scanner.ts'
import type { LineFilter } from './line-filter.ts'
import type { LogSource } from './log-source.ts'
import type { LogView, ViewRow } from './log-view.ts'
import { openMarks } from './marks.ts'
import { nextLines, type Cursor } from './next-lines.ts'
import { placesOf, tailPlaces } from './tail-places.ts'

/** Lines from one mark to the next where every line is wanted. */
const LINE_STRIDE = 256

/** A view of one log. Where every line is wanted, lines are only counted, at the speed of reading. */
export function openSingleView(source: LogSource, scanner: Scanner, filter: LineFilter): LogView {
  const marks = openMarks(filter.isAll ? 1 : 2, filter.isAll ? LINE_STRIDE : 1)
  let cursor: Cursor = { at: 0, isInside: false }
  /** Rows before the cursor that end with a newline, or with their file. */
  let count = 0
  let hasUnfinished = false
  /** The size at which everything had been read. */
  let completeAt = -1

  /** Row `count` begins at `offset`; its length is kept where a mark may stand for the row itself. */
  function mark(offset: number, length = 0): void {
    if (count === marks.count() * marks.stride()) marks.add(filter.isAll ? [offset] : [offset, length])
  }

  function countBlock(): boolean {
    if (cursor.at === 0) mark(0)
    const { got, beginsPart } = source.read(cursor.at, scanner.block, scanner.capacity)
    if (got === 0) return true
    if (cursor.isInside && beginsPart) {
      // The writer was killed in the middle of the file's last line.
      count += 1
      mark(cursor.at)
    }
    for (let at = 0; at < got;) {
      const wanted = marks.count() * marks.stride() - count
      const skipped = scanner.skipLines(at, got, wanted)
      count += wanted - skipped.missing
      ;({ at } = skipped)
      if (skipped.missing === 0) mark(cursor.at + at)
    }
    hasUnfinished = scanner.block[got - 1] !== 10
    cursor = { at: cursor.at + got, isInside: hasUnfinished }
    return cursor.at >= source.size()
  }

  function filterBlock(): boolean {
    const { places, base, next, unfinished, isEnd } = nextLines(source, scanner, cursor, filter)
    for (let at = 0; at < places.length; at += 2) {
      mark(base + places[at]!, places[at + 1]! - places[at]!)
      count += 1
    }
    hasUnfinished = unfinished !== undefined
    cursor = next
    return isEnd
  }

  /** The rows from a mark on. */
  function* rowsFrom(offset: number): Generator<ViewRow> {
    for (let here: Cursor = { at: offset, isInside: false }; ;) {
      const lines = nextLines(source, scanner, here, filter)
      // Taken out of the scanner's block at once: whoever takes the rows may use the scanner too.
      for (const place of placesOf(lines)) yield { log: 0, ...place }
      if (lines.isEnd) return
      here = lines.next
    }
  }

  const total = () => count + (hasUnfinished ? 1 : 0)
  const start = (row: number) => (marks.count() === 0 ? { row: 0, values: [cursor.at] } : marks.before(row))
  function marked(first: number, last: number): ViewRow[] {
    return Array.from({ length: last - first }, (_, at) => {
      const [offset = 0, length = 0] = marks.before(first + at).values
      return { log: 0, offset, length }
    })
  }
  const rows = (first: number, wanted: number): ViewRow[] => {
    const last = Math.min(first + wanted, total())
    const found: ViewRow[] = []
    const begin = start(first)
    let row = begin.row
    if (first >= last) return found
    // While there is a mark for every row nothing need be searched again.
    if (!filter.isAll && marks.stride() === 1 && last <= count) return marked(first, last)
    for (const place of rowsFrom(begin.values[0]!)) {
      if (row >= first) found.push(place)
      if (++row >= last) break
    }
    return found
  }

  return {
    advance(milliseconds) {
      const until = performance.now() + milliseconds
      const size = source.size()
      while (completeAt !== size) {
        if (filter.isAll ? countBlock() : filterBlock()) completeAt = size
        if (performance.now() > until) return
      }
    },
    isComplete: () => completeAt === source.size(),
    total,
    scanned: () => (completeAt === source.size() ? completeAt : cursor.at),
    size: source.size,
    rows,
    tail: (wanted, milliseconds) =>
      tailPlaces(source, scanner, filter, wanted, milliseconds).map((place) => ({ log: 0, ...place })),
    rowAt([bound = 0]) {
      if (total() === 0) return 0
      const begin = marks.count() === 0 ? start(0) : marks.lastWhere(([offset]) => offset! <= bound)
      let { row } = begin
      for (const { offset } of rowsFrom(begin.values[0]!)) {
        if (offset >= bound || row >= total()) break
        row += 1
      }
      return row
    },
    boundsAt: (row) => [rows(row, 1)[0]?.offset ?? source.size()],
  }
}
