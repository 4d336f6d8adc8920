import { appendFileSync, mkdirSync, renameSync, truncateSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogWindow } from '../../../src/contracts/launcher/logs.ts'
import { accountIdOf, addAccounts, launched, type Launched } from '../../support/launched.ts'
import { ownLine } from '../../support/log-lines.ts'

describe('the logs of accounts, over the launcher', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
    await addAccounts(home, ['A1', 'B1'])
  })
  afterEach(() => home.close())

  const logs = () => home.client.api.logs
  const live = (id: string) => home.layout.log(accountIdOf(id), 'ES', 'paper')
  function write(id: string, ...lines: string[]): void {
    mkdirSync(home.layout.logs(accountIdOf(id)), { recursive: true })
    appendFileSync(live(id), lines.map((line) => `${line}\n`).join(''))
  }
  const many = (count: number) => Array.from({ length: count }, (_, n) => ownLine(n))
  /** Asks until all is read, as a page does. */
  async function window(ask: Parameters<ReturnType<typeof logs>['window']>[0]): Promise<LogWindow> {
    for (;;) {
      const answer = await logs().window(ask)
      if (answer.isComplete) return answer
    }
  }
  const messages = ({ rows }: LogWindow) => rows.map(({ message }) => message)

  it('are given by row, from the end, by line and by time', async () => {
    write('A1', ...many(1_000))
    const ids = ['A1']
    expect(await window({ ids, count: 2 })).toMatchObject({
      total: 1_000,
      first: 998,
      rows: [{ message: 'line 998' }, {}],
    })
    expect(messages(await window({ ids, place: { at: 'row', row: 500 }, before: 1, count: 2 }))).toEqual([
      'line 499',
      'line 500',
    ])
    const time = new Date(Date.UTC(2026, 0, 2) + 700_500).toISOString()
    expect(await window({ ids, place: { at: 'time', time }, count: 1 })).toMatchObject({ anchor: 701 })
    const [row] = (await window({ ids, place: { at: 'row', row: 321 }, count: 1 })).rows
    const place = { at: 'line', id: 'A1', segment: null, offset: row!.offset } as const
    expect(await window({ ids, level: 'info', place, count: 1 })).toMatchObject({ anchor: 321 })
  })

  it('of several accounts are one log, by time, each line with its account', async () => {
    write('A1', ownLine(1), ownLine(3), 'a torn li')
    write('B1', ownLine(2), ownLine(4))
    const { rows } = await window({ ids: ['A1', 'B1'] })
    expect(rows.map(({ accountId, message }) => `${accountId} ${message}`)).toEqual([
      'A1 line 1',
      'B1 line 2',
      'A1 line 3',
      'A1 a torn li',
      'B1 line 4',
    ])
    expect(rows[3]).toMatchObject({ time: null, level: null, raw: 'a torn li' })
  })

  it('are filtered by level, event, text and pattern, and counted', async () => {
    write(
      'A1',
      ownLine(0, { level: 'debug' }),
      ownLine(1, { event: 'fill', msg: 'Filled 2' }),
      ownLine(2, { level: 'error' }),
      '{"time"',
    )
    const total = async (filter: object) => (await window({ ids: ['A1'], ...filter })).total
    expect(await total({ level: 'warn' })).toBe(2)
    expect(await total({ event: 'fi*' })).toBe(1)
    expect(await total({ text: 'filled' })).toBe(0)
    expect(await total({ text: 'filled', ignoreCase: true })).toBe(1)
    expect(await total({ grep: 'line [02]"' })).toBe(2)
  })

  it('say where what is looked for stands, and lead from one to the next', async () => {
    write('A1', ...many(300).map((line, n) => (n % 100 === 50 ? ownLine(n, { msg: 'a needle "here"' }) : line)))
    const find = { text: 'NEEDLE', ignoreCase: true }
    const ask = { ids: ['A1'], find }
    await window({ ids: ['A1'] })
    expect(await logs().find({ ...ask, from: 60 })).toMatchObject({ row: 150, nth: 1, total: 3, isWrapped: false })
    expect(await logs().find({ ...ask, from: 150 })).toMatchObject({ row: 250 })
    expect(await logs().find({ ...ask, from: 250 })).toMatchObject({ row: 50, isWrapped: true })
    expect(await logs().find({ ...ask, from: 50, direction: 'previous' })).toMatchObject({ row: 250, isWrapped: true })
    const { rows } = await window({ ...ask, place: { at: 'row', row: 50 }, count: 1 })
    expect(rows[0]!.hits!.message).toEqual([2, 8])
    const [from, to] = rows[0]!.hits!.raw
    expect(rows[0]!.raw.slice(from, to)).toBe('needle')
  })

  it('refuse a bad pattern, an unknown level and one that would never end, and go on answering', async () => {
    write('A1', `${'a'.repeat(40)}!`)
    const refused = { refusal: { code: 'bad-usage' } }
    await expect(logs().window({ ids: ['A1'], grep: '(' })).rejects.toMatchObject(refused)
    await expect(logs().window({ ids: ['A1'], level: 'loud' })).rejects.toMatchObject(refused)
    await expect(logs().window({ ids: ['A1'], grep: '(a+)+$' })).rejects.toMatchObject(refused)
    await expect(logs().window({ ids: ['nobody'] })).rejects.toMatchObject({ refusal: { code: 'account-unknown' } })
    expect(await window({ ids: ['A1'] })).toMatchObject({ total: 1 })
  })

  it('are one over rotation, and another after they were truncated', async () => {
    write('A1', 'one')
    const before = await window({ ids: ['A1'] })
    renameSync(live('A1'), `${live('A1')}.000001`)
    write('A1', 'two')
    const rotated = await window({ ids: ['A1'] })
    expect(messages(rotated)).toEqual(['one', 'two'])
    expect(rotated.generation).toBe(before.generation)
    truncateSync(live('A1'), 0)
    write('A1', 'three')
    const truncated = await window({ ids: ['A1'] })
    expect(messages(truncated)).toEqual(['one', 'three'])
    expect(truncated.generation).not.toBe(before.generation)
  })

  it('are exported as they stand in the files, only what is wanted', async () => {
    write('A1', ...many(5_000), 'torn')
    write('A1', ownLine(9, { level: 'error', msg: 'größte 🙂' }))
    let text = ''
    for await (const piece of await logs().export({ ids: ['A1'], level: 'error' })) text += piece.text
    expect(text).toBe(`torn\n${ownLine(9, { level: 'error', msg: 'größte 🙂' })}\n`)
    let lines = 0
    for await (const piece of await logs().export({ ids: ['A1'] })) lines += piece.text.split('\n').length - 1
    expect(lines).toBe(5_002)
  })

  it('give a line that is too long for a window whole', async () => {
    const long = ownLine(0, { msg: 'y'.repeat(100_000) })
    write('A1', long)
    const [row] = (await window({ ids: ['A1'] })).rows
    expect(row).toMatchObject({ level: 'info', bytes: long.length })
    expect(row!.raw.length).toBeLessThan(20_000)
    expect(await logs().line({ id: 'A1', offset: 0 })).toMatchObject({ raw: long })
    expect(await logs().line({ id: 'A1', offset: 1e12 })).toBeNull()
  })

  it('are read by the command line through the same filter, back to a time', async () => {
    write('A1', ...many(3_000))
    const read = async (ask: object) => (await logs().read({ id: 'A1', ...ask })).lines.map(({ message }) => message)
    expect(await read({ grep: 'line (7|2999)"' })).toEqual(['line 7', 'line 2999'])
    expect(await read({ grep: 'line 2..9"', limit: 2 })).toEqual(['line 2989', 'line 2999'])
    expect(await read({ text: 'LINE 299', ignoreCase: true, since: '2s' })).toEqual([
      'line 2997',
      'line 2998',
      'line 2999',
    ])
    expect(await read({ level: 'info', limit: 450 })).toHaveLength(450)
  })
})
