import { describe, expect, it, onTestFinished } from 'vitest'
import type { Broker } from '../../../src/domain/broker/broker.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { submitOrder } from '../../../src/engine/order-entry/submit-order.ts'
import { dieUnsent } from '../../support/die-unsent.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const buy = (quantity: number, limitPx?: number): TradeCommand => ({
  ...{ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) },
  ...(limitPx === undefined ? {} : { limitPx: ticks(limitPx) }),
})
const sell = (quantity: number): TradeCommand => ({ kind: 'sell', symbol: SYMBOL, quantity: lots(quantity) })
const bracket: TradeCommand = {
  ...{ kind: 'bracket-order', symbol: SYMBOL, side: 'buy', quantity: lots(2) },
  ...{ stopPx: ticks(PX - 12), targetPx: ticks(PX + 16) },
}
const ordersOf = ({ store }: TradeRig) => store.openOrders().map(({ order, status }) => `${order.purpose} ${status}`)

async function hold(rig: TradeRig, quantity: number) {
  rig.venue.fill(firstOrder(await rig.trade(buy(quantity))))
  await rig.settle()
}

/** Nothing that is taken from now on shows in any query, until told otherwise. */
function hideNews({ broker }: TradeRig['venue']): () => void {
  const { orderByClientId, openOrders, fillsSince, positions, cash } = broker
  const nothing = <T>(value: T) => Promise.resolve({ ok: true, value } as const)
  const before = { orderByClientId, openOrders, fillsSince, positions, cash }
  const late: Partial<Broker> = {
    orderByClientId: () => nothing(undefined),
    openOrders: () => nothing([]),
    fillsSince: (cursor) => nothing({ fills: [], cursor }),
    positions: () => nothing([]),
  }
  Object.assign(broker, late)
  return () => void Object.assign(broker, before)
}

/** Entries fill as soon as the broker has them, and its stream is faster than its answer. */
function fillEntriesAtOnce({ venue }: TradeRig): void {
  const { submit } = venue.broker
  venue.broker.submit = async (order) => {
    const reply = await submit(order)
    if (order.purpose === 'entry') venue.fill(order.clientOrderId)
    venue.deliver()
    return reply
  }
}

describe('a bracket that the venue keeps, written down by a bot that lost power before it was sent', () => {
  it.each([false, true])(
    'is sent whole and once (the venue refuses duplicates: %s), however late its legs show',
    async (dedupes) => {
      const home = tempHome()
      const slow = { ...ABLE, dedupesClientOrderId: dedupes, visibilityLagMs: 5_000 }
      const dead = open({ home, capabilities: slow })
      dieUnsent(dead, 'entry')
      await expect(dead.trade(bracket)).rejects.toThrow('power lost')
      expect(ordersOf(dead)).toEqual(['entry intent', 'stop intent', 'target intent'])

      const bot = open({ home, capabilities: slow, venue: dead.venue })
      const showNews = hideNews(bot.venue)
      fillEntriesAtOnce(bot)
      const { agrees, lines } = await bot.reconcile()
      expect(agrees).toBe(false)
      expect(lines.filter(({ code }) => code === 'order-sent-again')).toHaveLength(1)
      bot.wait(4_999)
      await bot.reconcile()
      expect(bot.venue.calls).toEqual(['submit entry buy 2'])

      showNews()
      expect((await bot.reconcile()).agrees).toBe(true)
      await bot.settle()
      expect(bot.venue.calls).toEqual(['submit entry buy 2'])
      expect(bot.venue.twice).toEqual([])
      expect(bot.book.positionOf(SYMBOL).quantity).toBe(2)
      expect(ordersOf(bot)).toEqual(['stop acknowledged', 'target acknowledged'])
    },
  )
})

describe('an order that the broker does not show', () => {
  it('is not sent again where its stream tells of it while it is being asked for', async () => {
    const rig = open()
    rig.venue.twists.submit.push('lost')
    const id = firstOrder(await rig.trade(buy(2, PX - 5)))
    const { orderByClientId } = rig.venue.broker
    rig.venue.broker.orderByClientId = (asked) => {
      rig.venue.fill(id, 1)
      rig.venue.deliver()
      rig.venue.broker.orderByClientId = orderByClientId
      return asked === id ? Promise.resolve({ ok: true, value: undefined }) : orderByClientId(asked)
    }
    const { lines } = await rig.reconcile()
    expect(lines.map(({ code }) => code)).not.toContain('order-sent-again')
    expect(rig.venue.calls).toEqual(['submit entry buy 2'])
    expect(rig.book.known(id)).toMatchObject({ status: 'partially-filled', cumQty: 1 })
    expect((await rig.reconcile()).agrees).toBe(true)
  })

  it('leaves the bot once only, whoever in it asks for that', async () => {
    const forgetful = { ...PLAIN, dedupesClientOrderId: false }
    const errors: string[] = []
    const silent = () => undefined
    const log = { info: silent, warn: silent, error: (event: string) => void errors.push(event) }
    const rig = open({ capabilities: forgetful, log })
    const taken = firstOrder(await rig.trade(buy(1, PX - 5)))
    rig.venue.twists.submit.push('dropped')
    const unclear = firstOrder(await rig.trade(buy(1, PX - 6)))
    expect(await submitOrder(rig.ctx, rig.book, taken)).toEqual({ kind: 'acknowledged' })
    expect(await submitOrder(rig.ctx, rig.book, unclear)).toEqual({ kind: 'unknown' })
    rig.venue.end(taken, 'expired')
    rig.venue.deliver()
    expect(await submitOrder(rig.ctx, rig.book, taken)).toMatchObject({ kind: 'rejected' })
    expect(rig.venue.calls).toHaveLength(2)
    expect(rig.book.known(taken)?.status).toBe('expired')
    expect(errors).toEqual(['order-not-repeated', 'order-not-repeated', 'order-not-repeated'])
  })
})

describe('an entry that never got to the broker', () => {
  it('is not sent late by a bot that is to close everything', async () => {
    const home = tempHome()
    const dead = open({ home })
    dieUnsent(dead, 'entry')
    await expect(dead.trade(buy(1), 'late')).rejects.toThrow('power lost')
    const bot = open({ home, venue: dead.venue })
    bot.book.flattening = 'the kill switch'
    const { agrees, lines } = await bot.reconcile()
    expect(agrees).toBe(true)
    expect(lines.map(({ text }) => text)).toEqual([
      expect.stringContaining('no entry is made now: positions are being'),
    ])
    expect(bot.venue.calls).toEqual([])
    expect(await bot.trade(buy(1), 'late')).toMatchObject({ kind: 'rejected' })
  })

  it('is not sent again by a bot that is stopping', async () => {
    const rig = open()
    rig.venue.twists.submit.push('dropped')
    const id = firstOrder(await rig.trade(buy(1)))
    rig.book.stop = { flatten: false, keepOrders: true }
    expect((await rig.reconcile()).agrees).toBe(true)
    expect(rig.venue.calls).toHaveLength(1)
    expect(rig.book.known(id)?.status).toBe('abandoned')
  })

  it('is not sent again after the exit that it would have been in the way of', async () => {
    const rig = open()
    await hold(rig, 1)
    rig.venue.twists.submit.push('dropped', 'dropped', 'dropped')
    const id = firstOrder(await rig.trade(buy(1, PX - 5)))
    await rig.trade(sell(1))
    await rig.reconcile()
    expect(rig.venue.open().map(({ order }) => order.purpose)).toEqual(['exit'])
    for (let round = 0; round < 3; round++) {
      rig.wait(5_000)
      await rig.reconcile()
    }
    expect(rig.venue.open().map(({ order }) => order.purpose)).toEqual(['exit'])
    expect(rig.book.known(id)?.status).toBe('abandoned')
  })
})

describe('an exit that never got to the broker', () => {
  it('closes no more than other exits leave of what is held now', async () => {
    const home = tempHome()
    const dead = open({ home })
    await hold(dead, 4)
    const stop = firstOrder(await dead.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 5) }))
    await dead.trade(sell(2))
    dieUnsent(dead, 'exit')
    await expect(dead.trade(sell(2))).rejects.toThrow('power lost')
    dead.venue.fill(stop, 2)
    const bot = open({ home, venue: dead.venue })
    await bot.reconcile()
    await bot.settle()
    expect(bot.venue.calls.filter((call) => call.startsWith('submit exit'))).toEqual(['submit exit sell 2'])
    expect(bot.book.positionOf(SYMBOL).quantity).toBe(2)
  })
})
