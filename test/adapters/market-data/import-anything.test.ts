import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImportReport } from '../../../src/adapters/market-data/import-report.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { marketHome, type MarketHome } from '../../support/market-home.ts'

const GOOD = Array.from({ length: 12 }, (_, index) => `2024-01-02 14:${10 + index},5,6,4,5.5,${index}`)
const HEADER = 'time,open,high,low,close,volume'

/** What came of a file: a report that adds up, or the code of a refusal. Anything else is thrown. */
async function outcome(home: MarketHome, content: string | Uint8Array, symbol: string): Promise<ImportReport | string> {
  const before = home.bars(symbol).length
  try {
    const report = await home.take(content, { symbol, zone: 'America/New_York' })
    expect(report.added + report.alreadyThere + report.badCount).toBe(report.rows)
    expect(Object.values(report.byReason).reduce((sum, count) => sum + count, 0)).toBe(report.badCount)
    expect(home.bars(symbol).length).toBe(before + report.added)
    return report
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    expect(home.bars(symbol).length).toBe(before)
    expect(error.refusal.message).toMatch(/\.$/)
    return error.refusal.code
  }
}

/** Every stored bar is one, whatever file it came from. */
function expectBars(home: MarketHome, symbol: string): void {
  let last = -Infinity
  for (const [time, open, high, low, close, volume] of home.bars(symbol)) {
    if (!(time > last && time % 60_000 === 0)) expect.fail('times are not in order on the grid')
    if (!(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && volume >= 0))
      expect.fail('no bar')
    last = time
  }
}

describe('any file at all', () => {
  it('of text or bytes is taken or refused, never a crash', async () => {
    const home = marketHome()
    const line = fc.array(fc.constantFrom('5', '6.5', '2024-01-02 14:30', '', '"', 'NaN', '-1', 'x', '1704205800'), {
      maxLength: 8,
    })
    const anything = fc.oneof(
      fc.string({ maxLength: 300, unit: 'binary' }),
      fc.uint8Array({ maxLength: 300 }),
      fc.json(),
      fc.array(line, { maxLength: 8 }).map((lines) => lines.map((fields) => fields.join(',')).join('\n')),
      fc.array(line, { maxLength: 8 }).map((lines) => [HEADER, ...lines.map((fields) => fields.join(','))].join('\n')),
    )
    await fc.assert(
      fc.asyncProperty(anything, async (content) => {
        await outcome(home, content, 'ANY')
      }),
      { numRuns: 400 },
    )
    expectBars(home, 'ANY')
  })

  it('of bars with damage anywhere gives only bars, and loses no row silently', async () => {
    const home = marketHome()
    const damage = fc.record({
      row: fc.nat(GOOD.length - 1),
      at: fc.nat(40),
      cut: fc.nat(4),
      put: fc.constantFrom('', '"', ',', '\n', '-', '9', '.', ' ', '\r', ';', '\u0000x', 'é', '#'),
    })
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        const rows = [...GOOD]
        for (const { row, at, cut, put } of damages)
          rows[row] = rows[row]!.slice(0, at) + put + rows[row]!.slice(at + cut)
        const symbol = `D${++count}`
        const text = [HEADER, ...rows].join('\n')
        const found = await outcome(home, text, symbol)
        expectBars(home, symbol)
        if (typeof found === 'string' || text.includes('"')) return
        const lines = text.split(/\r\n|\n/).slice(1)
        expect(found.rows).toBe(lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).length)
      }),
      { numRuns: 300 },
    )
  })
})
