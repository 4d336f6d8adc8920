import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { wantFlat } from '../../../src/engine/bot/obey.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { runWithoutBars } from '../../support/silent-loop.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

/** A broker that takes exits at the market and ends them at once: its market is closed. */
async function openAtClosedMarket(capabilities: BrokerCapabilities): Promise<TradeRig> {
  const rig = openTradeRig({ home: tempHome(), capabilities })
  onTestFinished(() => rig.close())
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(4) })))
  await rig.settle()
  return rig
}

function closeMarket({ venue }: TradeRig): () => void {
  const { broker } = venue
  const { submit } = broker
  broker.submit = async (order) => {
    const reply = await submit(order)
    if (order.purpose === 'exit' || order.purpose === 'stop') venue.end(order.clientOrderId, 'expired')
    return reply
  }
  return () => void (broker.submit = submit)
}

const exits = ({ venue }: TradeRig) => venue.calls.filter((call) => call.startsWith('submit exit')).length

describe.each([
  ['does everything', ABLE],
  ['takes plain orders only', PLAIN],
] as const)('an exit that a broker which %s ends at once', (_, capabilities) => {
  it('is tried again until the account is flat, and not as fast as the broker says no', async () => {
    const rig = await openAtClosedMarket(capabilities)
    const openMarket = closeMarket(rig)
    wantFlat(rig.ctx, rig.book, 'a test')
    await runWithoutBars(rig, 60_000)
    expect(exits(rig)).toBeGreaterThan(5)
    expect(exits(rig)).toBeLessThan(20)
    openMarket()
    await runWithoutBars(rig, 6_000)
    for (const { order } of rig.venue.open()) rig.venue.fill(order.clientOrderId)
    await runWithoutBars(rig, 1_000)
    expect([rig.venue.held(SYMBOL), rig.book.flattening]).toEqual([0, undefined])
  })
})

it('what no stop is taken for is closed no faster either', async () => {
  const rig = await openAtClosedMarket({ ...PLAIN, replace: false })
  const stop = firstOrder(await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) }))
  closeMarket(rig)
  rig.venue.end(stop, 'expired')
  await runWithoutBars(rig, 60_000)
  expect(exits(rig)).toBeGreaterThan(5)
  expect(exits(rig)).toBeLessThan(20)
})
