import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WindowAsk } from '../../../../src/adapters/log/reader/log-desk.ts'
import { openLogReader, type LogReader } from '../../../../src/adapters/log/reader/log-reader.ts'
import { writeBigLog } from '../../../support/big-log.ts'

let home: string
let reader: LogReader

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'slipway-reader-'))
  mkdirSync(join(home, 'logs'))
})
afterEach(() => {
  reader.close()
  rmSync(home, { recursive: true, force: true, maxRetries: 3 })
})

const file = () => join(home, 'logs', 'live_trader_ES_PAPER_a.log')
const ask = (more: Partial<WindowAsk> = {}): WindowAsk => ({
  logs: [{ id: 'a', folder: join(home, 'logs'), prefix: 'live_trader_' }],
  ...{ wishes: [], place: { at: 'end' }, before: 0, count: 10, waitMs: 20_000 },
  ...more,
})

describe('the thread that reads logs', () => {
  it('gives the end of a long log at once, and numbers when it has read all', async () => {
    const log = writeBigLog(file(), 60_000_000)
    reader = openLogReader()
    const first = await reader.call('window', ask({ waitMs: 0, wishes: [{ text: 'holding' }] }))
    expect(first).toMatchObject({ isComplete: false, first: null })
    expect(first.rows).toHaveLength(10)
    const all = await reader.call('window', ask())
    expect(all).toMatchObject({ isComplete: true, total: log.lines, size: log.bytes })
    expect(all.rows.at(-1)!.time).toBe(new Date(log.timeOf(log.lines - 1)).toISOString())
  })

  it('answers others while it reads, and forgets whoever has gone away', async () => {
    writeBigLog(file(), 60_000_000)
    reader = openLogReader()
    const end = new AbortController()
    const slow = reader.call('window', ask({ wishes: [{ grep: '[a-z]+ [0-9]+[^ ]' }], waitMs: 60_000 }), end.signal)
    const gone = slow.catch((error: unknown) => error)
    const other = await reader.call('window', ask({ waitMs: 0 }))
    expect(other.rows).toHaveLength(10)
    end.abort()
    expect(await gone).toMatchObject({ name: 'AbortError' })
    await expect(reader.call('window', ask(), AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    expect((await reader.call('window', ask())).isComplete).toBe(true)
  })

  it('is ended when it does not answer for long, and starts again with the next question', async () => {
    writeFileSync(file(), `${'a'.repeat(40)}!\n`)
    reader = openLogReader({ longestMs: 4_000, idleMs: 10_000 })
    // Each of these takes a second before it is refused, one after the other.
    const questions = Array.from({ length: 8 }, (_, n) =>
      reader.call('window', ask({ wishes: [{ grep: `(a+)+$|${n}` }] })),
    )
    const endings = await Promise.allSettled(questions)
    expect(endings.every(({ status }) => status === 'rejected')).toBe(true)
    expect(endings.at(-1)).toMatchObject({ reason: { refusal: { code: 'timed-out' } } })
    expect((await openedAgain(() => reader.call('window', ask()))).total).toBe(1)
  })

  it('ends when it has had nothing to do, and is there again when it has', async () => {
    writeFileSync(file(), 'one\n')
    reader = openLogReader({ longestMs: 20_000, idleMs: 10 })
    expect((await reader.call('window', ask())).total).toBe(1)
    await wait(200)
    expect((await reader.call('window', ask())).total).toBe(1)
  })

  it('refuses what is asked of it when it is closed', async () => {
    writeBigLog(file(), 60_000_000)
    reader = openLogReader()
    const open = reader.call('window', ask({ wishes: [{ grep: '[a-z]{3}x' }] }))
    reader.close()
    await expect(open).rejects.toMatchObject({ refusal: { code: 'timed-out' } })
  })
})

/** A thread takes a while to start on a busy machine, and this one has little time. */
async function openedAgain<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await call()
    } catch (error) {
      if (tries === 20) throw error
    }
}
