import { expect, it, onTestFinished } from 'vitest'
import { readAccountSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import { serveBotControl } from '../../../src/adapters/bot-control/serve-bot-control.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { readRiskReport } from '../../../src/apps/risk/read-risk-report.ts'
import { freshRiskState } from '../../../src/domain/risk/risk-state.ts'
import { epochMs, lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { botStatus } from '../../support/bot-status.ts'
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

it('a report on limits counts what is held as the running bot does: nothing on disk knows the price of an option', async () => {
  const layout = prepareHome(tempHome())
  const id = await addAccount(layout, 'acc', { symbol: 'NIFTY', feed: 'synthetic' })
  const state = openState({ layout, accountId: id, instanceId: 'x', expectExisting: false, now: () => epochMs(NOON) })
  const symbol = 'NIFTY26N1724150PE'
  state.transact(() => {
    state.saveInstrument(instrumentOf(symbol))
    state.savePosition(symbol, { symbol, quantity: lots(1), cost: 2_000 })
    state.saveRisk(freshRiskState(minorUnits(499_200_000), minorUnits(499_200_000)))
  })
  state.close()
  const kept = readAccountSettings(layout, id)
  const settings = { ...kept, risk: { ...kept.risk, dailyLossCounts: 'open-from-equity' as const } }
  const read = async () => {
    const { equity, balance, limits } = await readRiskReport(layout, settings, epochMs(NOON))
    return { equity, balance, loss: limits.find(({ code }) => code === 'daily-loss')?.used }
  }
  const atCost = await read()
  expect(atCost.equity).toBe(atCost.balance)

  const status = botStatus({ accountId: id, equityMinor: 499_000_000, unrealizedPnlMinor: -200_000, currency: 'INR' })
  const bot = await serveBotControl({
    endpoint: layout.botEndpoint(id),
    instanceId: status.instanceId,
    status: () => status,
    onRequest: async () => undefined,
  })
  onTestFinished(() => bot.close())
  expect(await read()).toEqual({ equity: '4990000.00', balance: '4992000.00', loss: '2000.00' })
})
