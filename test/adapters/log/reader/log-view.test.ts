import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logFilter } from '../../../../src/adapters/log/log-filter.ts'
import { parseLogLine } from '../../../../src/adapters/log/log-line.ts'
import type { LineWish } from '../../../../src/adapters/log/reader/line-filter.ts'
import { openMarks } from '../../../../src/adapters/log/reader/marks.ts'
import { openViews, type OpenViews, type ViewAsk } from '../../../../src/adapters/log/reader/open-views.ts'
import { openScanner, type Scanner } from '../../../../src/adapters/log/scan/scanner.ts'
import { anyLines, ownLine, wishOf } from '../../../support/log-lines.ts'

/** Small, so that lines lie across blocks. */
const BLOCK = 512
let home: string
let scanner: Scanner
let views: OpenViews

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'slipway-view-'))
  scanner = openScanner(BLOCK)
  views = openViews(scanner)
})
afterEach(() => {
  views.close()
  rmSync(home, { recursive: true, force: true })
})

const folder = (id: string) => join(home, id)
const live = (id: string) => join(folder(id), `live_trader_ES_PAPER_${id}.log`)
const ask = (ids: readonly string[], ...wishes: LineWish[]): ViewAsk => ({
  logs: ids.map((id) => ({ id, folder: folder(id), prefix: 'live_trader_' })),
  wishes,
})

type Change = { kind: 'write'; lines: readonly string[]; isTorn: boolean } | { kind: 'rotate' } | { kind: 'truncate' }

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('write' as const), lines: anyLines, isTorn: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'rotate' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'truncate' as const }) },
)

/** A log on disk, and what a person with an editor would see of it: the lines of each file. */
function openLogOnDisk(id: string) {
  rmSync(folder(id), { recursive: true, force: true })
  mkdirSync(folder(id), { recursive: true })
  const parts = ['']
  writeFileSync(live(id), '')
  return {
    apply(one: Change) {
      const last = parts.length - 1
      if (one.kind === 'rotate') {
        renameSync(live(id), `${live(id)}.${String(parts.length).padStart(6, '0')}`)
        parts.push('')
        writeFileSync(live(id), '')
      } else if (one.kind === 'truncate') {
        truncateSync(live(id), 0)
        parts[last] = ''
      } else {
        // A writer begins a new line where the one before it was killed in the middle of its own.
        const before = parts[last] === '' || parts[last]!.endsWith('\n') ? '' : '\n'
        const text = before + one.lines.map((line) => `${line}\n`).join('')
        const written = one.isTorn ? text.slice(0, -1) : text
        appendFileSync(live(id), written)
        parts[last] += written
      }
    },
    lines: () =>
      parts.flatMap((text) => {
        const cut = text.split('\n')
        return cut.at(-1) === '' ? cut.slice(0, -1) : cut
      }),
  }
}

function wantedOf(lines: readonly string[], wish: LineWish): string[] {
  return logFilter(wish)(lines.map((line) => parseLogLine(line, 0))).map(({ raw }) => raw)
}

/** Rows as text. */
function read(of: ViewAsk, first: number, count: number): string[] {
  return views.with(of, ({ view, sources }) =>
    view.rows(first, count).map(({ log, offset, length }) => {
      const bytes = Buffer.alloc(length)
      if (length > 0) sources[log]!.read(offset, bytes, length)
      return bytes.toString('utf8')
    }),
  )
}

function complete(of: ViewAsk): number {
  return views.with(of, ({ view }) => {
    view.advance(60_000)
    expect(view.isComplete()).toBe(true)
    return view.total()
  })
}

describe('a view of one log', () => {
  it('has the wanted lines of all files, whatever happens to them while it is open', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 12 }),
        wishOf,
        fc.nat(40),
        fc.nat(40),
        (changes, wish, first, count) => {
          const log = openLogOnDisk('a')
          const all = ask(['a'])
          const some = ask(['a'], wish)
          for (const one of changes) {
            log.apply(one)
            expect(complete(all)).toBe(log.lines().length)
            expect(complete(some)).toBe(wantedOf(log.lines(), wish).length)
          }
          expect(read(all, first, count)).toEqual(log.lines().slice(first, first + count))
          expect(read(some, first, count)).toEqual(wantedOf(log.lines(), wish).slice(first, first + count))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('knows its end before it is complete', () => {
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        wishOf,
        fc.integer({ min: 1, max: 20 }),
        (changes, wish, count) => {
          const log = openLogOnDisk('a')
          for (const one of changes) log.apply(one)
          const tail = views.with(ask(['a'], wish), ({ view, sources }) =>
            view.tail(count, 1_000).map(({ offset, length }) => {
              const bytes = Buffer.alloc(length)
              if (length > 0) sources[0]!.read(offset, bytes, length)
              return bytes.toString('utf8')
            }),
          )
          expect(tail).toEqual(wantedOf(log.lines(), wish).slice(-count))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('finds the row of a place, and the place of a row', () => {
    fc.assert(
      fc.property(anyLines, wishOf, fc.nat(30), (lines, wish, row) => {
        const log = openLogOnDisk('a')
        log.apply({ kind: 'write', lines, isTorn: false })
        const some = ask(['a'], wish)
        const total = complete(some)
        views.with(some, ({ view }) => {
          const bounds = view.boundsAt(row)
          expect(view.rowAt(bounds)).toBe(Math.min(row, total))
        })
      }),
      { numRuns: 150 },
    )
  })

  it('knows a line longer than a block by its beginning, and goes on behind it', () => {
    const log = openLogOnDisk('a')
    const long = 'x'.repeat(3 * BLOCK)
    log.apply({ kind: 'write', lines: ['before', long, `${long}needle`, 'after needle'], isTorn: false })
    expect(complete(ask(['a']))).toBe(4)
    expect(read(ask(['a']), 0, 4)).toEqual(['before', 'x'.repeat(BLOCK), 'x'.repeat(BLOCK), 'after needle'])
    expect(complete(ask(['a'], { text: 'needle' }))).toBe(1)
    expect(complete(ask(['a'], { text: 'xxx' }))).toBe(2)
  })

  it('is a new one when its file was emptied and filled again between two looks', () => {
    const log = openLogOnDisk('a')
    log.apply({ kind: 'write', lines: ['old 1', 'old 2'], isTorn: false })
    expect(complete(ask(['a']))).toBe(2)
    const before = views.look(ask(['a'])).generation
    log.apply({ kind: 'truncate' })
    log.apply({ kind: 'write', lines: ['new 1', 'new 2', 'new 3'], isTorn: false })
    expect(complete(ask(['a']))).toBe(3)
    expect(read(ask(['a']), 0, 9)).toEqual(['new 1', 'new 2', 'new 3'])
    expect(views.look(ask(['a'])).generation).not.toBe(before)
  })

  it('of an account without a log is empty, and begins when the log does', () => {
    expect(complete(ask(['a']))).toBe(0)
    openLogOnDisk('a').apply({ kind: 'write', lines: ['first'], isTorn: false })
    expect(complete(ask(['a']))).toBe(1)
  })
})

/** Always the log whose next line is the oldest goes on; a line without a time has that of the line before. */
function mergeNaively(logs: readonly (readonly string[])[]): string[] {
  const heads = logs.map((lines) => ({ lines: [...lines], time: Number.NEGATIVE_INFINITY }))
  const merged: string[] = []
  for (;;) {
    let next: (typeof heads)[number] | undefined
    let nextTime = 0
    for (const head of heads) {
      const line = head.lines[0]
      if (line === undefined) continue
      const own = /^\{"time":"(\d{4}-\d\d-\d\dT[^"]*Z)","level":"/.exec(line)?.[1]
      const time = own === undefined ? head.time : Date.parse(own)
      if (next && time >= nextTime) continue
      next = head
      nextTime = time
    }
    if (!next) return merged
    merged.push(next.lines.shift()!)
    next.time = nextTime
  }
}

describe('a view of several logs', () => {
  const ids = ['a', 'b', 'c']
  const logs = fc.array(anyLines, { minLength: 3, maxLength: 3 })

  it('has the wanted lines of all, by time', () => {
    fc.assert(
      fc.property(logs, wishOf, fc.nat(40), fc.nat(40), (lines, wish, first, count) => {
        for (const [at, id] of ids.entries())
          openLogOnDisk(id).apply({ kind: 'write', lines: lines[at]!, isTorn: false })
        for (const [wanted, of] of [
          [lines, ask(ids)],
          [lines.map((some) => wantedOf(some, wish)), ask(ids, wish)],
        ] as const) {
          const merged = mergeNaively(wanted)
          expect(complete(of)).toBe(merged.length)
          expect(read(of, first, count)).toEqual(merged.slice(first, first + count))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('loses no line and shows none twice while all of them grow', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), change), { maxLength: 15 }), (changes) => {
        const onDisk = ids.map(openLogOnDisk)
        for (const [at, one] of changes) {
          onDisk[at]!.apply(one)
          complete(ask(ids))
        }
        const total = complete(ask(ids))
        const all = onDisk.flatMap((log) => log.lines())
        expect(read(ask(ids), 0, total).toSorted()).toEqual(all.toSorted())
      }),
      { numRuns: 100 },
    )
  })

  it('finds the row of a line of one of them, and of where all of them stand', () => {
    for (const [at, id] of ids.entries())
      openLogOnDisk(id).apply({
        kind: 'write',
        lines: Array.from({ length: 300 }, (_, n) => ownLine(3 * n + at, { msg: `${id} ${n}` })),
        isTorn: false,
      })
    const all = ask(ids)
    expect(complete(all)).toBe(900)
    views.with(all, ({ view }) => {
      for (const row of [0, 1, 63, 64, 65, 500, 899]) {
        const [place] = view.rows(row, 1)
        expect(view.rowAt(ids.map((_, log) => (log === place!.log ? place!.offset : Number.POSITIVE_INFINITY)))).toBe(
          row,
        )
        expect(view.rowAt(view.boundsAt(row))).toBe(row)
      }
    })
  })
})

describe('marks', () => {
  it('never take more than their room, and still lead to every row', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(2_000),
        (width, stride, rows) => {
          const marks = openMarks(width, stride, 64)
          for (let row = 0; row <= rows; row++)
            if (row === marks.count() * marks.stride()) marks.add(Array.from({ length: width }, () => row * 10))
          expect(marks.count() * width).toBeLessThanOrEqual(64)
          for (const row of [0, rows >> 1, rows]) {
            const before = marks.before(row)
            expect(before.values[0]).toBe(before.row * 10)
            expect(row - before.row).toBeLessThan(2 * marks.stride())
            expect(marks.lastWhere(([value]) => value! <= row * 10).row).toBe(before.row)
          }
        },
      ),
    )
  })
})
