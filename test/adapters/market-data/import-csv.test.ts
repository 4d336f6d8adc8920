import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { listSeries } from '../../../src/adapters/market-data/market-db.ts'
import type { Session } from '../../../src/domain/calendar/session.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { marketHome, refusalOf } from '../../support/market-home.ts'
import { instrumentOf } from '../../support/sample-bars.ts'

const HEADER = 'time,open,high,low,close,volume\n'
const at = (text: string) => Date.parse(`${text}Z`)
const minute = (index: number) => new Date(at('2024-01-02T14:30') + index * 60_000).toISOString().slice(0, 16)
const row = (index: number, prices = '5,6,4,5.5', volume = '10') => `${minute(index)},${prices},${volume}\n`
const units = (price: number) => Math.round(price * 1e8)
const BAR = [units(5), units(6), units(4), units(5.5), 10]

describe('importing a CSV file', () => {
  it('stores its bars exactly and says what it did', async () => {
    const home = marketHome()
    const report = await home.take(`${HEADER}${row(0)}${row(1, '1.1076,1.10785,1.1076,1.1078', '205')}`)
    expect(report).toMatchObject({
      format: 'csv',
      rows: 2,
      added: 2,
      alreadyThere: 0,
      badCount: 0,
      from: at('2024-01-02T14:30'),
      to: at('2024-01-02T14:31'),
      zone: 'UTC',
      warnings: [],
    })
    expect(home.bars()).toEqual([
      [at('2024-01-02T14:30'), ...BAR],
      [at('2024-01-02T14:31'), 110_760_000, 110_785_000, 110_760_000, 110_780_000, 205],
    ])
  })

  it('adds nothing the second time', async () => {
    const home = marketHome()
    const text = HEADER + row(0) + row(1)
    await home.take(text)
    const before = home.bars()
    expect(await home.take(text)).toMatchObject({ rows: 2, added: 0, alreadyThere: 2, badCount: 0 })
    expect(home.bars()).toEqual(before)
    expect(listSeries(home.db)).toMatchObject([{ symbol: 'TEST', timeframe: '1m', bars: 2 }])
  })

  it('keeps the bar it has when another file says otherwise, and tells', async () => {
    const home = marketHome()
    await home.take(HEADER + row(0) + row(1))
    const report = await home.take(HEADER + row(0) + row(1, '5,7,4,5.5') + row(2))
    expect(report).toMatchObject({ added: 1, alreadyThere: 1, badCount: 1, byReason: { 'differs-from-stored': 1 } })
    expect(report.bad[0]).toMatchObject({ line: 3, reason: 'differs-from-stored' })
    expect(home.bars().map((bar) => bar[2])).toEqual([units(6), units(6), units(6)])
  })

  it('tells symbols and timeframes apart', async () => {
    const home = marketHome()
    await home.take(HEADER + row(0), { symbol: 'A' })
    await home.take(HEADER + row(0, '7,8,6,7'), { symbol: 'B' })
    await home.take(HEADER + row(0, '8,9,7,8'), { symbol: 'A', timeframe: '5m' })
    expect(listSeries(home.db).map(({ symbol, timeframe, bars }) => [symbol, timeframe, bars])).toEqual([
      ['A', '1m', 1],
      ['A', '5m', 1],
      ['B', '1m', 1],
    ])
    expect(home.bars('A')).toHaveLength(1)
  })

  it.each([
    ['semicolons', (text: string) => text.replaceAll(',', ';')],
    ['tabs', (text: string) => text.replaceAll(',', '\t')],
    ['bars', (text: string) => text.replaceAll(',', '|')],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['CR alone', (text: string) => text.replaceAll('\n', '\r')],
    ['no last line end', (text: string) => text.trimEnd()],
    ['no header', (text: string) => text.slice(HEADER.length)],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['UTF-16', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['gzip', (text: string) => gzipSync(text)],
    ['two gzips in one', (text: string) => Buffer.concat([gzipSync(text.slice(0, 40)), gzipSync(text.slice(40))])],
    ['zstd', (text: string) => zstdCompressSync(text)],
    ['quoted fields', (text: string) => text.replace(/[^,\n]+/g, '"$&"')],
    ['quoted fields with blanks', (text: string) => text.replace(/[^,\n]+/g, '" $& "')],
    ['blanks around fields', (text: string) => text.replaceAll(',', ' , ')],
    ['comments and blank lines', (text: string) => `# from a vendor\n\n${text}\n\n# end\n`],
    ['Excel naming its separator', (text: string) => `sep=;\n${text.replaceAll(',', ';')}`],
  ])('reads %s', async (_, change) => {
    const home = marketHome()
    const report = await home.take(change(HEADER + row(0) + row(1) + row(2)))
    expect(report).toMatchObject({ rows: 3, added: 3, badCount: 0 })
    expect(home.bars().map((bar) => bar.slice(1))).toEqual([BAR, BAR, BAR])
  })

  it('reads a quoted date with a comma and a line break inside a field', async () => {
    const home = marketHome()
    const text = 'Date,Open,High,Low,Close,Volume,Note\n"Jan 2, 2024 14:30",5,6,4,5.5,10,"two\nlines"\n'
    expect(await home.take(text)).toMatchObject({ added: 1, badCount: 0 })
    expect(home.bars()).toEqual([[at('2024-01-02T14:30'), ...BAR]])
  })

  it('does not let a quotation mark without its partner swallow the rest', async () => {
    const home = marketHome()
    const many = Array.from({ length: 3_000 }, (_, index) => row(index + 2)).join('')
    const report = await home.take(`${HEADER}${row(0)}"${row(1)}${many}`)
    expect(report).toMatchObject({ rows: 3_002, added: 3_001, byReason: { 'bad-quotes': 1 } })
    expect(report.bad[0]?.line).toBe(3)
  })

  it('reads the wall time of any zone', async () => {
    const home = marketHome()
    await home.take(HEADER + row(0), { zone: 'Asia/Kolkata' })
    expect(home.bars()[0]?.[0]).toBe(at('2024-01-02T09:00'))
  })

  it('refuses a row at a time that the clocks skipped, and tells which hour came twice', async () => {
    const home = marketHome()
    const spring = ['01:58', '01:59', '02:00', '02:30', '03:00'].map((clock) => `2024-03-10 ${clock},5,6,4,5,1`)
    const report = await home.take(`${HEADER}${spring.join('\n')}`, { zone: 'America/New_York' })
    expect(report).toMatchObject({ added: 3, byReason: { 'no-such-local-time': 2 } })
    expect(report.bad.map(({ line }) => line)).toEqual([4, 5])

    const autumn = ['00:59', '01:00', '01:30', '01:59', '01:00', '01:30', '02:00']
    const lines = autumn.map((clock) => `2024-11-03 ${clock},5,6,4,5,1`).join('\n')
    const second = await home.take(HEADER + lines, { zone: 'America/New_York', symbol: 'B' })
    expect(second).toMatchObject({ added: 7, badCount: 0 })
    expect(second.warnings.join()).toContain('5 rows have a local time that occurred twice')
    expect(home.bars('B').map(([time]) => new Date(time).toISOString().slice(11, 16))).toEqual([
      '04:59',
      '05:00',
      '05:30',
      '05:59',
      '06:00',
      '06:30',
      '07:00',
    ])
  })

  it('lets times that say their zone themselves win over the one given', async () => {
    const home = marketHome()
    const text = `${HEADER}2024-01-02T14:30:00Z,5,6,4,5,1\n`
    const report = await home.take(text, { zone: 'America/New_York' })
    expect(home.bars()[0]?.[0]).toBe(at('2024-01-02T14:30'))
    expect(report.warnings.join()).toContain('America/New_York was not used')
  })

  it('doubts a zone that the name of the time column speaks against', async () => {
    const home = marketHome()
    const report = await home.take(HEADER.replace('time', 'timestamp_utc') + row(0), { zone: 'Asia/Kolkata' })
    expect(report.warnings.join()).toContain('timestamp_utc')
  })

  it('says when most rows lie before one that may be wrong', async () => {
    const home = marketHome()
    const report = await home.take(
      `${HEADER}${row(0)}2042-01-02T14:31,5,6,4,5,1\n${[2, 3, 4].map((index) => row(index)).join('')}`,
    )
    expect(report).toMatchObject({ added: 2, byReason: { 'time-goes-back': 3 } })
    expect(report.warnings.join()).toContain('line 3')
  })

  it('takes the end of a bar for its time where asked', async () => {
    const home = marketHome()
    await home.take(HEADER + row(1), { stamp: 'end' })
    expect(home.bars()[0]?.[0]).toBe(at('2024-01-02T14:30'))
  })

  it('reads a file that goes from new to old, and says so', async () => {
    const home = marketHome()
    const report = await home.take(HEADER + [5, 4, 3, 2, 1, 0].map((index) => row(index)).join('') + row(3))
    expect(report).toMatchObject({ added: 6, byReason: { 'time-goes-back': 1 } })
    expect(report.from).toBe(at('2024-01-02T14:30'))
    expect(report.warnings.join()).toContain('newest bar to the oldest')
  })

  it('finds day and month far down in the file', async () => {
    const home = marketHome()
    const minutes = Array.from({ length: 12 * 1440 }, (_, index) => {
      const [date = '', clock = ''] = new Date(at('2024-02-01T00:00') + index * 60_000).toISOString().split(/[TZ]/)
      return `${date.slice(8)}/${date.slice(5, 7)}/2024 ${clock.slice(0, 5)},5,6,4,5,1`
    })
    const report = await home.take(`${HEADER}${minutes.join('\n')}\n13/02/2024 00:00,5,6,4,5,1\n`)
    expect(report).toMatchObject({ added: 12 * 1440 + 1, badCount: 0, from: at('2024-02-01T00:00') })
  })

  it('asks where no date tells day from month, and takes the answer', async () => {
    const home = marketHome()
    const text = `${HEADER}01/02/2024 09:30,5,6,4,5,1\n02/02/2024 09:30,5,6,4,5,1\n`
    expect(await refusalOf(home.take(text))).toMatchObject({ code: 'bad-usage' })
    await home.take(text, { dateOrder: 'dmy' })
    await home.take(text, { dateOrder: 'mdy', symbol: 'US' })
    expect(home.bars()[0]?.[0]).toBe(at('2024-02-01T09:30'))
    expect(home.bars('US')[0]?.[0]).toBe(at('2024-01-02T09:30'))
  })

  it('picks one symbol of a file that holds several', async () => {
    const home = marketHome()
    const text = `ticker,volume,open,close,high,low,window_start\nSPY,10,5,5.5,6,4,1704205800000000000\nQQQ,10,5,5,6,4,1704205800000000000\n`
    expect(await home.take(text, { symbol: 'SPY' })).toMatchObject({ rows: 1, added: 1 })
    expect(home.bars('SPY')).toEqual([[at('2024-01-02T14:30'), ...BAR]])
    const missing = await refusalOf(home.take(text, { symbol: 'AAPL' }))
    expect(missing).toMatchObject({ code: 'data-missing' })
    expect(missing.message).toContain('SPY, QQQ')
    expect(await home.take(text, { symbol: 'NQZ5', symbolInFile: 'qqq' })).toMatchObject({ added: 1 })
  })

  it('stores no volume as 0 and says so', async () => {
    const home = marketHome()
    const report = await home.take(`time,open,high,low,close\n${minute(0)},5,6,4,5.5\n`)
    expect(report.warnings.join()).toContain('no volume column')
    expect(home.bars()[0]?.[5]).toBe(0)
  })

  it('keeps fractional volumes', async () => {
    const home = marketHome()
    await home.take(HEADER + row(0, '5,6,4,5', '0.12345678') + row(1, '5,6,4,5', '1.02636e+06'))
    expect(home.bars().map((bar) => bar[5])).toEqual([0.12345678, 1_026_360])
  })

  it('counts rows that are off the tick grid of their instrument', async () => {
    const home = marketHome()
    const text = HEADER + row(0, '5000.25,5001,5000,5000.5') + row(1, '5000.1,5001,5000,5000.5')
    const report = await home.take(text, { symbol: 'ESZ5' }, { instrument: instrumentOf('ESZ5') })
    expect(report.offTickGrid).toBe(1)
    expect((await home.take(text, { symbol: 'X' })).offTickGrid).toBeNull()
  })

  it('reports bars missing inside sessions', async () => {
    const home = marketHome()
    const open = epochMs(at('2024-01-02T14:30'))
    const session: Session = { date: '2024-01-02', open, close: epochMs(open + 3_600_000), holidayFacts: 'known' }
    const text = HEADER + [0, 1, 4, 5, 9].map((index) => row(index)).join('')
    const report = await home.take(text, {}, { sessionsBetween: () => [session] })
    expect(report.gaps).toMatchObject({ expected: 10, missing: 5, gaps: 2 })
    expect(report.gaps?.longest[0]).toMatchObject({ from: at('2024-01-02T14:36'), missing: 3 })
  })

  it('asks whether the times are ends where they lie on the closes of sessions', async () => {
    const home = marketHome()
    const sessions = [0, 100, 200].map((start): Session => {
      const open = epochMs(at('2024-01-02T14:30') + start * 60_000)
      return { date: '2024-01-02', open, close: epochMs(open + 300_000), holidayFacts: 'known' }
    })
    const rows = [0, 100, 200].flatMap((start) => [1, 2, 3, 4, 5].map((index) => row(start + index)))
    const text = HEADER + rows.join('')
    const asStarts = await home.take(text, {}, { sessionsBetween: () => sessions })
    expect(asStarts.warnings.join()).toContain('--stamp end')
    const asEnds = await home.take(text, { stamp: 'end', symbol: 'E' }, { sessionsBetween: () => sessions })
    expect(asEnds.warnings).toEqual([])
    expect(asEnds.gaps).toMatchObject({ missing: 0, outside: 0 })
  })

  it('refuses rows that are closer together than the timeframe, and doubts ones further apart', async () => {
    const home = marketHome()
    const minutes = HEADER + [0, 1, 2, 3, 4, 5].map((index) => row(index)).join('')
    const refused = await refusalOf(home.take(minutes, { timeframe: '1h' }))
    expect(refused).toMatchObject({ code: 'bad-usage', nextStep: 'Import them with --timeframe 1m.' })
    const fives = HEADER + [0, 5, 10, 15, 20].map((index) => row(index)).join('')
    expect((await home.take(fives)).warnings.join()).toContain('5 min apart')
    expect(home.bars('TEST', '1h')).toEqual([])
  })

  it('reads daily bars without a time of day', async () => {
    const home = marketHome()
    const text = 'Date,Open,High,Low,Close,Volume\n2024-01-02,5,6,4,5,1\n2024-01-03,5,6,4,5,1\n'
    expect(await home.take(text, { timeframe: '1d' })).toMatchObject({ added: 2, from: at('2024-01-02T00:00') })
    expect(await home.take(text, { timeframe: '1m', symbol: 'B' })).toMatchObject({
      added: 0,
      byReason: { 'bad-time': 2 },
    })
  })

  it('tells how far it is', async () => {
    const home = marketHome()
    const text = HEADER + Array.from({ length: 20_000 }, (_, index) => row(index)).join('')
    const seen: number[] = []
    await home.take(text, { onProgress: ({ bytesRead, bytesTotal }) => seen.push(bytesRead / bytesTotal) })
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.at(-1)).toBe(1)
  })
})
