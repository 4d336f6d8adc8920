import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LineWish } from '../../src/adapters/log/reader/line-filter.ts'
import { openLogDesk, type WindowAsk } from '../../src/adapters/log/reader/log-desk.ts'
import { LOG_READER_RULES, openLogReader, type LogReader } from '../../src/adapters/log/reader/log-reader.ts'
import { readLogTail } from '../../src/adapters/log/read-log.ts'
import { writeBigLog } from '../support/big-log.ts'
import { repoRoot } from '../support/repo-root.ts'
import type { Bench, Figure } from './figure.ts'

const GIGABYTE = 1_000_000_000
const ROUNDS = 5

export const name: Bench['name'] = 'log of 1 GB'

/**
 * Reading a log of 1 GB and some 5 million lines, in page cache, against `wc -l` and `grep -c -F` on the same file. Each
 * round asks all; the figures are medians of the rounds' ratios. Without these two programs the ratios can't be told.
 */
export const run: Bench['run'] = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-log-'))
  try {
    const logs = join(folder, 'logs')
    mkdirSync(logs)
    const file = join(logs, 'live_trader_ES_PAPER_big.log')
    const { lines, hits, timeOf } = writeBigLog(file, GIGABYTE)
    const ask = windowAsk(logs)
    const wc = () => expect(lines, Number(execFileSync('wc', ['-l', file], { encoding: 'utf8' }).trim().split(' ')[0]))
    const grep = () =>
      expect(
        hits,
        Number(
          execFileSync('grep', ['-c', '-F', 'margin call', file], {
            encoding: 'utf8',
            env: { ...process.env, LC_ALL: 'C' },
          }),
        ),
      )
    await timed(wc) // The file is in the page cache from here on.

    const index: Pair[] = []
    const filter: Pair[] = []
    for (let round = 0; round < ROUNDS; round++) {
      index.push({ base: await timed(wc), ours: await timed(() => inDesk(ask({}), lines)) })
      filter.push({ base: await timed(grep), ours: await timed(() => inDesk(ask({ text: 'margin call' }), hits)) })
    }
    const first: number[] = []
    const tail: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      first.push(await timed(() => firstScreen(ask({}))))
      tail.push(
        await timed(async () => expect(1_000, (await readLogTail({ files: [file], limit: 1_000 })).lines.length)),
      )
    }
    const { memory, jump } = await memoryOf(ask, lines, timeOf)
    return {
      figures: [
        { name: 'first screen of 1 GB, thread started', value: median(first), limit: 300, unit: 'ms' },
        ratio('full index', index, 2.2, 'wc -l'),
        ratio('substring filter over all', filter, 0.6, 'grep -F'),
        { name: 'last 1,000 lines, in process', value: median(tail), limit: 20, unit: 'ms' },
        {
          ...{ name: 'memory with index and filters', value: memory, limit: 150, unit: 'MiB' },
          note: `jump to a time ${jump.toFixed(1)} ms`,
        },
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Pair = { base: number; ours: number }

function ratio(what: string, pairs: readonly Pair[], limit: number, baseline: string): Figure {
  const ratios = pairs.map(({ base, ours }) => ours / base)
  const ours = median(pairs.map((pair) => pair.ours))
  return {
    ...{ name: `${what} / ${baseline}`, value: median(ratios), limit, unit: 'x baseline' },
    baseline: median(pairs.map(({ base }) => base)),
    note: `${Math.round(ours)} ms; ratios ${ratios.map((one) => one.toFixed(2)).join(', ')}`,
  }
}

const windowAsk =
  (folder: string) =>
  (wish: LineWish, more: Partial<WindowAsk> = {}): WindowAsk => ({
    logs: [{ id: 'big', folder, prefix: 'live_trader_' }],
    wishes: [wish],
    ...{ place: { at: 'end' }, before: 0, count: 200, waitMs: 60_000 },
    ...more,
  })

/** From nothing: scanner, index or filter, and the last rows. */
async function inDesk(ask: WindowAsk, total: number): Promise<void> {
  const desk = openLogDesk()
  const answer = await desk.window(ask, new AbortController().signal)
  desk.close()
  expect(total, answer.total)
}

/** The thread as it is shipped. */
const builtReader = (): LogReader =>
  openLogReader(LOG_READER_RULES, pathToFileURL(join(repoRoot, 'dist', 'log-worker.mjs')))

/** As a page does first: a thread that is not there yet, and the end of a log nobody has read. */
async function firstScreen(ask: WindowAsk): Promise<void> {
  const reader = builtReader()
  const { rows } = await reader.call('window', { ...ask, waitMs: 40 })
  reader.close()
  expect(200, rows.length)
}

/** What the process has more, after a page has looked at the whole log in many ways. */
async function memoryOf(ask: ReturnType<typeof windowAsk>, lines: number, timeOf: (line: number) => number) {
  const before = process.memoryUsage.rss()
  const reader = builtReader()
  const look = (wish: LineWish, more: Partial<WindowAsk> = {}) =>
    reader.call('window', ask(wish, { waitMs: 15_000, ...more }))
  let most = 0
  for (const wish of [
    {},
    { text: 'margin call' },
    { level: 'warn' },
    { event: 'fill' },
    { text: 'HOLDING', ignoreCase: true },
  ]) {
    while (!(await look(wish)).isComplete) continue
    for (let row = 0; row < lines; row += Math.floor(lines / 20)) await look(wish, { place: { at: 'row', row } })
    most = Math.max(most, process.memoryUsage.rss())
  }
  const jump = await timed(() => look({}, { place: { at: 'time', time: timeOf(Math.floor(lines / 3)) } }))
  reader.close()
  return { memory: (most - before) / 2 ** 20, jump }
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function expect(wanted: number, got: number): void {
  if (wanted !== got) throw new Error(`${got} instead of ${wanted}`)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
