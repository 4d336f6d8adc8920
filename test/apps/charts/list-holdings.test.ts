import { describe, expect, it } from 'vitest'
import { readAccountSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { listHoldings } from '../../../src/apps/charts/list-holdings.ts'
import type { BotStatus } from '../../../src/contracts/bot-protocol.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { botStatus } from '../../support/bot-status.ts'
import { instrumentOf } from '../../support/sample-bars.ts'
import { tempHome } from '../../support/temp-home.ts'

const NOON = Date.UTC(2026, 2, 3, 6)
const AT = '2026-03-03T06:00:00.000Z'
const PUT = 'NIFTY26N1724150PE'

/** An account that holds an index future and a put on it, on real state. */
async function twoHeld() {
  const layout = prepareHome(tempHome())
  const id = await addAccount(layout, 'acc', { symbol: 'NIFTY', feed: 'synthetic' })
  const state = openState({ layout, accountId: id, instanceId: 'x', expectExisting: false, now: () => epochMs(NOON) })
  const px = ticks(480_000)
  const bar = { time: epochMs(NOON), open: px, high: px, low: px, close: px, volume: 1 }
  state.transact(() => {
    for (const symbol of ['NIFTY', PUT]) {
      state.saveInstrument(instrumentOf(symbol))
      state.savePosition(symbol, { symbol, quantity: lots(1), cost: 2_000 })
    }
    state.saveCheckpoint({ series: 'NIFTY:1m', bar, sessionDate: undefined, strategyKey: '', snapshot: {} })
  })
  state.close()
  const settings = readAccountSettings(layout, id)
  return (said?: Partial<BotStatus>) => {
    const rows = listHoldings(layout, settings, said && botStatus(said))
    const put = rows.find(({ symbol }) => symbol === PUT)!
    const index = rows.find(({ symbol }) => symbol === 'NIFTY')!
    return { put, index }
  }
}

const told = { symbol: PUT, quantity: 1, unrealizedPnlMinor: 12_300 }

describe('what an account holds', () => {
  it('is priced as its running bot prices it, options too, and says of when that is', async () => {
    const held = await twoHeld()
    const { put } = held({ holdings: [{ ...told, mark: { px: 2_100, barAt: NOON } }] })
    expect(put).toMatchObject({ lastPrice: '105.00', lastBarAt: AT, unpriced: null, unrealizedPnl: '123.00' })
  })

  it('is priced by the last bar on disk where no bot runs, and an option says why it has no price', async () => {
    const { put, index } = (await twoHeld())()
    expect(index).toMatchObject({ lastPrice: '24000.00', lastBarAt: AT, unpriced: null })
    expect(put).toMatchObject({
      lastPrice: null,
      lastBarAt: null,
      unpriced: expect.stringMatching(/and none runs\.$/) as string,
    })
  })

  it('says so where its bot has no price, or is too old to tell', async () => {
    const held = await twoHeld()
    expect(held({ holdings: [{ ...told, mark: null }] }).put.unpriced).toMatch(/counts it at its cost/)
    expect(held({ holdings: [told] }).put.unpriced).toMatch(/older version/)
    expect(held({ holdings: [] }).put.unpriced).toMatch(/has not said yet/)
  })
})
