import { mkdirSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { readPositions, readReconciliations, type PageRequest } from '../../../src/adapters/state-db/read-account.ts'
import type { AccountSettings } from '../../../src/contracts/account-settings.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { epochMs, lots, minorUnits } from '../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const accountId = 'acc' as AccountId
const settings = { accountId, userId: 'user-1' } as AccountSettings

function account() {
  const layout = homeLayout(tempHome())
  mkdirSync(layout.account(accountId), { recursive: true })
  const state = openState({ layout, accountId, instanceId: 'i', expectExisting: false, now: () => epochMs(7) })
  onTestFinished(() => state.close())
  return { layout, state }
}

describe('the position journal of an account, by pages', () => {
  function fiveActions() {
    const { layout, state } = account()
    state.transact(() => {
      state.saveInstrument(RIG_INSTRUMENT)
      for (let at = 1; at <= 5; at++)
        state.appendPositionAction({
          ...{ date: epochMs(at * 1_000), actionType: 'buy', symbol: RIG_INSTRUMENT.symbol, amount: lots(1) },
          ...{ positions: { [RIG_INSTRUMENT.symbol]: at }, cashMinor: minorUnits(100 * at) },
        })
    })
    return (page: PageRequest) => readPositions(layout, settings, page).map(({ action_id }) => action_id)
  }

  it.each([
    [{ limit: 10 }, [1, 2, 3, 4, 5]],
    [{ limit: 2 }, [1, 2]],
    [{ limit: 2, after: '2' }, [3, 4]],
    [{ limit: 2, after: '5' }, []],
    [{ limit: 2, newest: true }, [4, 5]],
    [{ limit: 10, newest: true }, [1, 2, 3, 4, 5]],
    [{ limit: 2, newest: true, after: '2' }, [4, 5]],
    [{ limit: 2, newest: true, after: '4' }, [5]],
    [{ limit: 2, newest: false }, [1, 2]],
  ])('asked for %j has the rows %j, oldest first', (page, ids) => {
    expect(fiveActions()(page)).toEqual(ids)
  })

  it('refuses to go on after a row that is not there', () => {
    const read = fiveActions()
    expect(() => read({ limit: 2, after: '99' })).toThrow(Refused)
    expect(() => read({ limit: 2, after: '99' })).toThrow('There is no row "99" to list after.')
  })
})

describe('the comparisons of an account with its broker', () => {
  it('are none before the first, nor without a state', () => {
    const { layout } = account()
    expect(readReconciliations(layout, settings, { limit: 10 })).toEqual([])
    expect(readReconciliations(homeLayout(tempHome()), settings, { limit: 10 })).toEqual([])
  })

  it('are told with what was found, when first and last, and how often; that nothing changed is not written', () => {
    const { layout, state } = account()
    const lines = [{ code: 'position-differs', text: 'TESTZ9: long 2 here, flat at the broker' }]
    const saw = (at: number, found: typeof lines) =>
      state.transact(() => state.appendReconciliation({ at: epochMs(at), agrees: found.length === 0, lines: found }))
    saw(1_000, [])
    saw(31_000, [])
    saw(61_000, lines)
    saw(71_000, lines)
    saw(91_000, [])
    const rows = readReconciliations(layout, settings, { limit: 10 })
    expect(rows.map(({ agrees, times, at, lastAt }) => [agrees, times, at, lastAt])).toEqual([
      [true, 1, '1970-01-01T00:00:01.000Z', '1970-01-01T00:00:01.000Z'],
      [false, 2, '1970-01-01T00:01:01.000Z', '1970-01-01T00:01:11.000Z'],
      [true, 1, '1970-01-01T00:01:31.000Z', '1970-01-01T00:01:31.000Z'],
    ])
    expect(rows[1]?.lines).toEqual(lines)
    const newest = readReconciliations(layout, settings, { limit: 2, newest: true })
    expect(newest).toEqual(rows.slice(1))
    expect(readReconciliations(layout, settings, { limit: 2, after: String(rows[0]?.reportId) })).toEqual(newest)
  })
})
