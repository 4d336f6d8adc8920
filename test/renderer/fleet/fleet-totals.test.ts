import { describe, expect, it } from 'vitest'
import { fleetTotals } from '../../../renderer/fleet/fleet-totals.ts'
import { accountStatus } from '../../support/account-rows.ts'

const of = (fields: Parameters<typeof accountStatus>[0]) => accountStatus({ equity: '100.10', ...fields })

describe('what the accounts come to together', () => {
  it('is exact, and never adds one currency to another', () => {
    const totals = fleetTotals([
      of({ accountId: 'a', todayPnl: '0.10', unrealizedPnl: '-0.30' }),
      of({ accountId: 'b', todayPnl: '0.20', unrealizedPnl: '0.30' }),
      of({ accountId: 'c', currency: 'INR', todayPnl: '-5.00' }),
    ])
    expect(totals).toEqual([
      { mode: 'paper', currency: 'INR', accounts: 1, equity: '100.10', todayPnl: '-5.00', openPnl: '0.00' },
      { mode: 'paper', currency: 'USD', accounts: 2, equity: '200.20', todayPnl: '0.30', openPnl: '0.00' },
    ])
  })

  it('never adds play money to real money, and tells of the real money first', () => {
    const totals = fleetTotals([of({ accountId: 'a' }), of({ accountId: 'b', mode: 'live' })])
    expect(totals.map(({ mode, equity }) => [mode, equity])).toEqual([
      ['live', '100.10'],
      ['paper', '100.10'],
    ])
  })

  it('leaves out accounts whose settings can not be read, and says nothing where nobody has told', () => {
    expect(fleetTotals([of({ userId: '' })])).toEqual([])
    expect(fleetTotals([accountStatus()])).toMatchObject([{ equity: undefined }])
  })
})
