import { expect, it, onTestFinished } from 'vitest'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL } from '../../support/trade-rig.ts'

it('a stop whose answer was lost is in place soon, also where the clock is set back by an hour meanwhile', async () => {
  const rig = openTradeRig({ home: tempHome(), capabilities: { ...PLAIN, dedupesClientOrderId: false } })
  onTestFinished(() => rig.close())
  rig.wait(86_400_000)
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(4) })))
  await rig.settle()
  rig.venue.twists.submit.push('dropped')
  await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) })
  await rig.reconcile()
  rig.wait(-3_600_000)
  for (let seconds = 0; seconds <= 15; seconds += 5) {
    await rig.reconcile()
    await rig.settle()
    rig.wait(5_000)
  }
  expect(rig.venue.open().map(({ order, quantity }) => `${order.purpose} ${quantity}`)).toEqual(['stop 4'])
})
