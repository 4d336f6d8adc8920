import { expect, it } from 'vitest'
import { readAccountSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { readRiskReport } from '../../../src/apps/risk/read-risk-report.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { instrumentOf } from '../../support/sample-bars.ts'
import { tempHome } from '../../support/temp-home.ts'

/** A Tuesday, in the middle of the session. */
const NOON = Date.UTC(2026, 2, 3, 15)
const MINUTE = 60_000

it('a report on limits names what is held and has had no price lately, and what has none at all', async () => {
  const layout = prepareHome(tempHome())
  const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'synthetic' })
  const state = openState({ layout, accountId: id, instanceId: 'x', expectExisting: false, now: () => epochMs(NOON) })
  const px = ticks(20_000)
  const bar = { time: epochMs(NOON - 10 * MINUTE), open: px, high: px, low: px, close: px, volume: 1 }
  state.transact(() => {
    for (const symbol of ['MES', 'NQ']) {
      state.saveInstrument(instrumentOf(symbol))
      state.savePosition(symbol, { symbol, quantity: lots(2), cost: 40_000 })
    }
    state.saveCheckpoint({
      series: 'MES:1m',
      bar,
      sessionDate: undefined,
      strategyKey: '',
      snapshot: {},
      held: undefined,
    })
  })
  state.close()
  const settings = readAccountSettings(layout, id)
  const unpricedAt = async (at: number) => (await readRiskReport(layout, settings, epochMs(at))).unpriced
  const alien = { symbol: 'NQ', text: 'this account follows no prices of it' }
  expect(await unpricedAt(NOON - 9 * MINUTE)).toEqual([alien])
  expect(await unpricedAt(NOON)).toEqual([
    { symbol: 'MES', text: 'no bar for 9 minutes while the market is open' },
    alien,
  ])
})
