import { describe, expect, it, onTestFinished } from 'vitest'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { exitEverything } from '../../../src/engine/bot/exit-position.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, PX, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

const BRACKET: TradeCommand = {
  ...{ kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(4) },
  ...{ stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) },
}
const openOf = (rig: TradeRig, purpose: string) => rig.venue.open().filter(({ order }) => order.purpose === purpose)
const FLATTEN = [{ code: 'flatten', text: 'asked for' }]

describe.each([
  ['that keeps brackets and pairs', ABLE],
  ['that knows single orders only', PLAIN],
])('closing everything at a venue %s', (_name, capabilities) => {
  const bracketed = async (filled?: number) => {
    const rig = openTradeRig({ home: tempHome(), capabilities })
    onTestFinished(() => rig.close())
    await rig.trade(BRACKET)
    rig.venue.fill(openOf(rig, 'entry')[0]!.order.clientOrderId, filled)
    await rig.settle()
    return rig
  }

  it('cancels an exit that waits for its price, and closes what that would have closed', async () => {
    const rig = await bracketed()
    await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX + 5_000) })
    await rig.settle()
    await exitEverything(rig.ctx, rig.book, 'flatten', FLATTEN)
    await rig.settle()
    const exits = openOf(rig, 'exit')
    expect(exits.map(({ order, quantity }) => [order.type.kind, quantity])).toEqual([['market', 4]])
    rig.venue.fill(exits[0]!.order.clientOrderId)
    await rig.settle()
    expect(rig.venue.held(SYMBOL)).toBe(0)
  })

  it('closes no more than what a stop has left while entries were canceled', async () => {
    const rig = await bracketed(2)
    const { broker } = rig.venue
    const cancel = broker.cancel.bind(broker)
    let hasStopFilled = false
    broker.cancel = async (id) => {
      if (!hasStopFilled) {
        hasStopFilled = true
        rig.venue.fill(openOf(rig, 'stop')[0]!.order.clientOrderId, 1)
        rig.venue.deliver()
      }
      return cancel(id)
    }
    await exitEverything(rig.ctx, rig.book, 'flatten', FLATTEN)
    for (const { order } of openOf(rig, 'exit')) rig.venue.fill(order.clientOrderId)
    await rig.settle()
    expect(rig.venue.held(SYMBOL)).toBe(0)
  })
})
