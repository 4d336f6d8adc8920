import { setImmediate } from 'node:timers/promises'
import type { LogRow, LogWindow, LogFound, LogExport } from '../../../contracts/launcher/logs.ts'
import { parseLogLine } from '../log-line.ts'
import { openScanner } from '../scan/scanner.ts'
import { formsOf, type LineWish } from './line-filter.ts'
import type { ViewRow } from './log-view.ts'
import { compilePattern, literalPattern } from './match-pattern.ts'
import { openViews, type LogRef, type OpenView, type ViewAsk } from './open-views.ts'
import { rowAtTime } from './row-at-time.ts'

/** Where a window lies: at the end, from a row on, at a time (UTC epoch milliseconds), or at a line of one of the logs. */
export type WindowPlace =
  | Readonly<{ at: 'end' }>
  | Readonly<{ at: 'row'; row: number }>
  | Readonly<{ at: 'time'; time: number }>
  | Readonly<{ at: 'line'; id: string; segment?: string | undefined; offset: number }>

type Waiting = Readonly<{
  /** How long to go on with what is not complete yet, milliseconds. */
  waitMs: number
}>

export type WindowAsk = ViewAsk &
  Waiting &
  Readonly<{
    place: WindowPlace
    before: number
    count: number
    find?: LineWish | undefined
    /** Lines as far as they are read at all, not only as far as a page shows them. */
    isWhole?: boolean
  }>
export type FindAsk = ViewAsk &
  Waiting &
  Readonly<{ find: LineWish; from: number | undefined; direction: 'next' | 'previous' }>
export type ExportAsk = ViewAsk & Waiting & Readonly<{ from: number; most: number }>
export type LineAsk = Readonly<{ log: LogRef; offset: number }>
export type MatchAsk = Readonly<{ grep: string; ignoreCase: boolean; texts: readonly string[] }>

/** Everything that is done with logs in a thread of its own. */
export type LogDesk = Readonly<{
  window: (ask: WindowAsk, signal: AbortSignal) => Promise<LogWindow>
  find: (ask: FindAsk, signal: AbortSignal) => Promise<LogFound>
  export: (ask: ExportAsk, signal: AbortSignal) => Promise<LogExport>
  /** One line, as much of it as is read at all. */
  line: (ask: LineAsk) => LogRow | null
  /** Which texts match. */
  match: (ask: MatchAsk) => readonly boolean[]
  close: () => void
}>

/** One block is read at a time; a longer line is known by its first so many bytes. */
export const BLOCK_BYTES = 262_144
/** Characters of a line that go with a window. */
const SHOWN = 16_384
/** Other calls are answered in between, milliseconds. */
const SLICE_MS = 15
/** For the end of a log that is not indexed yet, milliseconds. */
const TAIL_MS = 60
const EXPORT_ROWS = 2_000

export function openLogDesk(): LogDesk {
  const scanner = openScanner(BLOCK_BYTES)
  const views = openViews(scanner)

  /** Goes on with a view until it is complete, or enough, or time is up, or nobody waits for it any more. */
  async function goOn(ask: ViewAsk, waitMs: number, signal: AbortSignal, isEnough: (open: OpenView) => boolean) {
    const until = performance.now() + waitMs
    for (;;) {
      const isDone = views.with(ask, (open) => {
        open.view.advance(SLICE_MS)
        return open.view.isComplete() || isEnough(open)
      })
      await setImmediate()
      signal.throwIfAborted()
      if (isDone || performance.now() > until) return
    }
  }

  function read({ sources }: OpenView, { log, offset, length }: ViewRow, most: number): string {
    const { got } = sources[log]!.read(offset, scanner.block, Math.min(length, most))
    return scanner.block.toString('utf8', 0, got)
  }

  function rowOf(open: OpenView, logs: readonly LogRef[], row: ViewRow, most: number): LogRow {
    const line = parseLogLine(row.length === 0 ? '' : read(open, row, BLOCK_BYTES), row.offset)
    return {
      ...line,
      message: line.message.slice(0, most),
      raw: line.raw.slice(0, most),
      accountId: logs[row.log]!.id,
      segment: logs[row.log]!.segment ?? null,
      bytes: row.length,
      hits: null,
    }
  }

  function shown(open: OpenView, ask: WindowAsk, rows: readonly ViewRow[]): LogRow[] {
    const lines = rows.map((row) => rowOf(open, ask.logs, row, ask.isWhole ? BLOCK_BYTES : SHOWN))
    const pattern = patternOf(ask.find)
    if (!pattern || lines.length === 0) return lines
    const inMessage = pattern.places(lines.map(({ message }) => message))
    const inRaw = pattern.places(lines.map(({ raw }) => raw))
    return lines.map((line, at) => ({ ...line, hits: { message: [...inMessage[at]!], raw: [...inRaw[at]!] } }))
  }

  /** What came since the last look is read first: a log that is written all the time is complete too. */
  function progress({ view, generation }: OpenView) {
    view.advance(SLICE_MS)
    return {
      total: view.total(),
      isComplete: view.isComplete(),
      scanned: view.scanned(),
      size: view.size(),
      generation,
    }
  }

  return {
    async window(ask, signal) {
      const { place, count } = ask
      const last = place.at === 'row' ? place.row + count : Number.POSITIVE_INFINITY
      await goOn(ask, ask.waitMs, signal, ({ view }) => view.total() >= last)
      return views.with(ask, (open) => {
        const { view } = open
        const known = progress(open)
        if (!known.isComplete && last > known.total) {
          const rows = place.at === 'end' ? view.tail(count, TAIL_MS) : []
          return { ...known, first: null, anchor: null, rows: shown(open, ask, rows) }
        }
        const anchor = anchorOf(open, ask)
        const first = Math.max(0, Math.min(anchor - ask.before, Math.max(0, known.total - count)))
        return { ...known, first, anchor, rows: shown(open, ask, view.rows(first, count)) }
      })
    },

    async find(ask, signal) {
      const narrow = { logs: ask.logs, wishes: [...ask.wishes, ask.find] }
      const began = performance.now()
      await goOn(narrow, ask.waitMs, signal, () => false)
      await goOn(ask, Math.max(0, ask.waitMs - (performance.now() - began)), signal, () => false)
      return views.with(ask, (base) => {
        const matches = views.look(narrow)
        const known = progress(matches)
        const isComplete = known.isComplete && base.view.isComplete()
        const nothing = { ...known, isComplete, row: null, nth: null, isWrapped: false }
        if (!isComplete || known.total === 0) return nothing
        const { nth, isWrapped } = nextMatch(base, matches, ask)
        const [match] = matches.view.rows(nth, 1)
        if (!match) return nothing
        const row = base.view.rowAt(
          ask.logs.map((_, log) => (log === match.log ? match.offset : Number.POSITIVE_INFINITY)),
        )
        return { ...nothing, row, nth, isWrapped }
      })
    },

    async export(ask, signal) {
      await goOn(ask, ask.waitMs, signal, () => false)
      return views.with(ask, (open) => {
        const known = progress(open)
        if (!known.isComplete) return { ...known, text: '', next: ask.from, isDone: false }
        const rows = open.view.rows(ask.from, Math.min(EXPORT_ROWS, ask.most))
        let text = ''
        for (const row of rows) text += `${row.length === 0 ? '' : read(open, row, BLOCK_BYTES)}\n`
        const next = ask.from + rows.length
        return { ...known, text, next, isDone: rows.length === 0 || next >= known.total }
      })
    },

    line({ log, offset }) {
      const ask = { logs: [log], wishes: [] }
      return views.with(ask, (open) => {
        if (offset >= open.view.size()) return null
        const { got } = open.sources[0]!.read(offset, scanner.block, BLOCK_BYTES)
        const { at, missing } = scanner.skipLines(0, got, 1)
        return rowOf(open, ask.logs, { log: 0, offset, length: missing === 0 ? at - 1 : got }, BLOCK_BYTES)
      })
    },

    match: ({ grep, ignoreCase, texts }) => compilePattern(grep, ignoreCase).test(texts),
    close: views.close,
  }
}

function anchorOf(open: OpenView, { place, logs, count }: WindowAsk): number {
  const { view } = open
  switch (place.at) {
    case 'end':
      return Math.max(0, view.total() - count)
    case 'row':
      return Math.min(place.row, view.total())
    case 'time':
      return rowAtTime(open, place.time)
    case 'line':
      return view.rowAt(
        logs.map(({ id, segment }) =>
          id === place.id && segment === place.segment ? place.offset : Number.POSITIVE_INFINITY,
        ),
      )
  }
}

/** The match behind a row, or before it; from the end it goes on at the beginning, and the other way. */
function nextMatch(
  base: OpenView,
  matches: OpenView,
  { from, direction }: FindAsk,
): { nth: number; isWrapped: boolean } {
  const total = matches.view.total()
  const last = total - 1
  if (from === undefined) return { nth: direction === 'next' ? 0 : last, isWrapped: false }
  const at = matches.view.rowAt(base.view.boundsAt(from))
  if (direction === 'previous') return at === 0 ? { nth: last, isWrapped: true } : { nth: at - 1, isWrapped: false }
  const [here] = base.view.rows(from, 1)
  const [match] = matches.view.rows(at, 1)
  const next = here && match && here.log === match.log && here.offset === match.offset ? at + 1 : at
  return next > last ? { nth: 0, isWrapped: true } : { nth: next, isWrapped: false }
}

function patternOf(find: LineWish | undefined) {
  const source = find?.grep || (find?.text ? formsOf(find.text).map(literalPattern).join('|') : undefined)
  return source ? compilePattern(source, find?.ignoreCase ?? false) : undefined
}
