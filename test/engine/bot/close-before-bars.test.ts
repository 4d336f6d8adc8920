import { expect, it, onTestFinished } from 'vitest'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { lots } from '../../../src/domain/units/units.ts'
import { exitEverything, isFlat } from '../../../src/engine/bot/exit-position.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { decisionsOf } from '../../support/state-rows.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

function openWithoutBars() {
  const home = tempHome()
  const rig = openTradeRig({ home, capabilities: PLAIN, hasSeenBar: false })
  onTestFinished(() => rig.close())
  return { rig, decisions: () => decisionsOf(home).filter(({ action }) => action === 'exit') }
}

/** Somebody else buys in the account, and the bot learns of it. */
async function buyByHand({ venue, reconcile }: TradeRig, name: string, quantity: number): Promise<void> {
  const byHand = { clientOrderId: clientOrderId(name), symbol: SYMBOL, side: 'buy', quantity: lots(quantity) } as const
  venue.foreign({ ...byHand, type: { kind: 'market' }, timeInForce: 'day', purpose: 'entry' })
  venue.fill(byHand.clientOrderId)
  venue.deliver(() => [])
  await reconcile()
}

async function fillExit(rig: TradeRig): Promise<void> {
  const [exit] = rig.venue.open()
  rig.venue.fill(exit!.order.clientOrderId)
  await rig.settle()
}

it('a bot that has seen no bar yet closes what it finds at its broker, again where that is refused', async () => {
  const { rig, decisions } = openWithoutBars()
  await buyByHand(rig, 'by-hand', 3)
  expect(rig.book.positionOf(SYMBOL).quantity).toBe(3)
  rig.venue.twists.submit.push('rejected')
  for (const _again of [1, 2]) await exitEverything(rig.ctx, rig.book, 'flatten', [])
  await fillExit(rig)
  expect([rig.venue.held(SYMBOL), isFlat(rig.book)]).toEqual([0, true])
  expect(decisions().length).toBe(1)
})

it('a bot that has seen no bar yet records a decision for each position it closes', async () => {
  const { rig, decisions } = openWithoutBars()
  const why = (text: string) => [{ code: 'flatten', text }]
  await buyByHand(rig, 'first', 3)
  await exitEverything(rig.ctx, rig.book, 'flatten', why('the first'))
  await fillExit(rig)
  await buyByHand(rig, 'second', 5)
  rig.venue.twists.submit.push('rejected')
  for (const _again of [1, 2]) await exitEverything(rig.ctx, rig.book, 'flatten', why('the second'))
  await fillExit(rig)
  expect(rig.venue.held(SYMBOL)).toBe(0)
  expect(decisions().map(({ quantity, reasons }) => [quantity, reasons.includes('the second')])).toEqual([
    [3, false],
    [5, true],
  ])
})
