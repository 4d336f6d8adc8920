import { describe, expect, it } from 'vitest'
import { pickAccounts } from '../../../renderer/fleet/pick-accounts.ts'
import { DEFAULT_VIEW, PickerView } from '../../../renderer/fleet/picker-view.ts'
import { accountStatus } from '../../support/account-rows.ts'

const accounts = [
  accountStatus({ accountId: 'anna-2', userId: 'u1', state: 'trading', todayPnl: '9.00', symbol: 'ESH5' }),
  accountStatus({ accountId: 'anna-10', userId: 'u1', state: 'crashed', todayPnl: '-200.00', mode: 'live' }),
  accountStatus({ accountId: 'ben-1', userId: 'u2', state: 'starting', broker: 'gateway', todayPnl: '30.50' }),
]
const ids = (view: Partial<PickerView>) =>
  pickAccounts(accounts, { ...DEFAULT_VIEW, ...view }).map((group) => [
    group.title,
    ...group.accounts.map(({ accountId }) => accountId),
  ])

describe('the accounts somebody wants to see', () => {
  it('are all, in the order people count in, at first', () => {
    expect(ids({})).toEqual([[undefined, 'anna-2', 'anna-10', 'ben-1']])
  })

  it('are sorted by what a column shows, money by its worth', () => {
    expect(ids({ sort: { column: 'today', down: true } })).toEqual([[undefined, 'ben-1', 'anna-2', 'anna-10']])
    expect(ids({ sort: { column: 'state', down: false } })).toEqual([[undefined, 'anna-10', 'ben-1', 'anna-2']])
  })

  it('stand last where the column knows nothing of them, whichever way it is sorted', () => {
    const some = [accountStatus({ accountId: 'a' }), accountStatus({ accountId: 'b', warnings: 1, errors: 0 })]
    for (const down of [true, false]) {
      const [group] = pickAccounts(some, { ...DEFAULT_VIEW, sort: { column: 'issues', down } })
      expect(group?.accounts.map(({ accountId }) => accountId)).toEqual(['b', 'a'])
    }
  })

  it('are put together by user, broker or state, what needs a person first', () => {
    expect(ids({ group: 'user' })).toEqual([
      ['User u1', 'anna-2', 'anna-10'],
      ['User u2', 'ben-1'],
    ])
    expect(ids({ group: 'broker' }).map(([title]) => title)).toEqual(['Broker gateway', 'Broker sim'])
    expect(ids({ group: 'state' }).map(([title]) => title)).toEqual(['Crashed', 'Starting', 'Trading'])
  })

  it('are those of a state, of a mode, or with every word somebody searches for', () => {
    expect(ids({ states: ['crashed'] })).toEqual([[undefined, 'anna-10']])
    expect(ids({ states: ['changing'] })).toEqual([[undefined, 'ben-1']])
    expect(ids({ mode: 'live' })).toEqual([[undefined, 'anna-10']])
    expect(ids({ search: 'ANNA esh5 trading' })).toEqual([[undefined, 'anna-2']])
    expect(ids({ search: 'nobody' })).toEqual([[undefined]])
  })
})

describe('how somebody likes to see the accounts', () => {
  it('is understood as far as it can be, whatever an earlier version wrote', () => {
    expect(PickerView.parse({ layout: 'cards', group: 'moon', sort: { column: 'nothing' } })).toEqual({
      ...DEFAULT_VIEW,
      layout: 'cards',
    })
  })
})
