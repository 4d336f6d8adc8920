import { createWriteStream, existsSync } from 'node:fs'
import { PassThrough, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportBars, type ExportRequest } from '../../../src/adapters/market-data/export-bars.ts'
import { formatStoredPrice } from '../../../src/domain/market/price-text.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { marketHome, refusalOf, type MarketHome } from '../../support/market-home.ts'
import { realData } from '../../support/real-data.ts'

const at = (time: string) => epochMs(Date.parse(`${time}Z`))

async function exported(home: MarketHome, request: Partial<ExportRequest> = {}): Promise<string> {
  const out = new PassThrough()
  const all = text(out)
  await exportBars({ db: home.db }, { symbol: 'TEST', timeframe: '1m', format: 'csv', ...request }, out)
  out.end()
  return all
}

const FILE = `time,open,high,low,close,volume
2024-01-02 14:30,1.1076,1.10785,1.1076,1.1078,205
2024-01-02 14:31,5,6,4,5.5,0.25
2024-01-02 14:32,5,6,4,5.5,7
`

describe('exporting bars', () => {
  it('writes exact decimals and UTC', async () => {
    const home = marketHome()
    await home.take(FILE)
    expect(await exported(home)).toBe(`timestamp_utc,open,high,low,close,volume
2024-01-02T14:30:00Z,1.1076,1.10785,1.1076,1.1078,205
2024-01-02T14:31:00Z,5,6,4,5.5,0.25
2024-01-02T14:32:00Z,5,6,4,5.5,7
`)
    expect((await exported(home, { format: 'jsonl' })).split('\n')[0]).toBe(
      '{"time":"2024-01-02T14:30:00Z","open":"1.1076","high":"1.10785","low":"1.1076","close":"1.1078","volume":205}',
    )
  })

  it('writes a span, both ends included', async () => {
    const home = marketHome()
    await home.take(FILE)
    const span = { from: at('2024-01-02T14:31'), to: at('2024-01-02T14:31') }
    expect((await exported(home, span)).trim().split('\n')).toHaveLength(2)
    expect((await exported(home, { from: at('2025-01-01T00:00') })).trim().split('\n')).toHaveLength(1)
  })

  it('refuses a series that is not there', async () => {
    const home = marketHome()
    const work = exportBars({ db: home.db }, { symbol: 'NONE', timeframe: '1m', format: 'csv' }, new PassThrough())
    expect(await refusalOf(work)).toMatchObject({ code: 'data-missing' })
  })

  it('waits for a slow reader and writes more than fits in one read', async () => {
    const home = marketHome()
    const rows = Array.from({ length: 5_000 }, (_, index) => `${1704205800 + index * 60},5,6,4,5,${index}`)
    await home.take(`t,o,h,l,c,v\n${rows.join('\n')}\n`)
    let lines = 0
    const slow = new Writable({
      highWaterMark: 1_000,
      write(chunk: Buffer, _, done) {
        lines += chunk.toString().split('\n').length - 1
        setImmediate(done)
      },
    })
    expect(await exportBars({ db: home.db }, { symbol: 'TEST', timeframe: '1m', format: 'csv' }, slow)).toBe(5_000)
    slow.end()
    await finished(slow)
    expect(lines).toBe(5_001)
  })

  it('says when the disk is full', async ({ skip }) => {
    if (!existsSync('/dev/full')) skip('no /dev/full on this system')
    const home = marketHome()
    const rows = Array.from({ length: 5_000 }, (_, index) => `${1704205800 + index * 60},5,6,4,5,${index}`)
    await home.take(`t,o,h,l,c,v\n${rows.join('\n')}\n`)
    const out = createWriteStream('/dev/full')
    const work = exportBars({ db: home.db }, { symbol: 'TEST', timeframe: '1m', format: 'csv' }, out)
    expect(await refusalOf(work)).toMatchObject({ code: 'disk-full' })
  })

  it('gives a file that imports to the same bars, whatever they are', async () => {
    const home = marketHome()
    const price = fc.integer({ min: 1, max: 8_000_000_000_000_000 })
    const volume = fc.oneof(fc.nat(1_000_000_000), fc.double({ min: 0, max: 1e12, noNaN: true }))
    const bar = fc.record({
      prices: fc.array(price, { minLength: 4, maxLength: 4 }),
      volume,
      step: fc.integer({ min: 1, max: 9 }),
    })
    let count = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(bar, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('csv', 'jsonl'),
        async (bars, format) => {
          const name = `S${++count}`
          let minute = 28_400_000
          const rows = bars.map(({ prices, volume: amount, step }) => {
            const [low, open, close, high] = prices.toSorted((a, b) => a - b).map(formatStoredPrice)
            minute += step
            return `${minute * 60},${open},${high},${low},${close},${amount}`
          })
          expect(await home.take(`t,o,h,l,c,v\n${rows.join('\n')}\n`, { symbol: name })).toMatchObject({ badCount: 0 })
          const written = await exported(home, { symbol: name, format: format as 'csv' | 'jsonl' })
          const again = await home.take(written, { symbol: `${name}B`, strict: true })
          expect(again.added).toBe(bars.length)
          expect(home.bars(`${name}B`)).toEqual(home.bars(name))
        },
      ),
      { numRuns: 40 },
    )
  })

  for (const [name, symbol, rows] of [
    ['6EH4-2024-01-1m.csv.gz', '6EH4', 29_996],
    ['SPY-2013-10-1m.csv.gz', 'SPY', 4_839],
    ['NIFTY50-2019-01-1m.csv.gz', 'NIFTY', 1_888],
  ] as const) {
    const real = realData(name)
    it.skipIf(!real)(`gives back every bar of ${name}`, async () => {
      const home = marketHome()
      const report = await home.take('', { file: real!, symbol, strict: true })
      expect(report).toMatchObject({ rows, added: rows, badCount: 0 })
      const written = await exported(home, { symbol })
      await home.take(written, { symbol: 'AGAIN', strict: true })
      expect(home.bars('AGAIN')).toEqual(home.bars(symbol))
    })
  }
})
