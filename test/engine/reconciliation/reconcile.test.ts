import { describe, expect, it, onTestFinished } from 'vitest'
import { clientOrderId, fillId } from '../../../src/domain/order/order.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { applyExecution } from '../../../src/engine/order-events/apply-execution.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: ABLE, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const buy = (quantity: number, limitPx?: number): TradeCommand => ({
  ...{ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) },
  ...(limitPx === undefined ? {} : { limitPx: ticks(limitPx) }),
})
const idOf = firstOrder

describe('comparing books with the broker', () => {
  it('takes in fills that were missed, told with side, lots and price', async () => {
    const rig = open()
    rig.venue.fill(idOf(await rig.trade(buy(2))))
    const { agrees, lines } = await rig.reconcile()
    expect(agrees).toBe(true)
    expect(lines.find(({ code }) => code === 'fill-recovered')?.text).toBe(
      'buy 2 TESTZ9 at 4000.00 (fill F1) was missing here',
    )
  })

  it('tells of a foreign order with its price, and leaves it alone', async () => {
    const rig = open()
    rig.venue.foreign({
      ...{ clientOrderId: clientOrderId('by-hand'), symbol: SYMBOL, side: 'sell', quantity: lots(3) },
      ...{ type: { kind: 'limit', limitPx: ticks(PX + 2) }, timeInForce: 'gtc', purpose: 'entry' },
    })
    const { lines } = await rig.reconcile()
    expect(lines).toEqual([
      {
        code: 'order-foreign',
        text: 'the broker works an order to sell 3 TESTZ9 at 4000.50 (V1) that this bot never sent; it is left alone',
      },
    ])
    expect(rig.venue.open()).toHaveLength(1)
    expect(rig.book.known(clientOrderId('by-hand'))).toBeUndefined()
  })

  it('takes a broker that says nothing for silent, not for flat', async () => {
    const rig = open()
    rig.venue.fill(idOf(await rig.trade(buy(1))))
    await rig.settle()
    rig.venue.silence(true)
    const { agrees, lines } = await rig.reconcile()
    expect(agrees).toBe(false)
    expect(lines[0]).toMatchObject({ code: 'broker-silent', text: expect.stringContaining('the connection is down') })
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(1)
  })

  it('says cash as money, and blocks entries but no exit while it differs', async () => {
    const rig = open()
    rig.venue.fill(idOf(await rig.trade(buy(1))))
    await rig.settle()
    rig.venue.broker.cash = () => Promise.resolve({ ok: true, value: 4_999_050 as never })
    const { agrees, lines } = await rig.reconcile()
    expect(agrees).toBe(false)
    expect(lines).toEqual([
      {
        code: 'cash-differs',
        text: 'cash is 50000.00 USD here and 49990.50 USD at the broker; if 9.50 went out without a fill, book it: slipway cash trade-1 fee 9.50 (or withdraw 9.50, or interest -9.50)',
      },
    ])
    rig.book.mustReconcile('the books differ')
    expect(await rig.trade(buy(1))).toMatchObject({ refusal: { code: 'not-reconciled' } })
    expect(await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(1) })).toMatchObject({ kind: 'accepted' })
  })

  it('names a position in a market that this bot does not trade', async () => {
    const rig = open()
    rig.venue.broker.positions = () =>
      Promise.resolve({ ok: true, value: [{ symbol: 'ALIEN', quantity: lots(-4), avgPx: ticks(10) }] })
    const { agrees, lines } = await rig.reconcile()
    expect(agrees).toBe(false)
    expect(lines[0]).toMatchObject({ code: 'position-foreign', text: expect.stringContaining('ALIEN, short 4') })
  })

  it('looks for an unknown order before it sends it again, once, under the same name', async () => {
    const rig = open({ capabilities: { ...PLAIN, visibilityLagMs: 5_000 } })
    rig.venue.twists.submit.push('dropped')
    expect(await rig.trade(buy(1))).toMatchObject({ kind: 'unknown' })
    await rig.reconcile()
    rig.wait(14_999)
    await rig.reconcile()
    expect(rig.venue.calls).toHaveLength(1)
    rig.wait(1)
    await rig.reconcile()
    expect(rig.venue.calls).toHaveLength(2)
    expect(rig.venue.open()).toHaveLength(1)
    await rig.reconcile()
    expect(rig.venue.calls).toHaveLength(2)
  })

  it('looks for it by the wall clock, from when this process first missed it, however fast a replay goes', async () => {
    const home = tempHome()
    const slow = { ...PLAIN, visibilityLagMs: 5_000 }
    const dead = open({ home, capabilities: slow, replaying: true })
    dead.venue.twists.submit.push('dropped')
    await dead.trade(buy(1))
    await dead.reconcile()
    const bot = open({ home, capabilities: slow, replaying: true, venue: dead.venue })
    bot.bar(PX)
    await bot.reconcile()
    bot.wait(14_999)
    await bot.reconcile()
    expect(bot.venue.calls).toHaveLength(1)
  })

  it('keeps an unknown entry live where duplicates are not refused, makes no other, and asks a person once', async () => {
    const errors: string[] = []
    const silent = () => undefined
    const log = { info: silent, warn: silent, error: (event: string, text: string) => void errors.push(event + text) }
    const rig = open({ capabilities: { ...PLAIN, dedupesClientOrderId: false, visibilityLagMs: 300 }, log })
    rig.venue.twists.submit.push('lost')
    const id = idOf(await rig.trade(buy(1, PX - 5)))
    const kept = rig.venue.orders.get(id)!
    rig.venue.orders.delete(id)
    await rig.reconcile()
    rig.wait(3_600_000)
    for (let round = 0; round < 3; round++) await rig.reconcile()
    expect(rig.book.known(id)?.status).toBe('unknown')
    expect(rig.book.workingEntryLots(SYMBOL)).toBe(1)
    expect(errors).toEqual([expect.stringContaining(`slipway trade trade-1 cancel-order ${id}`)])
    expect(await rig.trade(buy(1))).toMatchObject({
      refusal: { code: 'not-reconciled', message: expect.stringContaining(`cancel-order ${id}`) },
    })
    rig.venue.orders.set(id, kept)
    expect((await rig.reconcile()).agrees).toBe(true)
    expect(rig.venue.open()).toHaveLength(1)
    expect(rig.venue.twice).toEqual([])
    expect(await rig.trade(buy(1))).toMatchObject({ kind: 'accepted' })
  })

  it('ends an entry that nobody can find at the word of a person, and cancels it should it turn up', async () => {
    const rig = open({ capabilities: { ...PLAIN, dedupesClientOrderId: false, visibilityLagMs: 300 } })
    rig.venue.twists.submit.push('lost')
    const id = idOf(await rig.trade(buy(1, PX - 5)))
    const kept = rig.venue.orders.get(id)!
    rig.venue.orders.delete(id)
    await rig.reconcile()
    rig.wait(10_000)
    await rig.reconcile()
    expect(await rig.trade({ kind: 'cancel-order', clientOrderId: id })).toMatchObject({ kind: 'accepted' })
    expect(rig.book.known(id)?.status).toBe('abandoned')
    expect((await rig.reconcile()).agrees).toBe(true)
    expect(await rig.trade(buy(1))).toMatchObject({ kind: 'accepted' })
    rig.venue.orders.set(id, kept)
    const { lines } = await rig.reconcile()
    expect(lines.map(({ code }) => code)).toContain('order-revived')
    expect(rig.venue.open()).toHaveLength(1)
  })

  it('writes an unknown exit off where duplicates are not refused, and counts it again should it turn up', async () => {
    const rig = open({ capabilities: { ...PLAIN, dedupesClientOrderId: false } })
    rig.venue.fill(idOf(await rig.trade(buy(1))))
    await rig.settle()
    rig.venue.twists.submit.push('lost')
    const id = idOf(await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX + 5) }))
    const kept = rig.venue.orders.get(id)!
    rig.venue.orders.delete(id)
    await rig.reconcile()
    rig.wait(10_000)
    await rig.reconcile()
    expect(rig.book.known(id)?.status).toBe('abandoned')
    rig.venue.orders.set(id, kept)
    const { lines } = await rig.reconcile()
    expect(lines.map(({ code }) => code)).toContain('order-found')
    expect(rig.book.opens.has(id)).toBe(true)
    expect(rig.venue.twice).toEqual([])
  })

  it('takes over what somebody changed of an order at the broker', async () => {
    const rig = open({ capabilities: PLAIN })
    const id = idOf(await rig.trade(buy(3, PX - 5)))
    rig.venue.orders.get(id)!.quantity = 2
    const { lines } = await rig.reconcile()
    expect(lines.map(({ code }) => code)).toContain('order-changed')
    expect(rig.book.known(id)?.order.quantity).toBe(2)
  })

  it('books what a venue settles by itself under its reason', async () => {
    const rig = open()
    rig.venue.fill(idOf(await rig.trade(buy(1))))
    await rig.settle()
    const id = clientOrderId(`expiry-${SYMBOL}`)
    const settled = rig.venue.foreign({
      ...{ clientOrderId: id, symbol: SYMBOL, side: 'sell', quantity: lots(1) },
      ...{ type: { kind: 'market' }, timeInForce: 'gtc', purpose: 'exit' },
    })
    rig.venue.fill(settled.order.clientOrderId)
    rig.venue.deliver()
    expect(rig.book.holding).toBe(false)
    expect((await rig.reconcile()).agrees).toBe(true)
  })

  it('counts a fill once, however often and however late it is told', async () => {
    const rig = open()
    const id = idOf(await rig.trade(buy(2)))
    rig.venue.fill(id)
    rig.venue.deliver((all) => [...all, ...all])
    await rig.reconcile()
    const again = { ...rig.venue.fills[0]!, fillId: fillId('F1'), at: epochMs(5) }
    applyExecution(rig.ctx, rig.book, {
      order: ((await rig.venue.broker.orderByClientId(id)) as never as { value: never }).value,
      fill: again,
    })
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(2)
  })
})
