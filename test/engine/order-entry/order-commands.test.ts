import { describe, expect, it, onTestFinished } from 'vitest'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: ABLE, ...options })
  onTestFinished(() => rig.close())
  return rig
}

async function hold(rig: TradeRig, quantity: number): Promise<void> {
  const kind = quantity > 0 ? 'buy' : 'short-sell'
  const outcome = await rig.trade({ kind, symbol: SYMBOL, quantity: lots(Math.abs(quantity)) })
  rig.venue.fill(firstOrder(outcome))
  await rig.settle()
}

const of = (quantity: number) => ({ symbol: SYMBOL, quantity: lots(quantity) })
const messageOf = (outcome: unknown) => (outcome as { refusal?: { message: string } }).refusal?.message ?? ''

describe('buy, sell, short-sell and cover-short', () => {
  it('open and close a long position at the market or at a limit', async () => {
    const rig = open()
    await hold(rig, 3)
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(3)
    const sold = await rig.trade({ kind: 'sell', ...of(3), limitPx: ticks(PX + 4) })
    const order = rig.book.known(firstOrder(sold))!.order
    expect(order).toMatchObject({ side: 'sell', purpose: 'exit', type: { kind: 'limit', limitPx: PX + 4 } })
  })

  it('open and close a short position', async () => {
    const rig = open()
    await hold(rig, -2)
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(-2)
    expect(await rig.trade({ kind: 'cover-short', ...of(2) })).toMatchObject({ kind: 'accepted' })
  })

  it('never turn a position by accident', async () => {
    const rig = open()
    expect(messageOf(await rig.trade({ kind: 'sell', ...of(1) }))).toContain('nothing long that sell could reduce')
    await hold(rig, 2)
    expect(messageOf(await rig.trade({ kind: 'sell', ...of(3) }))).toContain('1 to 2 is possible')
    expect(messageOf(await rig.trade({ kind: 'short-sell', ...of(1) }))).toContain('is long 2 lots')
    expect(messageOf(await rig.trade({ kind: 'cover-short', ...of(1) }))).toContain('nothing short')
    expect(rig.venue.calls).toHaveLength(1)
  })

  it('count what is being closed already', async () => {
    const rig = open()
    await hold(rig, 3)
    await rig.trade({ kind: 'sell', ...of(2), limitPx: ticks(PX + 10) })
    expect(messageOf(await rig.trade({ kind: 'sell', ...of(2) }))).toContain('of which 2 are being closed already')
  })

  it('do not trade against an entry that still works', async () => {
    const rig = open()
    await rig.trade({ kind: 'buy', ...of(1), limitPx: ticks(PX - 10) })
    expect(messageOf(await rig.trade({ kind: 'short-sell', ...of(1) }))).toContain('still working')
  })

  it('shrink an entry to what limits leave, and say so', async () => {
    const rig = open({ limits: { maxOrderLots: 4 } })
    const outcome = await rig.trade({ kind: 'buy', ...of(6) })
    expect(outcome).toMatchObject({ kind: 'accepted' })
    expect(outcome.reasons.map(({ code }) => code)).toEqual(['buy', 'size-cut', 'max-order'])
    expect(outcome.reasons[1]!.text).toBe('4 of 6 lots were ordered')
    expect(rig.venue.calls).toEqual(['submit entry buy 4'])
  })

  it('tell why the broker rejected an order', async () => {
    const rig = open()
    rig.venue.twists.submit.push('rejected')
    expect(await rig.trade({ kind: 'buy', ...of(1) })).toMatchObject({ kind: 'rejected', reason: 'not today' })
    expect(rig.book.opens.size).toBe(0)
  })
})

describe('market, limit and stop-limit orders', () => {
  it('enter where the account is flat and exit where they reduce', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade({ kind: 'market-order', side: 'sell', ...of(1) })
    await rig.trade({ kind: 'limit-order', side: 'sell', ...of(1), limitPx: ticks(PX + 5) })
    await rig.trade({ kind: 'limit-order', side: 'buy', ...of(1), limitPx: ticks(PX - 5), timeInForce: 'gtc' })
    const purposes = rig.venue.open().map(({ order }) => `${order.purpose} ${order.side} ${order.timeInForce}`)
    expect(purposes).toEqual(['exit sell day', 'exit sell day', 'entry buy gtc'])
  })

  it('protect with a stop-limit on the closing side', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade({ kind: 'stop-limit', side: 'sell', ...of(2), stopPx: ticks(PX - 8), limitPx: ticks(PX - 10) })
    expect(rig.venue.open()[0]?.order).toMatchObject({ purpose: 'stop', timeInForce: 'gtc' })
  })
})

describe('a bracket order', () => {
  const bracket = {
    kind: 'bracket-order',
    side: 'buy',
    ...of(2),
    stopPx: ticks(PX - 10),
    targetPx: ticks(PX + 10),
  } as const

  it('goes out whole where the venue keeps brackets', async () => {
    const rig = open()
    await rig.trade(bracket)
    expect(rig.venue.calls).toEqual(['submit entry buy 2'])
    expect(rig.book.opens.size).toBe(3)
    rig.venue.fill([...rig.venue.orders.keys()][0]!)
    await rig.settle()
    expect(rig.venue.calls).toHaveLength(1)
  })

  it('is refused when stop and target do not enclose the price', async () => {
    const rig = open()
    expect(messageOf(await rig.trade({ ...bracket, stopPx: ticks(PX + 1) }))).toContain('do not enclose')
    expect(messageOf(await rig.trade({ ...bracket, side: 'sell' }))).toContain('do not enclose')
  })
})
