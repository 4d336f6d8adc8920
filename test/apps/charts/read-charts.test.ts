import { describe, expect, it } from 'vitest'
import { chartAccount, chartAccountWithBars, codeOf, DAYS, NOW, SESSION_MINUTES } from '../../support/chart-account.ts'

describe('bars for a chart', () => {
  it('end with the last one the bot took, however many there are', () => {
    const { bars, place } = chartAccountWithBars()
    const { bars: rows, lastBarAt, older } = bars()
    expect(rows).toHaveLength(500)
    expect(rows.at(-1)?.[0]).toBe(place)
    expect(lastBarAt).toBe(new Date(place).toISOString())
    expect(older).toBe(true)
  })

  it('are none before the bot has taken one', () => {
    const { reading } = chartAccountWithBars()
    expect(reading()()).toMatchObject({ bars: [], lastBarAt: null, older: false })
  })

  it('go on where an earlier answer began, to the very first', () => {
    const { bars } = chartAccountWithBars()
    let first = bars({ limit: 2_000 }).bars[0]![0]
    const all = DAYS * SESSION_MINUTES - 60
    let count = bars({ limit: 2_000 }).bars.length
    for (;;) {
      const { bars: rows, older } = bars({ limit: 400, before: first })
      count += rows.length
      if (rows.length > 0) expect(rows.at(-1)![0]).toBeLessThan(first)
      first = rows[0]?.[0] ?? first
      if (!older) break
    }
    expect(count).toBe(all)
  })

  it('that were asked for from one on are that one as it is now, and those after it', () => {
    const { bars } = chartAccountWithBars()
    const whole = bars({ timeframe: '5m', limit: 100 })
    const from = whole.bars.at(-3)![0]
    const { bars: rows, gap } = bars({ timeframe: '5m', from })
    expect(rows).toEqual(whole.bars.slice(-3))
    expect(gap).toBe(false)
  })

  it('say so where some are left out', () => {
    const { bars } = chartAccountWithBars()
    const { bars: rows, gap } = bars({ limit: 10, from: bars().bars[0]![0] })
    expect(rows).toHaveLength(10)
    expect(gap).toBe(true)
  })

  it('have the VWAP of their session wherever the answer begins', () => {
    const { bars } = chartAccountWithBars()
    const [time] = bars().bars.at(-20)!
    const long = bars().bars.find(([at]) => at === time)
    const short = bars({ limit: 20 }).bars.find(([at]) => at === time)
    expect(short).toEqual(long)
    expect(short?.[6]).not.toBeNull()
  })

  it('of a day are as many as there were sessions', () => {
    const { bars } = chartAccountWithBars()
    const { bars: rows, sessions } = bars({ timeframe: '1d' })
    expect(rows).toHaveLength(DAYS)
    expect(sessions).toHaveLength(DAYS)
    expect(rows.map(([at]) => at)).toEqual(sessions.map(({ open }) => open))
  })

  it('of a made-up market are made again, from an hour before the account on', () => {
    const { reading } = chartAccount({ kind: 'synthetic', seed: 3 })
    const bars = reading(NOW)
    const { bars: rows } = bars({ limit: 2_000 })
    expect(rows).toHaveLength(3 * 60 + 1)
    expect(bars({ limit: 2_000 }).bars).toEqual(rows)
  })

  it('are refused where they can not be made, with what can', () => {
    const { bars, reading } = chartAccountWithBars({ timeframe: '5m' })
    expect(codeOf(() => bars({ symbol: 'QQQ' }))).toBe('symbol-unknown')
    expect(codeOf(() => bars({ timeframe: '1m' }))).toBe('setting-invalid')
    expect(codeOf(() => reading(NOW)({ before: 1, from: 1 }))).toBe('bad-usage')
  })
})
