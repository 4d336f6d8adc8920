import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { marketHome, refusalOf } from '../../support/market-home.ts'
import { realData } from '../../support/real-data.ts'

const at = (text: string) => Date.parse(`${text}Z`)

/** A bar in AI-Trader's words, its fields in any order. */
const bar = (open: string, high: string, low: string, close: string, volume: string) => ({
  '2. high': high,
  '5. volume': volume,
  '1. buy price': open,
  '4. sell price': close,
  '3. low': low,
})

function hourly(symbol: string, series: Readonly<Record<string, object>>, zone = 'US/Eastern'): string {
  const meta = {
    '1. Information': 'Daily Prices (buy price, high, low, sell price) and Volumes',
    '2. Symbol': symbol,
    '3. Last Refreshed': '2025-11-10 15:00:00',
    '4. Interval': '60min',
    '5. Output Size': 'Full size',
    '6. Time Zone': zone,
  }
  return `${JSON.stringify({ 'Meta Data': meta, 'Time Series (60min)': series })}\n`
}

const APPLE = hourly('AAPL', {
  '2025-10-30 12:00:00': bar('270.9086', '272.1274', '270.9086', '271.0384', '4958189'),
  '2025-10-30 15:00:00': { '1. buy price': '269.53' },
  '2025-10-30 10:00:00': bar('270.8480', '271.6179', '268.2212', '268.6408', '6021461'),
  '2025-10-30 11:00:00': bar('268.6408', '271.4860', '268.6308', '270.9086', '6399056'),
})
const NVIDIA = hourly('NVDA', { '2025-10-30 10:00:00': bar('200', '201', '199', '200.5', '7') })

describe('importing an AI-Trader file', () => {
  it('takes the bars of one symbol in order of time, in the zone the file names', async () => {
    const home = marketHome()
    const report = await home.take(NVIDIA + APPLE, { symbol: 'AAPL', timeframe: '1h' })
    expect(report).toMatchObject({ format: 'ai-trader', rows: 3, added: 3, badCount: 0, zone: 'US/Eastern' })
    expect(home.bars('AAPL', '1h')).toEqual([
      [at('2025-10-30T14:00'), 27_084_800_000, 27_161_790_000, 26_822_120_000, 26_864_080_000, 6_021_461],
      [at('2025-10-30T15:00'), 26_864_080_000, 27_148_600_000, 26_863_080_000, 27_090_860_000, 6_399_056],
      [at('2025-10-30T16:00'), 27_090_860_000, 27_212_740_000, 27_090_860_000, 27_103_840_000, 4_958_189],
    ])
  })

  it('leaves out the newest bar while it has only its open, and says so', async () => {
    const home = marketHome()
    const report = await home.take(gzipSync(APPLE), { symbol: 'AAPL', timeframe: '1h', strict: true })
    expect(report.warnings.join()).toContain('2025-10-30 15:00:00')
    expect(report).toMatchObject({ badCount: 0, to: at('2025-10-30T16:00') })
  })

  it('finds keys by their text, for they are numbered otherwise in daily files', async () => {
    const home = marketHome()
    const text = JSON.stringify({
      'Meta Data': { '2. Symbol': '600519.SHH', '2.1. Name': 'Moutai', '5. Time Zone': 'Asia/Shanghai' },
      'Time Series (Daily)': {
        '2025-10-30': { '4. sell price': '5', '1. high': '6', '2. low': '4', '5. buy price': '5', '3. volume': 9 },
      },
    })
    const report = await home.take(`${text}\n`, { symbol: '600519.SHH', timeframe: '1d' })
    expect(report).toMatchObject({ added: 1, from: at('2025-10-29T16:00') })
    expect(home.bars('600519.SHH', '1d')[0]?.slice(1)).toEqual([5e8, 6e8, 4e8, 5e8, 9])
  })

  it('refuses a symbol that is not there and lists those that are', async () => {
    const home = marketHome()
    const refused = await refusalOf(home.take(APPLE + NVIDIA, { symbol: 'TSLA', timeframe: '1h' }))
    expect(refused).toMatchObject({ code: 'data-missing' })
    expect(refused.message).toContain('AAPL, NVDA')
  })

  it('refuses bars of another timeframe than was said', async () => {
    const home = marketHome()
    const refused = await refusalOf(home.take(APPLE, { symbol: 'AAPL', timeframe: '1m' }))
    expect(refused).toMatchObject({ code: 'bad-usage' })
    expect(refused.message).toContain('holds 1h bars, not 1m')
  })

  it('shows bad bars and keeps the good ones', async () => {
    const home = marketHome()
    const text = hourly('AAPL', {
      '2025-10-30 10:00:00': bar('5', '6', '4', '5', '1'),
      '2025-10-30 11:00:00': bar('5', '4', '6', '5', '1'),
      '2025-10-30 12:00:00': { '1. buy price': '5' },
      '2025-10-30 13:00:00': bar('', '6', '4', '5', '1'),
      '2025-10-30 25:00:00': bar('5', '6', '4', '5', '1'),
      '2025-10-30 14:00:00': bar('5', '6', '4', '5', '1'),
    })
    const report = await home.take(text, { symbol: 'AAPL', timeframe: '1h' })
    expect(report).toMatchObject({
      rows: 6,
      added: 2,
      byReason: { 'high-below-low': 1, 'missing-value': 2, 'bad-time': 1 },
    })
    expect(report.bad[0]).toMatchObject({ line: 1, row: expect.stringContaining('2025-10-30 11:00:00') })
  })

  it('sees a time that stands twice in one line or on two', async () => {
    const home = marketHome()
    const once = hourly('AAPL', { '2025-10-30 10:00:00': bar('5', '6', '4', '5', '1') })
    const twice = once.replace(
      '}}}',
      '},"2025-10-30 10:00:00": {"1. buy price":"5","2. high":"7","3. low":"4","4. sell price":"5","5. volume":"1"}}}',
    )
    const inside = await home.take(twice, { symbol: 'AAPL', timeframe: '1h' })
    expect(inside).toMatchObject({ rows: 2, added: 1, byReason: { 'duplicate-differs': 1 } })
    expect(home.bars('AAPL', '1h')[0]?.[2]).toBe(6e8)
    const apart = await home.take(once + once, { symbol: 'AAPL', timeframe: '1h' })
    expect(apart).toMatchObject({ rows: 2, added: 0, alreadyThere: 1, byReason: { duplicate: 1 } })
  })

  it('counts a line that is no JSON and goes on', async () => {
    const home = marketHome()
    const report = await home.take(`${NVIDIA}{"Meta Data": \n${APPLE}`, { symbol: 'AAPL', timeframe: '1h' })
    expect(report).toMatchObject({ added: 3, byReason: { 'bad-json': 1 }, bad: [{ line: 2 }] })
  })

  const real = realData('nasdaq100-2025-10-merged.jsonl.gz')
  it.skipIf(!real)('takes every complete bar of real ones', async () => {
    const home = marketHome()
    for (const symbol of ['AAPL', 'TSLA', 'NVDA']) {
      const report = await home.take('', { file: real!, symbol, timeframe: '1h', strict: true })
      expect(report).toMatchObject({ rows: 173, added: 173, from: at('2025-10-01T14:00'), to: at('2025-11-10T19:00') })
      expect(report.warnings.join()).toContain('2025-11-10 15:00:00')
    }
  })
})

describe('importing a file with a bar on each line', () => {
  it('reads objects by their names, numbers as they are written', async () => {
    const home = marketHome()
    const lines = [
      { t: 1704205800000, o: 167.65, h: 167.7, l: 167.6, c: 167.61, v: 20000 },
      { t: 1704205860000, o: 0.1 + 0.2, h: 1, l: 0.3, c: 0.5, v: 1.5 },
    ]
    const report = await home.take(lines.map((line) => JSON.stringify(line)).join('\n'))
    expect(report).toMatchObject({ format: 'jsonl', added: 2, badCount: 0 })
    expect(home.bars()).toEqual([
      [at('2024-01-02T14:30'), 16_765_000_000, 16_770_000_000, 16_760_000_000, 16_761_000_000, 20_000],
      [at('2024-01-02T14:31'), 30_000_000, 100_000_000, 30_000_000, 50_000_000, 1.5],
    ])
  })

  it('reads them from new to old where the file goes that way, and says so', async () => {
    const home = marketHome()
    const line = (minute: number) =>
      `{"time":"2024-01-02T14:3${minute}:00Z","open":5,"high":6,"low":4,"close":5,"volume":1}`
    const report = await home.take([5, 4, 3, 2, 1, 0, 3].map(line).join('\n'))
    expect(report).toMatchObject({ added: 6, byReason: { 'time-goes-back': 1 }, from: at('2024-01-02T14:30') })
    expect(report.warnings.join()).toContain('newest bar to the oldest')
  })

  it('counts bad ones', async () => {
    const home = marketHome()
    const good = '{"time":"2024-01-02T14:30:00Z","open":"5","high":"6","low":"4","close":"5","volume":1}'
    const report = await home.take(
      [good, '{"time":"2024-01-02T14:31:00Z","open":"5"}', '[1]', 'null', good.replace('14:30', '1x:30')].join('\n'),
    )
    expect(report).toMatchObject({ rows: 5, added: 1, byReason: { 'missing-value': 1, 'bad-json': 2, 'bad-time': 1 } })
  })
})
