import { describe, expect, it } from 'vitest'
import { listSeries } from '../../../src/adapters/market-data/market-db.ts'
import { marketHome, refusalOf } from '../../support/market-home.ts'

const HEADER = 'time,open,high,low,close,volume\n'
const at = (text: string) => Date.parse(`${text}Z`)
const minute = (index: number) => new Date(at('2024-01-02T14:30') + index * 60_000).toISOString().slice(0, 16)
const row = (index: number, prices = '5,6,4,5.5', volume = '10') => `${minute(index)},${prices},${volume}\n`

describe('a bad row', () => {
  it.each([
    ['5,4,6,5', '10', 'high-below-low'],
    ['7,6,4,5', '10', 'open-outside'],
    ['5,6,4,3', '10', 'close-outside'],
    ['5,6,-4,5', '10', 'not-positive'],
    ['0,6,4,5', '10', 'not-positive'],
    ['NaN,6,4,5', '10', 'not-a-number'],
    ['5,6,4,null', '10', 'not-a-number'],
    ['5,6,4,"5,5"', '10', 'not-a-number'],
    ['5,,4,5', '10', 'missing-value'],
    ['5,6,4,5', '', 'missing-value'],
    ['5,6,4,5', '-1', 'bad-volume'],
    ['5,6,4,5', 'n/a', 'bad-volume'],
    ['5.123456789,6,4,5', '10', 'too-many-decimals'],
    ['1e9,1e10,1e8,1e9', '10', 'price-too-large'],
    ['5,6,4', '10', 'wrong-column-count'],
    ['5,6,4,5', '10,11', 'wrong-column-count'],
    ['5,"6,4,5', '10', 'bad-quotes'],
  ])('is counted and shown, its neighbours stay: %s,%s', async (prices, volume, reason) => {
    const home = marketHome()
    const report = await home.take(HEADER + row(0) + row(1, prices, volume) + row(2).trimEnd())
    expect(report).toMatchObject({ rows: 3, added: 2, badCount: 1, byReason: { [reason]: 1 } })
    expect(report.bad).toMatchObject([{ line: 3, reason, row: `${minute(1)},${prices},${volume}` }])
    expect(home.bars()).toHaveLength(2)
  })

  it.each([
    ['2024-01-02T14:30', 'duplicate', '5,6,4,5.5'],
    ['2024-01-02T14:31', 'duplicate-differs', '5,6,4,5'],
    ['2024-01-02T14:29', 'time-goes-back', '5,6,4,5.5'],
    ['2024-01-02T14:32:30', 'time-off-grid', '5,6,4,5.5'],
    ['2024-01-32T14:32', 'bad-time', '5,6,4,5.5'],
    ['', 'bad-time', '5,6,4,5.5'],
    ['2024-01-02', 'bad-time', '5,6,4,5.5'],
  ])('is one at the time %j: %s', async (time, reason, prices) => {
    const home = marketHome()
    const before = reason === 'duplicate' ? row(0) : row(0) + row(1)
    const report = await home.take(`${HEADER}${before}${time},${prices},10\n${row(2)}`)
    expect(report).toMatchObject({ badCount: 1, byReason: { [reason]: 1 } })
    expect(report.rows).toBe(report.added + 1)
  })

  it('is shown with its line whatever came before it, header, comments and blank lines', async () => {
    const home = marketHome()
    const report = await home.take(`# note\n\n${HEADER}\n${row(0)}\n${row(1, '5,4,6,5')}`)
    expect(report.bad).toMatchObject([{ line: 7 }])
  })

  it('is shown a hundred times at most and counted always', async () => {
    const home = marketHome()
    const bad = Array.from({ length: 250 }, (_, index) => row(index + 1, '5,4,6,5')).join('')
    const report = await home.take(HEADER + row(0) + bad)
    expect(report).toMatchObject({ rows: 251, added: 1, badCount: 250 })
    expect(report.bad).toHaveLength(100)
  })

  it('is shown without what a terminal would obey', async () => {
    const home = marketHome()
    const report = await home.take(`${HEADER}${row(0)}\u001b[2J${'x'.repeat(500)}\n`)
    expect(report.bad[0]?.row).toMatch(/^ \[2Jx{100,}…$/)
  })

  it('refuses the whole file where that is asked', async () => {
    const home = marketHome()
    const work = home.take(HEADER + row(0) + row(1, '5,4,6,5') + row(2), { strict: true })
    const refused = await refusalOf(work)
    expect(refused.code).toBe('data-bad-rows')
    expect(refused.message).toContain('1 of the 3 rows')
    expect(refused.message).toContain('line 3')
    expect(listSeries(home.db)).toEqual([])
    expect(await home.take(HEADER + row(0), { strict: true })).toMatchObject({ added: 1 })
  })
})
