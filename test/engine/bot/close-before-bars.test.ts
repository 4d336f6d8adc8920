import { expect, it, onTestFinished } from 'vitest'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { lots } from '../../../src/domain/units/units.ts'
import { exitEverything, isFlat } from '../../../src/engine/bot/exit-position.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, SYMBOL } from '../../support/trade-rig.ts'

it('a bot that has seen no bar yet closes what it finds at its broker, again where that is refused', async () => {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN, hasSeenBar: false })
  onTestFinished(() => rig.close())
  const byHand = { clientOrderId: clientOrderId('by-hand'), symbol: SYMBOL, side: 'buy', quantity: lots(3) } as const
  rig.venue.foreign({ ...byHand, type: { kind: 'market' }, timeInForce: 'day', purpose: 'entry' })
  rig.venue.fill(byHand.clientOrderId)
  rig.venue.deliver(() => [])
  await rig.reconcile()
  expect(rig.book.positionOf(SYMBOL).quantity).toBe(3)
  rig.venue.twists.submit.push('rejected')
  for (const _again of [1, 2]) await exitEverything(rig.ctx, rig.book, 'flatten', [])
  const [exit] = rig.venue.open()
  rig.venue.fill(exit!.order.clientOrderId)
  await rig.settle()
  expect([rig.venue.held(SYMBOL), isFlat(rig.book)]).toEqual([0, true])
})
