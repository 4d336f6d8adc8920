import { expect, it, onTestFinished } from 'vitest'
import { haltable } from '../../../src/apps/bot/haltable.ts'
import { lots } from '../../../src/domain/units/units.ts'
import { executeTrade } from '../../../src/engine/order-entry/execute-trade.ts'
import { submitOrder } from '../../../src/engine/order-entry/submit-order.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, SYMBOL } from '../../support/trade-rig.ts'

/** A bot that holds four lots, with a switch between it and its state. */
async function open() {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN })
  onTestFinished(() => rig.close())
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(4) })))
  await rig.settle()
  const store = haltable(rig.store)
  return { rig, store, ctx: { ...rig.ctx, store }, sent: () => rig.venue.calls.length }
}

it.each(['buy', 'sell'] as const)('a bot that was halted sends no order to %s', async (kind) => {
  const { rig, store, ctx, sent } = await open()
  store.halt(new Error('its memory may be wrong'))
  const before = sent()
  const command = { kind, symbol: SYMBOL, quantity: lots(1) } as const
  const ref = { signalId: 'after', strategyId: 'hand' }
  await expect(executeTrade(ctx, rig.book, rig.context, command, ref)).rejects.toThrow('its memory may be wrong')
  expect([sent(), store.tradeCall('after')]).toEqual([before, undefined])
})

it('a bot that was halted between an intent and its sending sends nothing', async () => {
  const { rig, store, ctx, sent } = await open()
  const entry = rig.book.known(rig.venue.fills[0]!.clientOrderId)!
  const order = { ...entry.order, clientOrderId: 'left-behind' as typeof entry.order.clientOrderId }
  store.transact(() => store.insertOrder({ ...entry, order, status: 'intent', cumQty: lots(0) }))
  store.halt(new Error('its memory may be wrong'))
  const before = sent()
  await expect(submitOrder(ctx, rig.book, order.clientOrderId)).rejects.toThrow('its memory may be wrong')
  expect([sent(), store.order(order.clientOrderId)?.status]).toEqual([before, 'intent'])
})
