import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../../support/market-home.ts'
import { addAccounts, launched, statusWhen, type Launched } from '../../support/launched.ts'

describe('what the launcher tells of an account over time', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
    await addAccounts(home, ['A1'])
  })
  afterEach(() => home.close())

  const codeOf = async (work: Promise<unknown>) => (await refusalOf(work)).code

  it('is empty, not an error, for an account that has never run', async () => {
    const { api } = home.client
    expect(await api.chart.bars({ id: 'A1' })).toMatchObject({ symbol: '6EH4', bars: [], lastBarAt: null })
    expect(await api.chart.marks({ id: 'A1' })).toMatchObject({ fills: [], levels: [] })
    expect(await api.chart.equity({ id: 'A1' })).toMatchObject({ currency: 'USD', digits: 2, points: [] })
    expect(await api.holdings({ id: 'A1' })).toEqual([])
    expect(await api.openOrders({ id: 'A1' })).toEqual([])
    expect(await api.fills({ id: 'A1' })).toEqual([])
  })

  it('is refused with a reason where the question is wrong', async () => {
    const { chart, fills, locks, decisions } = home.client.api
    expect(await codeOf(chart.bars({ id: 'nobody' }))).toBe('account-unknown')
    expect(await codeOf(locks.show({ id: '../x' }))).toBe('account-unknown')
    expect(await codeOf(chart.bars({ id: 'A1', symbol: 'SPY' }))).toBe('symbol-unknown')
    for (const limit of [0, 2_001, 1.5]) expect(await codeOf(chart.bars({ id: 'A1', limit }))).toBe('bad-usage')
    expect(await codeOf(chart.bars({ id: 'A1', before: -1 }))).toBe('bad-usage')
    expect(await codeOf(chart.bars({ id: 'A1', before: 1, from: 1 }))).toBe('bad-usage')
    expect(await codeOf(chart.bars({ id: 'A1', timeframe: '7m' as '5m' }))).toBe('bad-usage')
    expect(await codeOf(chart.marks({ id: 'A1', after: '1:2:3' }))).toBe('bad-usage')
    expect(await codeOf(chart.equity({ id: 'A1', after: "1' OR 1=1" }))).toBe('bad-usage')
    expect(await codeOf(decisions({ id: 'A1', action: 'sell' as 'exit' }))).toBe('bad-usage')
    expect(await codeOf(fills({ id: 'A1', limit: 0 }))).toBe('bad-usage')
  })

  it('says who holds the account, and what somebody who wants it can do', async () => {
    const { locks, bots } = home.client.api
    expect(await locks.show({ id: 'A1' })).toMatchObject({ verdict: 'free', held: false, record: null })
    await bots.start({ ids: ['A1'] })
    const { pid } = await statusWhen(home.client, 'A1', ({ state }) => state === 'trading')
    const lock = await locks.show({ id: 'A1' })
    expect(lock).toMatchObject({ verdict: 'alive', held: true, record: { pid } })
    expect(lock.takeover).toMatch(/never forced/)
  })
})
