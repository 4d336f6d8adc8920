import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rolldown } from 'rolldown'
import { openLog, type Log, type LogOptions } from '../../../src/adapters/log/open-log.ts'
import { slimWinston } from '../../../src/adapters/log/slim-winston.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

let folder: string
let open: Log[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-log-'))
  open = []
})
afterEach(async () => {
  for (const log of open) await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const AT = epochMs(Date.UTC(2026, 0, 2, 3, 4, 5, 678))
const file = () => join(folder, 'logs', 'live_trader_ES_PAPER_a1.log')

function logOf(options: Partial<LogOptions> = {}): Log {
  const log = openLog({ file: file(), fixed: { accountId: 'a1', userId: 'u1' }, now: () => AT, ...options })
  open.push(log)
  return log
}

/** Every line of the log and its rotated parts, oldest first. */
function linesOf(path: string): string[] {
  const logs = join(path, '..')
  const parts = readdirSync(logs).toSorted((a, b) => (a.length === b.length ? (a < b ? -1 : 1) : b.length - a.length))
  const text = parts.map((name) => readFileSync(join(logs, name), 'utf8')).join('')
  return text.split('\n').filter((line) => line !== '')
}

const records = () => linesOf(file()).map((line) => JSON.parse(line) as Record<string, unknown>)

describe('the log of a process', () => {
  it('is one JSON value a line: time in UTC milliseconds, level, event, message, who writes, and the fields', () => {
    logOf().info('order-acknowledged', 'The broker took the order', { clientOrderId: 'c1', quantity: 2 })
    expect(linesOf(file())).toEqual([
      '{"time":"2026-01-02T03:04:05.678Z","level":"info","event":"order-acknowledged","msg":"The broker took the order",' +
        '"accountId":"a1","userId":"u1","clientOrderId":"c1","quantity":2}',
    ])
  })

  it('keeps who writes even when a field has the same name', () => {
    logOf().info('x', 'y', { accountId: 'someone else', level: 'fatal' })
    expect(records()).toMatchObject([{ accountId: 'a1', accountId_: 'someone else', level: 'info', level_: 'fatal' }])
  })

  it('writes what is at least as important as its level, and counts warnings and errors', () => {
    const log = logOf({ level: 'warn' })
    log.debug('a', 'a')
    log.info('b', 'b')
    log.warn('c', 'c')
    log.error('d', 'd')
    expect(records().map((record) => record.event)).toEqual(['c', 'd'])
    expect([log.warnings, log.errors]).toEqual([1, 1])
  })

  it('takes any field without throwing', () => {
    const circular: Record<string, unknown> = { name: 'loop' }
    circular.self = circular
    const hostile = Object.defineProperty({}, 'trap', {
      enumerable: true,
      get() {
        throw new Error('no')
      },
    })
    logOf().info('x', 'y', {
      circular,
      hostile,
      big: 10n,
      nan: Number.NaN,
      bytes: new Uint8Array(3),
      map: new Map([['k', 1]]),
      none: undefined,
      call: () => 1,
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
    })
    expect(records()[0]).toMatchObject({
      circular: { name: 'loop', self: '[circular]' },
      hostile: { trap: '[unreadable]' },
      big: '10',
      nan: 'NaN',
      bytes: '[3 bytes]',
      map: { k: 1 },
      call: '[function]',
      proxy: '[unreadable]',
    })
  })

  it('stays one line whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (message, value) => {
        rmSync(join(folder, 'logs'), { recursive: true, force: true })
        const log = openLog({ file: file(), fixed: {}, now: () => AT })
        log.info('event', message, { value })
        void log.close()
        expect(records()).toHaveLength(1)
      }),
      { numRuns: 50 },
    )
  })

  it('ignores what is logged after it was closed', async () => {
    const log = logOf()
    log.info('a', 'a')
    await log.close()
    log.info('b', 'b')
    expect(records().map((record) => record.event)).toEqual(['a'])
  })

  it.runIf(process.platform !== 'win32')('can be read by its owner only', () => {
    logOf().info('a', 'a')
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(statSync(join(file(), '..')).mode & 0o777).toBe(0o700)
  })

  it('refuses to open where no file can be', () => {
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be')
    expect(() => logOf()).toThrow(expect.objectContaining({ refusal: expect.objectContaining({ code: 'internal' }) }))
  })
})

describe('rotation', () => {
  it('puts the full file aside under the next number and loses no line', () => {
    const log = logOf({ maxBytes: 2_000 })
    for (let n = 0; n < 200; n++) log.info('n', `line ${n}`, { n })
    expect(readdirSync(join(folder, 'logs')).length).toBeGreaterThan(5)
    expect(records().map((record) => record.n)).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })

  it('goes on after the highest number that is there', () => {
    const log = logOf({ maxBytes: 1 })
    writeFileSync(`${file()}.000041`, '')
    log.info('a', 'a')
    log.info('b', 'b')
    expect(readFileSync(`${file()}.000042`, 'utf8')).toContain('"event":"a"')
  })

  it('loses no line when two processes write and rotate the same file', async () => {
    const writers = ['left', 'right'].map((name) =>
      writer(`for (let n = 0; n < 400; n++) log.info('${name}', 'x', { n })`),
    )
    await Promise.all(writers)
    const seen = records()
    for (const name of ['left', 'right'])
      expect(
        seen
          .filter((record) => record.event === name)
          .map((record) => record.n as number)
          .toSorted((a, b) => a - b),
      ).toEqual(Array.from({ length: 400 }, (_, n) => n))
  })

  it('writes to a new file when somebody moves or deletes the old one', () => {
    let now = 0
    const log = logOf({ now: () => epochMs(now) })
    log.info('a', 'a')
    renameSync(file(), join(folder, 'moved.txt'))
    now += 2_000
    log.info('b', 'b')
    rmSync(file())
    now += 2_000
    log.info('c', 'c')
    expect(records().map((record) => record.event)).toEqual(['c'])
  })

  it('does not glue a line to half a line that a killed process left', () => {
    logOf().info('a', 'a')
    appendFileSync(file(), '{"time":"20')
    logOf().info('b', 'b')
    expect(linesOf(file())[1]).toBe('{"time":"20')
    expect(linesOf(file())[2]).toContain('"event":"b"')
  })
})

describe('a full disk', () => {
  it.runIf(process.platform === 'linux')('never ends the process that logs', async () => {
    const full = openLog({ file: '/dev/full', fixed: {}, now: () => AT, maxBytes: 10 ** 9 })
    expect(() => full.error('lost', 'x')).not.toThrow()
    expect(() => full.crash(new Error('x'))).not.toThrow()
    await full.close()
  })

  it('loses lines, and says how many and since when once there is space again', async ({ skip }) => {
    mkdirSync(join(folder, 'logs'))
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', join(folder, 'logs')]).status === 0
    if (!mounted) skip('this kernel or user may not mount a small file system')
    try {
      writeFileSync(join(folder, 'logs', 'ballast'), Buffer.alloc(40_000))
      const log = logOf()
      for (let n = 0; n < 1_000; n++) log.info('n', 'x', { n })
      rmSync(join(folder, 'logs', 'ballast'))
      log.info('n', 'x', { n: 1_000 })
      await log.close()
      const lines = readFileSync(file(), 'utf8').trimEnd().split('\n')
      const kept = lines
        .filter((line) => line.includes('"event":"n"') && line.endsWith('}'))
        .map((line) => JSON.parse(line))
      const report = JSON.parse(lines.at(-2) ?? '') as { event: string; lost: number; cause: string; since: string }
      expect(report).toMatchObject({ event: 'log-lines-lost', cause: 'ENOSPC', since: '2026-01-02T03:04:05.678Z' })
      expect(report.lost).toBeGreaterThan(100)
      expect(kept.length + report.lost).toBe(1_001)
      expect(kept.at(-1)).toMatchObject({ n: 1_000 })
    } finally {
      spawnSync('umount', [join(folder, 'logs')])
    }
  })
})

describe('the last line before the end', () => {
  it.each([
    ['process.exit', 'process.exit(0)'],
    ['an uncaught exception', `throw new Error('the end')`],
    ['an unhandled rejection', `await Promise.reject(new Error('the end'))`],
    ['kill -9', `process.kill(process.pid, 'SIGKILL')`],
  ])('is on disk after %s', async (_, end) => {
    await writer(`for (let n = 0; n < 200; n++) log.info('line', 'x', { n }); ${end}`, 10 ** 9)
    const lines = records().filter((record) => record.event === 'line')
    expect(lines).toHaveLength(200)
  })

  it('says why: an uncaught exception is written with its stack', async () => {
    await writer(`setTimeout(() => { throw Object.assign(new Error('the end'), { code: 'E1', config: 'c' }) }, 1)`)
    const last = records().at(-1)
    expect(last).toMatchObject({ level: 'error', event: 'crashed', msg: 'the end', error: { code: 'E1' } })
    expect(last?.error).not.toHaveProperty('config')
  })

  it('is on disk too when the log is bundled with the streams of Node', async () => {
    const entry = join(folder, 'entry.mjs')
    writeFileSync(
      entry,
      writerSource(`for (let n = 0; n < 200; n++) log.info('line', 'x', { n }); process.exit(0)`, 5_000),
    )
    const bundle = await rolldown({ input: entry, platform: 'node', plugins: [slimWinston()] })
    await bundle.write({ file: join(folder, 'bundled.mjs'), format: 'esm' })
    await bundle.close()
    await run(join(folder, 'bundled.mjs'))
    expect(records().map((record) => record.n)).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })
})

function writerSource(body: string, maxBytes: number): string {
  const source = JSON.stringify(join(import.meta.dirname, '../../../src/adapters/log/open-log.ts'))
  return `import { openLog, logCrashesOf } from ${source}
    const log = openLog({ file: ${JSON.stringify(file())}, fixed: {}, now: () => Date.now(), maxBytes: ${maxBytes} })
    logCrashesOf(process, log, (code) => process.exit(code))
    ${body}`
}

/** A process that logs to the same file, run to its end. */
async function writer(body: string, maxBytes = 3_000): Promise<void> {
  const script = join(folder, `writer-${readdirSync(folder).length}-${body.length}-${body.includes('left')}.mjs`)
  writeFileSync(script, writerSource(body, maxBytes))
  await run(script)
}

async function run(script: string): Promise<void> {
  const child = spawn(process.execPath, [script], { stdio: 'ignore' })
  await once(child, 'exit')
}
