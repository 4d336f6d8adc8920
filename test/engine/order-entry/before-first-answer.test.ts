import { describe, expect, it, onTestFinished } from 'vitest'
import { NO_CAPABILITIES } from '../../../src/adapters/brokers/gateway/agree-terms.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: ABLE, ...options })
  onTestFinished(() => rig.close())
  return rig
}

describe('a bot that starts while its broker can not be reached', () => {
  it('leaves the bracket alone that the broker keeps, and goes on with it once they have spoken', async () => {
    const home = tempHome()
    const dead = open({ home })
    const bracket = {
      ...({ kind: 'bracket-order', symbol: SYMBOL, side: 'buy', quantity: lots(4), limitPx: ticks(PX - 1) } as const),
      ...{ stopPx: ticks(PX - 12), targetPx: ticks(PX + 16) },
    }
    dead.venue.fill(firstOrder(await dead.trade(bracket)), 1)
    await dead.settle()

    const bot = open({ home, venue: dead.venue })
    const { broker } = bot.venue
    bot.book.brokerAnswered = false
    bot.venue.silence(true)
    Object.assign(broker, { capabilities: NO_CAPABILITIES })
    for (let round = 0; round < 3; round++) {
      expect((await bot.reconcile()).agrees).toBe(false)
      await bot.settle()
    }
    expect(bot.venue.calls).toEqual(['submit entry buy 4'])
    expect([...bot.book.opens.values()].filter(({ cancelReason }) => cancelReason)).toEqual([])

    bot.venue.silence(false)
    Object.assign(broker, { capabilities: ABLE })
    expect((await bot.reconcile()).agrees).toBe(true)
    await bot.settle()
    expect(bot.venue.open().map(({ order }) => order.purpose)).toEqual(['entry', 'stop', 'target'])
    expect(bot.venue.calls).toEqual(['submit entry buy 4'])
  })
})
