import { expect, it, onTestFinished } from 'vitest'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { NO_LIMITS } from '../../../src/domain/risk/risk-limits.ts'
import { openRiskRules } from '../../../src/domain/risk/risk-rules.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { runWithoutBars } from '../../support/silent-loop.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL } from '../../support/trade-rig.ts'

const MINUTE = 60_000
const px = ticks(PX)
const LAST_BAR = { time: epochMs(MINUTE), open: px, high: px, low: px, close: px, volume: 1 }

it('a position is closed before nothing may be held, also where the feed has fallen silent, and again where that is refused', async () => {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN })
  onTestFinished(() => rig.close())
  const sessions = { sessionAt: () => undefined }
  const rules = openRiskRules(NO_LIMITS, { dayBoundary: 'session', mustBeFlat: '00:30-00:40 UTC' }, sessions)
  for (const lane of rig.ctx.lanes) Object.assign(lane, { risk: rules })
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(4) })))
  await rig.settle()
  rig.venue.calls.length = 0
  rig.venue.twists.submit.push('rejected')
  await runWithoutBars(rig, 27 * MINUTE, LAST_BAR)
  expect(rig.venue.calls).toEqual([])
  await runWithoutBars(rig, 4 * MINUTE, { ...LAST_BAR, time: epochMs(27 * MINUTE) })
  expect(rig.venue.calls).toEqual(['submit exit sell 4', 'submit exit sell 4'])
  const [exit] = rig.venue.open()
  rig.venue.fill(exit!.order.clientOrderId)
  await runWithoutBars(rig, MINUTE)
  expect([rig.venue.held(SYMBOL), rig.venue.calls.length]).toEqual([0, 2])
})
