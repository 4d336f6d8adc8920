import type { Scanner } from '../scan/scanner.ts'
import type { LineFilter } from './line-filter.ts'
import type { LogSource } from './log-source.ts'
import type { LogView, ViewRow } from './log-view.ts'
import { openMarks } from './marks.ts'
import { nextLines, type Cursor } from './next-lines.ts'
import { timeOfLine } from './own-line.ts'
import { tailPlaces } from './tail-places.ts'

const ROW_STRIDE = 64
/** A mark has as many numbers as there are logs: more room, 8 MB. */
const MOST_NUMBERS = 1_048_576
/** Rows merged between two looks at the clock. */
const BATCH = 2_000

/** The wanted lines of one log that were read ahead, and their times. */
type Stream = {
  readonly log: number
  cursor: Cursor
  ahead: { offset: number; length: number; time: number }[]
  next: number
  /** Of the line before: a line without a time belongs to it. */
  time: number
  isEnd: boolean
}

/**
 * Several logs as one, by time: always the log whose next line is the oldest goes on, so that each keeps its own order
 * even where its clock was set back.
 */
export function openMergedView(sources: readonly LogSource[], scanner: Scanner, filter: LineFilter): LogView {
  // Behind the state of the streams stands the row itself, for as long as every row has a mark.
  const rowAtIndex = 2 * sources.length
  const marks = openMarks(rowAtIndex + 3, filter.isAll ? ROW_STRIDE : 1, MOST_NUMBERS)
  const streams = sources.map((_, log) => openStream(log, 0, Number.NEGATIVE_INFINITY))
  let count = 0
  let completeAt = ''

  const sizes = () => sources.map((source) => source.size()).join(' ')
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0)

  function refill(stream: Stream): void {
    const source = sources[stream.log]!
    while (stream.next >= stream.ahead.length) {
      const lines = nextLines(source, scanner, stream.cursor, filter)
      stream.ahead = []
      stream.next = 0
      let { time } = stream
      for (let at = 0; at < lines.places.length; at += 2) {
        const [from, to] = [lines.places[at]!, lines.places[at + 1]!]
        const own = timeOfLine(scanner.block, from, to)
        if (!Number.isNaN(own)) time = own
        stream.ahead.push({ offset: lines.base + from, length: to - from, time })
      }
      stream.cursor = lines.next
      stream.isEnd = lines.isEnd
      if (lines.isEnd) return
    }
  }

  /** The stream whose line comes next; undefined where all have ended. */
  function oldest(among: readonly Stream[]): Stream | undefined {
    let found: Stream | undefined
    for (const stream of among) {
      if (stream.next >= stream.ahead.length && !stream.isEnd) refill(stream)
      const head = stream.ahead[stream.next]
      if (head && (!found || head.time < found.ahead[found.next]!.time)) found = stream
    }
    return found
  }

  /** What the streams need to be opened here again: of each, where it goes on, and the time it has. */
  const stateOf = (among: readonly Stream[]): number[] =>
    among.flatMap((stream) => [stream.ahead[stream.next]?.offset ?? stream.cursor.at, stream.time])

  function takeFrom(stream: Stream): ViewRow {
    const { offset, length, time } = stream.ahead[stream.next++]!
    stream.time = time
    return { log: stream.log, offset, length }
  }

  function* rowsFrom(state: readonly number[]): Generator<ViewRow> {
    const again = sources.map((_, log) => openStream(log, state[2 * log]!, state[2 * log + 1]!))
    for (let stream = oldest(again); stream; stream = oldest(again)) yield takeFrom(stream)
  }

  /** Last lines without a newline yet: where they belong is known when they are whole. */
  function unfinished(): ViewRow[] {
    return sources.flatMap((source, log) => {
      const [last] = tailPlaces(source, scanner, filter, 1, 0)
      const isOpen = last !== undefined && last.offset >= streams[log]!.cursor.at && streams[log]!.isEnd
      return isOpen && last.length > 0 ? [{ log, ...last }] : []
    })
  }
  let open: ViewRow[] = []

  const total = () => count + open.length
  const rows = (first: number, wanted: number): ViewRow[] => {
    const last = Math.min(first + wanted, count)
    const found: ViewRow[] = []
    if (first < last && marks.stride() === 1)
      for (let row = first; row < last; row++) {
        const [log = 0, offset = 0, length = 0] = marks.before(row).values.slice(rowAtIndex)
        found.push({ log, offset, length })
      }
    else if (first < last) {
      const start = marks.before(first)
      let { row } = start
      for (const place of rowsFrom(start.values)) {
        if (row >= first) found.push(place)
        if (++row >= last) break
      }
    }
    return [...found, ...open.slice(Math.max(0, first - count), Math.max(0, first + wanted - count))]
  }

  return {
    advance(milliseconds) {
      const until = performance.now() + milliseconds
      const now = sizes()
      if (completeAt === now) return
      for (const stream of streams) stream.isEnd = false
      for (;;) {
        for (let merged = 0; merged < BATCH; merged++) {
          const stream = oldest(streams)
          if (!stream) {
            completeAt = now
            open = unfinished()
            return
          }
          const state = count === marks.count() * marks.stride() ? stateOf(streams) : undefined
          const { log, offset, length } = takeFrom(stream)
          if (state) marks.add([...state, log, offset, length])
          count += 1
        }
        if (performance.now() > until) return
      }
    },
    isComplete: () => completeAt === sizes(),
    total,
    scanned: () => sum(streams.map((stream, log) => (stream.isEnd ? sources[log]!.size() : stream.cursor.at))),
    size: () => sum(sources.map((source) => source.size())),
    rows,
    tail(wanted, milliseconds) {
      const each = sources.map((source, log) =>
        tailPlaces(source, scanner, filter, wanted, milliseconds / sources.length).map((place) => ({ log, ...place })),
      )
      return mergeTails(each, sources, scanner).slice(-wanted)
    },
    rowAt(bounds) {
      if (count === 0) return 0
      const start = marks.lastWhere((state) => bounds.every((bound, log) => state[2 * log]! <= bound))
      let { row } = start
      for (const { log, offset } of rowsFrom(start.values)) {
        if (offset >= bounds[log]! || row >= count) break
        row += 1
      }
      return row
    },
    boundsAt(row) {
      if (row >= count) return sources.map((source) => source.size())
      const start = marks.before(row)
      const again = sources.map((_, log) => openStream(log, start.values[2 * log]!, start.values[2 * log + 1]!))
      let stream = oldest(again)
      for (let at = start.row; at < row && stream; at++) {
        takeFrom(stream)
        stream = oldest(again)
      }
      return stateOf(again).filter((_, index) => index % 2 === 0)
    },
  }
}

function openStream(log: number, at: number, time: number): Stream {
  return { log, cursor: { at, isInside: false }, ahead: [], next: 0, time, isEnd: false }
}

/** The ends of several logs, put together from the end backward, as far as each is known. */
function mergeTails(tails: readonly ViewRow[][], sources: readonly LogSource[], scanner: Scanner): ViewRow[] {
  const timed = tails.flatMap((rows) => {
    let time = Number.NEGATIVE_INFINITY
    return rows.map((row) => {
      const { got } = sources[row.log]!.read(row.offset, scanner.block, Math.min(row.length, scanner.capacity))
      const own = timeOfLine(scanner.block, 0, got)
      if (own > time) time = own
      return { row, time }
    })
  })
  return timed.toSorted((a, b) => a.time - b.time || a.row.log - b.row.log).map(({ row }) => row)
}
