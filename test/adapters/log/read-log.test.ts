import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { followLog, type FollowLogOptions } from '../../../src/adapters/log/follow-log.ts'
import { openLog } from '../../../src/adapters/log/open-log.ts'
import { logFiles, readLogTail } from '../../../src/adapters/log/read-log.ts'
import type { LogLine } from '../../../src/contracts/launcher/logs.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

let home: string
let logs: string
const id = 'a1' as AccountId

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'slipway-read-'))
  logs = homeLayout(home).logs(id)
  mkdirSync(logs, { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const live = () => join(logs, 'live_trader_ES_PAPER_a1.log')
const entry = (n: number, level = 'info') =>
  JSON.stringify({
    time: new Date(Date.UTC(2026, 0, 2, 0, 0, n)).toISOString(),
    level,
    event: `e${n}`,
    msg: `line ${n}`,
  })
const put = (file: string, ...lines: string[]) => writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
const tail = (options: Partial<Parameters<typeof readLogTail>[0]> = {}) =>
  readLogTail({ files: logFiles(homeLayout(home), id), limit: 100, ...options })
const messages = (lines: readonly LogLine[]) => lines.map((line) => line.message)

describe('the files of a log', () => {
  it('are its rotated parts by number and then the live file', () => {
    for (const name of ['.log', '.log.000010', '.log.000009']) put(join(logs, `live_trader_ES_PAPER_a1${name}`))
    put(join(logs, 'notes.txt'))
    put(join(logs, 'output.log'))
    expect(logFiles(homeLayout(home), id).map((file) => file.slice(logs.length + 1))).toEqual([
      'live_trader_ES_PAPER_a1.log.000009',
      'live_trader_ES_PAPER_a1.log.000010',
      'live_trader_ES_PAPER_a1.log',
    ])
  })

  it('of an earlier segment come before those of the current one', () => {
    put(live(), entry(1))
    const earlier = join(logs, 'live_trader_CL_PAPER_a1.log')
    put(earlier, entry(0))
    utimesSync(earlier, 1, 1)
    expect(logFiles(homeLayout(home), id)).toEqual([earlier, live()])
  })

  it('are none where the account has not logged yet', async () => {
    rmSync(logs, { recursive: true })
    expect(await tail()).toEqual({ lines: [], end: 0 })
  })
})

describe('the tail of a log', () => {
  it('is its last lines over all parts, with their place in the whole log', async () => {
    put(`${live()}.000001`, entry(0), entry(1))
    put(live(), entry(2))
    const { lines, end } = await tail({ limit: 2 })
    expect(messages(lines)).toEqual(['line 1', 'line 2'])
    expect(lines[1]).toMatchObject({ time: '2026-01-02T00:00:02.000Z', level: 'info', event: 'e2', raw: entry(2) })
    expect(lines.map((line) => line.offset)).toEqual([entry(0).length + 1, 2 * (entry(0).length + 1)])
    expect(end).toBe(3 * (entry(0).length + 1))
  })

  it('equals what a plain reading of the whole file gives, however long its lines', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'grapheme', maxLength: 40_000, size: 'max' }).map((text) => text.replace(/[\r\n]/g, '_')),
          { maxLength: 12 },
        ),
        fc.integer({ min: 1, max: 15 }),
        fc.boolean(),
        async (texts, limit, ended) => {
          writeFileSync(live(), texts.join('\n') + (ended ? '\n' : ''))
          const { lines } = await tail({ limit })
          expect(messages(lines)).toEqual(texts.filter((text) => text !== '').slice(-limit))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('shows torn and foreign lines as they stand', async () => {
    put(live(), entry(0), '{"time":"2026-01-', 'Segmentation fault', '[1]', 'null', entry(1))
    const { lines } = await tail()
    expect(messages(lines)).toEqual(['line 0', '{"time":"2026-01-', 'Segmentation fault', '[1]', 'null', 'line 1'])
    expect(lines.slice(1, 5).every((line) => line.level === null && line.time === null)).toBe(true)
  })

  it('reads a file of zeros, as a power cut leaves it, piece by piece', async () => {
    writeFileSync(live(), Buffer.alloc(3_000_000))
    appendFileSync(live(), `\n${entry(1)}\n`)
    const { lines } = await tail()
    expect(lines.at(-1)?.message).toBe('line 1')
    expect(Math.max(...lines.map((line) => line.raw.length))).toBeLessThan(1_200_000)
  })

  it('keeps lines at least as important as the level, and those that have none', async () => {
    put(live(), entry(0, 'debug'), entry(1, 'info'), 'torn', entry(2, 'warn'), entry(3, 'error'))
    expect(messages((await tail({ level: 'warn' })).lines)).toEqual(['torn', 'line 2', 'line 3'])
    await expect(tail({ level: 'loud' })).rejects.toMatchObject({ refusal: { code: 'bad-usage' } })
  })

  it('keeps lines that match a pattern, and looks back far enough to find them', async () => {
    put(live(), ...Array.from({ length: 5_000 }, (_, n) => entry(n)))
    expect(messages((await tail({ grep: '"line (7|4999)"', limit: 2 })).lines)).toEqual(['line 7', 'line 4999'])
    expect(messages((await tail({ grep: '"line 42"' })).lines)).toEqual(['line 42'])
  })

  it('refuses a pattern that is none', async () => {
    await expect(tail({ grep: '(' })).rejects.toMatchObject({ refusal: { code: 'bad-usage' } })
  })

  it('gives up on a pattern that would never end', async () => {
    put(live(), `${'a'.repeat(60)}!`)
    await expect(tail({ grep: '(a+)+$' })).rejects.toMatchObject({
      refusal: { code: 'bad-usage', message: 'The search pattern takes too long on these lines.' },
    })
  })

  it.each([
    ['2026-01-02T00:00:03Z', ['line 3', 'line 4']],
    ['2026-01-02T00:00:03', ['line 3', 'line 4']],
    ['2026-01-02', ['line 0', 'line 1', 'line 2', 'line 3', 'line 4']],
    ['2s', ['line 2', 'line 3', 'line 4']],
    ['1d', ['line 0', 'line 1', 'line 2', 'line 3', 'line 4']],
    ['2027-01-01', []],
  ])('since %s is what was written then or later', async (since, expected) => {
    put(`${live()}.000001`, entry(0), entry(1))
    put(live(), entry(2), entry(3), entry(4))
    expect(messages((await tail({ since })).lines)).toEqual(expected)
  })

  it('refuses a time that is none', async () => {
    await expect(tail({ since: 'yesterday-ish' })).rejects.toMatchObject({ refusal: { code: 'bad-usage' } })
  })
})

describe('following a log', () => {
  let stop: AbortController
  beforeEach(() => {
    stop = new AbortController()
  })
  afterEach(() => stop.abort())

  function follow(options: Partial<FollowLogOptions> = {}) {
    const stream = followLog(
      { files: () => logFiles(homeLayout(home), id), folder: logs, tail: 10, pollMs: 20, ...options },
      stop.signal,
    )
    return {
      take: async (count: number): Promise<string[]> => {
        const seen: string[] = []
        while (seen.length < count) {
          const next = await stream.next()
          if (next.done) break
          seen.push(next.value.message)
        }
        return seen
      },
    }
  }

  it('begins with the tail and goes on with what is written', async () => {
    put(live(), entry(0), entry(1), entry(2))
    const { take } = follow({ tail: 2 })
    expect(await take(2)).toEqual(['line 1', 'line 2'])
    appendFileSync(live(), `${entry(3)}\n`)
    expect(await take(1)).toEqual(['line 3'])
  })

  it('waits for a log that does not exist yet', async () => {
    rmSync(logs, { recursive: true })
    const { take } = follow()
    const first = take(1)
    mkdirSync(logs)
    put(live(), entry(0))
    expect(await first).toEqual(['line 0'])
  })

  it('shows each line once and in order while the log rotates under it', async () => {
    const log = openLog({ file: live(), fixed: {}, now: () => epochMs(0), maxBytes: 700 })
    log.info('n', 'first')
    const { take } = follow()
    expect(await take(1)).toEqual(['first'])
    const lines = Array.from({ length: 300 }, (_, n) => `n${n}`)
    const seen = take(300)
    for (const [n, line] of lines.entries()) {
      log.info('n', line)
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await seen).toEqual(lines)
    await log.close()
  })

  it('shows a line that was written to the old file after it was moved aside', async () => {
    put(live(), entry(0))
    const { take } = follow()
    expect(await take(1)).toEqual(['line 0'])
    renameSync(live(), `${live()}.000001`)
    appendFileSync(`${live()}.000001`, `${entry(1)}\n`)
    put(live(), entry(2))
    expect(await take(2)).toEqual(['line 1', 'line 2'])
  })

  it('starts over when the file is truncated', async () => {
    put(live(), entry(0), entry(1))
    const { take } = follow()
    await take(2)
    truncateSync(live(), 0)
    const next = take(1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    appendFileSync(live(), `${entry(2)}\n`)
    expect(await next).toEqual(['line 2'])
  })

  it('shows a line only when it is whole, and from its beginning', async () => {
    put(live(), entry(0))
    appendFileSync(live(), entry(1).slice(0, 20))
    const { take } = follow()
    expect(await take(1)).toEqual(['line 0'])
    appendFileSync(live(), `${entry(1).slice(20)}\n`)
    expect(await take(1)).toEqual(['line 1'])
  })

  it('filters what comes as it filters the tail', async () => {
    put(live(), entry(0), entry(1, 'error'))
    const { take } = follow({ level: 'error' })
    expect(await take(1)).toEqual(['line 1'])
    appendFileSync(live(), `${entry(2)}\n${entry(3, 'error')}\n`)
    expect(await take(1)).toEqual(['line 3'])
  })

  it('ends when it is told to', async () => {
    const { take } = follow()
    const never = take(1)
    stop.abort()
    expect(await never).toEqual([])
  })
})
