import { describe, expect, it, onTestFinished } from 'vitest'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { NO_LIMITS, type RiskLimits } from '../../../src/domain/risk/risk-limits.ts'
import { openRiskRules } from '../../../src/domain/risk/risk-rules.ts'
import { lots, minorUnits } from '../../../src/domain/units/units.ts'
import { standingBlocks } from '../../../src/engine/bot/entry-blocks.ts'
import { isRiskDue, watchRiskBetweenBars } from '../../../src/engine/bot/watch-risk.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { runWithoutBars } from '../../support/silent-loop.ts'
import { breachesOf } from '../../support/state-rows.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A tick of one lot is 1250: 20 of them are 25,000. */
const REALISED = { maxDailyLossMinor: minorUnits(25_000) }
const OPEN = { ...REALISED, dailyLossCounts: 'open-from-balance' as const }

function open(limits: Partial<RiskLimits>, more: Partial<TradeRigOptions> = {}) {
  const home = more.home ?? tempHome()
  const rig = openTradeRig({ home, capabilities: PLAIN, ...more })
  onTestFinished(() => rig.close())
  const sessionAt = () => undefined
  const sizes = { maxPositionLots: 100, maxOrderLots: 50 }
  const days = { dayBoundary: '02:00 UTC' }
  const risk = openRiskRules({ ...NO_LIMITS, ...sizes, ...limits }, days, { sessionAt })
  for (const lane of rig.ctx.lanes) Object.assign(lane, { risk })
  return { home, rig, breaches: () => breachesOf(home) }
}

async function buy(rig: TradeRig, quantity: number, px = PX): Promise<void> {
  const id = firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) }))
  rig.venue.fill(id, quantity, px, rig.ctx.now())
  await rig.settle()
}

/** A part of what is held is sold between two bars, by a person perhaps. */
function sellByHand({ ctx, venue }: TradeRig, quantity: number, px: number): void {
  const id = clientOrderId(`by-hand-${venue.orders.size}`)
  const sale = { clientOrderId: id, symbol: SYMBOL, side: 'sell', quantity: lots(quantity) } as const
  venue.foreign({ ...sale, type: { kind: 'market' }, timeInForce: 'day', purpose: 'exit' })
  venue.fill(id, quantity, px, ctx.now())
}

function closeRest({ ctx, venue }: TradeRig): void {
  const [exit] = venue.open()
  venue.fill(exit!.order.clientOrderId, undefined, PX, ctx.now())
}

const codes = ({ ctx, book }: TradeRig) => standingBlocks(ctx, book).map(({ code }) => code)

describe('a limit on losses that a fill reaches between two bars', () => {
  it('closes what is left at once, and stands through a restart into silence until its day is over', async () => {
    const { home, rig, breaches } = open(REALISED)
    await buy(rig, 6)
    sellByHand(rig, 1, PX - 10)
    await runWithoutBars(rig, MINUTE)
    expect(breaches()).toEqual([])
    sellByHand(rig, 1, PX - 10)
    await runWithoutBars(rig, MINUTE)
    expect(breaches()).toMatchObject([{ rule: 'daily-loss', until: 2 * HOUR }])
    expect(rig.venue.open().map(({ order }) => [order.purpose, order.quantity])).toEqual([['exit', 4]])
    closeRest(rig)
    await runWithoutBars(rig, MINUTE)
    expect(rig.venue.held(SYMBOL)).toBe(0)
    rig.close()
    const again = open({}, { home, venue: rig.venue }).rig
    expect(codes(again)).toEqual(['daily-loss'])
    await runWithoutBars(again, 3 * HOUR)
    expect([codes(again), again.book.breaches]).toEqual([[], []])
  })

  it('is obeyed by the next bot where this one died before it closed anything', async () => {
    const { home, rig, breaches } = open(REALISED)
    await buy(rig, 6)
    sellByHand(rig, 2, PX - 10)
    rig.venue.deliver()
    await rig.reconcile()
    watchRiskBetweenBars(rig.ctx, rig.book)
    rig.close()
    expect([breaches().length, rig.venue.open()]).toEqual([1, []])
    const again = open({}, { home, venue: rig.venue })
    await runWithoutBars(again.rig, MINUTE)
    expect(again.rig.venue.open().map(({ order }) => [order.purpose, order.quantity])).toEqual([['exit', 4]])
    expect(again.breaches()).toHaveLength(1)
  })

  it('is found again on the next day, though no bar has told that there is one', async () => {
    const { rig, breaches } = open(REALISED)
    for (const day of [0, 1]) {
      await buy(rig, 3)
      sellByHand(rig, 2, PX - 10)
      await runWithoutBars(rig, MINUTE)
      closeRest(rig)
      await runWithoutBars(rig, 24 * HOUR)
      expect(breaches()[day]).toMatchObject({ rule: 'daily-loss', until: (2 + 24 * day) * HOUR })
    }
  })

  it('is found where no bar was ever seen', async () => {
    const { rig, breaches } = open(REALISED, { hasSeenBar: false })
    const id = clientOrderId('found')
    const found = { clientOrderId: id, symbol: SYMBOL, side: 'buy', quantity: lots(6) } as const
    rig.venue.foreign({ ...found, type: { kind: 'market' }, timeInForce: 'day', purpose: 'entry' })
    rig.venue.fill(id)
    await runWithoutBars(rig, MINUTE)
    sellByHand(rig, 2, PX - 10)
    await runWithoutBars(rig, MINUTE)
    expect(breaches()).toMatchObject([{ rule: 'daily-loss', until: 2 * HOUR }])
    expect(rig.venue.open().map(({ order }) => [order.purpose, order.quantity])).toEqual([['exit', 4]])
    expect(rig.store.risk()?.realizedTodayMinor).toBe(-25_000)
  })

  it('locks a profit as well', async () => {
    const { rig, breaches } = open({ profitTargetMinor: minorUnits(25_000) })
    await buy(rig, 3)
    sellByHand(rig, 2, PX + 10)
    await runWithoutBars(rig, MINUTE)
    expect(breaches()).toMatchObject([{ rule: 'profit-target', until: null }])
    expect(rig.venue.open().map(({ order }) => order.purpose)).toEqual(['exit'])
  })
})

describe('a limit that counts the open position', () => {
  it('is judged by the clock too, with the prices known', async () => {
    const { rig, breaches } = open(OPEN)
    await buy(rig, 4)
    expect(isRiskDue(rig.ctx, rig.book)).toBe(true)
    await runWithoutBars(rig, MINUTE)
    expect([isRiskDue(rig.ctx, rig.book), breaches().length]).toEqual([false, 0])
    rig.bar(PX - 5)
    expect(isRiskDue(rig.ctx, rig.book)).toBe(true)
    await runWithoutBars(rig, MINUTE)
    expect(breaches()).toMatchObject([{ rule: 'daily-loss' }])
    expect(isRiskDue(rig.ctx, rig.book)).toBe(false)
  })

  it('takes what was paid since the last bar for the price, not the close from before', async () => {
    const { home, rig, breaches } = open(OPEN)
    rig.wait(30 * MINUTE)
    await buy(rig, 4, PX + 40)
    await runWithoutBars(rig, MINUTE)
    expect(breaches()).toEqual([])
    rig.close()
    const again = open(OPEN, { home, venue: rig.venue })
    again.rig.wait(31 * MINUTE)
    await runWithoutBars(again.rig, MINUTE)
    expect(again.breaches()).toEqual([])
    again.rig.bar(PX + 35)
    await runWithoutBars(again.rig, MINUTE)
    expect(again.breaches()).toMatchObject([{ rule: 'daily-loss' }])
  })
})

it('a replay has no time between its bars', async () => {
  const { rig, breaches } = open(REALISED, { replaying: true })
  await buy(rig, 6)
  sellByHand(rig, 4, PX - 10)
  await rig.reconcile()
  await runWithoutBars(rig, MINUTE)
  expect([isRiskDue(rig.ctx, rig.book), breaches()]).toEqual([false, []])
})
