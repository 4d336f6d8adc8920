import { describe, expect, it, onTestFinished } from 'vitest'
import type { ClientOrderId } from '../../../src/domain/order/order.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN, ...options })
  onTestFinished(() => rig.close())
  return rig
}

async function hold(rig: TradeRig, quantity: number): Promise<void> {
  const outcome = await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) })
  rig.venue.fill(firstOrder(outcome))
  await rig.settle()
}

const messageOf = (outcome: unknown) => (outcome as { refusal?: { message: string } }).refusal?.message ?? ''
const stopOf = (rig: TradeRig) => rig.venue.open().filter(({ order }) => order.purpose === 'stop')
const stop = (stopPx: number, quantity?: number) =>
  ({
    kind: 'stop-loss',
    symbol: SYMBOL,
    stopPx: ticks(stopPx),
    ...(quantity ? { quantity: lots(quantity) } : {}),
  }) as const

describe('modify-order', () => {
  it('changes an order in place where the venue can', async () => {
    const rig = open({ capabilities: ABLE })
    await hold(rig, 2)
    await rig.trade(stop(PX - 10))
    const id = stopOf(rig)[0]!.order.clientOrderId
    expect(
      await rig.trade({ kind: 'modify-order', clientOrderId: id, change: { stopPx: ticks(PX - 5) } }),
    ).toMatchObject({ kind: 'accepted', orders: [id] })
    expect(rig.book.known(id)?.order.type).toEqual({ kind: 'stop', stopPx: PX - 5 })
  })

  it('elsewhere cancels it, waits for proof, then sends the rest under another name', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade(stop(PX - 10))
    const id = stopOf(rig)[0]!.order.clientOrderId
    const outcome = await rig.trade({ kind: 'modify-order', clientOrderId: id, change: { stopPx: ticks(PX - 5) } })
    await rig.settle()
    expect(rig.venue.calls.slice(1)).toEqual(['submit stop sell 2', 'cancel stop', 'submit stop sell 2'])
    expect(stopOf(rig)[0]).toMatchObject({ type: { stopPx: PX - 5 } })
    expect(outcome).toMatchObject({ kind: 'accepted', orders: [stopOf(rig)[0]!.order.clientOrderId] })
    expect(rig.book.known(stopOf(rig)[0]!.order.clientOrderId)?.replaces).toBe(id)
  })

  it('sends only what the old order left when it filled on its way out', async () => {
    const rig = open()
    await hold(rig, 4)
    await rig.trade(stop(PX - 10))
    const id = stopOf(rig)[0]!.order.clientOrderId
    rig.venue.fill(id, 1)
    rig.venue.twists.cancel.push('lost')
    await rig.trade({ kind: 'modify-order', clientOrderId: id, change: { stopPx: ticks(PX - 5) } })
    await rig.settle()
    await rig.reconcile()
    expect(stopOf(rig).map(({ quantity }) => quantity)).toEqual([3])
  })

  it('sends nothing when the old order filled whole while it was being canceled', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade(stop(PX - 10))
    rig.venue.twists.cancel.push('fills-first')
    const id = stopOf(rig)[0]!.order.clientOrderId
    await rig.trade({ kind: 'modify-order', clientOrderId: id, change: { stopPx: ticks(PX - 5) } })
    await rig.settle()
    expect(rig.venue.open()).toEqual([])
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(0)
    expect(rig.book.opens.size).toBe(0)
  })

  it('keeps the old order when the venue refuses to cancel it', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade(stop(PX - 10))
    rig.venue.twists.cancel.push('rejected')
    const id = stopOf(rig)[0]!.order.clientOrderId
    expect(
      await rig.trade({ kind: 'modify-order', clientOrderId: id, change: { stopPx: ticks(PX - 5) } }),
    ).toMatchObject({ kind: 'rejected', reason: 'too late to cancel' })
    await rig.settle()
    expect(stopOf(rig).map(({ type }) => type)).toEqual([{ kind: 'stop', stopPx: PX - 10 }])
    expect(rig.book.opens.size).toBe(1)
  })

  it('finishes after a crash between cancel and new order, never with two that could fill', async () => {
    for (const reached of [true, false]) {
      const home = tempHome()
      const dead = open({ home })
      await hold(dead, 2)
      await dead.trade(stop(PX - 10))
      const id = stopOf(dead)[0]!.order.clientOrderId
      const { cancel } = dead.venue.broker
      dead.venue.broker.cancel = async (order) => {
        if (reached) await cancel(order)
        throw new Error('killed here')
      }
      const change = { kind: 'modify-order', clientOrderId: id, change: { stopPx: ticks(PX - 5) } } as const
      await expect(dead.trade(change, 'm')).rejects.toThrow('killed here')
      dead.venue.broker.cancel = cancel
      const bot = open({ home, venue: dead.venue })
      await bot.reconcile()
      await bot.settle()
      await bot.reconcile()
      expect(stopOf(bot).map(({ type, quantity }) => [type, quantity])).toEqual([[{ kind: 'stop', stopPx: PX - 5 }, 2]])
      expect(bot.book.unreconciled).toEqual([])
    }
  })

  it.each([
    ['keeps pairs', ABLE, [4, 2]],
    ['keeps none', PLAIN, [4, 4]],
    ['keeps none and changes orders', { ...PLAIN, replace: true }, [4, 4]],
  ] as const)('of a target leaves its stop as it is, at a broker that %s', async (_, capabilities, sizes) => {
    const rig = open({ capabilities })
    await hold(rig, 4)
    await rig.trade({ kind: 'oco-order', symbol: SYMBOL, stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) })
    const target = rig.venue.open().find(({ order }) => order.purpose === 'target')!.order.clientOrderId
    const outcome = await rig.trade({ kind: 'modify-order', clientOrderId: target, change: { quantity: lots(2) } })
    await rig.settle()
    await rig.reconcile()
    const now = Object.fromEntries(rig.venue.open().map(({ order, quantity }) => [order.purpose, quantity]))
    expect([now.stop, now.target]).toEqual(sizes)
    if (sizes[1] === 4) expect(messageOf(outcome)).toContain('2 lots would have none')
    await rig.trade({ kind: 'cancel-order', clientOrderId: target })
    await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(2), limitPx: ticks(PX + 10) })
    await rig.settle()
    expect(stopOf(rig).map(({ quantity }) => quantity)).toEqual([4])
  })

  it('refuses what the order has no room for or does not have', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade(stop(PX - 10))
    const id = stopOf(rig)[0]!.order.clientOrderId
    const modify = (change: object) => rig.trade({ kind: 'modify-order', clientOrderId: id, change })
    expect(messageOf(await modify({ limitPx: ticks(5) }))).toContain('no limit price')
    expect(messageOf(await modify({}))).toContain('empty')
    expect(messageOf(await modify({ quantity: lots(3) }))).toContain('at most 2')
    const unknown = {
      kind: 'modify-order',
      clientOrderId: 'nope' as ClientOrderId,
      change: { quantity: lots(1) },
    } as const
    expect(await rig.trade(unknown)).toMatchObject({ refusal: { code: 'order-not-found' } })
  })
})

describe('cancel-order and cancel-all', () => {
  it('cancel, and find nothing to do where the order has ended', async () => {
    const rig = open()
    const outcome = await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX - 9) })
    const clientOrderId = firstOrder(outcome)
    expect(await rig.trade({ kind: 'cancel-order', clientOrderId })).toMatchObject({ kind: 'accepted' })
    expect(await rig.trade({ kind: 'cancel-order', clientOrderId })).toMatchObject({
      kind: 'nothing-to-do',
    })
  })

  it('leave protection alone unless asked', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade(stop(PX - 10))
    await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX - 9) })
    await rig.trade({ kind: 'cancel-all' })
    expect(rig.venue.open().map(({ order }) => order.purpose)).toEqual(['stop'])
    await rig.trade({ kind: 'cancel-all', protective: true })
    expect(rig.venue.open()).toEqual([])
  })

  it('tell when the broker refuses, and when no answer comes', async () => {
    const rig = open()
    await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX - 9) })
    rig.venue.twists.cancel.push('rejected', 'lost')
    expect(await rig.trade({ kind: 'cancel-all' })).toMatchObject({ kind: 'rejected', reason: 'too late to cancel' })
    expect(await rig.trade({ kind: 'cancel-all' }, 'again')).toMatchObject({ kind: 'unknown' })
    await rig.reconcile()
    expect(rig.book.opens.size).toBe(0)
  })

  it('are blocked by nothing', async () => {
    const rig = open()
    await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX - 9) })
    rig.book.mustReconcile('a test says so')
    rig.book.flattening = 'a test'
    expect(await rig.trade({ kind: 'cancel-all' })).toMatchObject({ kind: 'accepted' })
  })
})

describe('protective commands', () => {
  it('cover the position and never more of it', async () => {
    const rig = open()
    expect(messageOf(await rig.trade(stop(PX - 5)))).toContain('is flat')
    await hold(rig, 5)
    await rig.trade(stop(PX - 5, 2))
    await rig.trade({
      kind: 'oco-order',
      symbol: SYMBOL,
      stopPx: ticks(PX - 8),
      targetPx: ticks(PX + 8),
      quantity: lots(2),
    })
    expect(messageOf(await rig.trade(stop(PX - 9, 2)))).toContain('1 to 1 is possible')
    await rig.trade(stop(PX - 9))
    expect(messageOf(await rig.trade(stop(PX - 3)))).toContain('All 5 lots')
  })

  it('refuse a stop that would be hit at once, with both prices', async () => {
    const rig = open()
    await hold(rig, 1)
    expect(messageOf(await rig.trade(stop(PX + 4)))).toBe(
      'stop price 4001.00 would be hit at once: TESTZ9 is at 4000.00, so a stop to sell must be below it.',
    )
  })

  it('shrink with the position, newest first', async () => {
    const rig = open({ capabilities: { ...PLAIN, replace: true } })
    await hold(rig, 5)
    await rig.trade(stop(PX - 5, 3))
    await rig.trade(stop(PX - 9, 2))
    const sold = await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(3) })
    rig.venue.fill(firstOrder(sold))
    await rig.settle()
    expect(stopOf(rig).map(({ quantity, type }) => [quantity, type])).toEqual([[2, { kind: 'stop', stopPx: PX - 5 }]])
  })

  it('trail in the venue where it can, else move the stop at each bar with a new best price', async () => {
    const native = open({ capabilities: ABLE })
    await hold(native, 1)
    await native.trade({ kind: 'trailing-stop', symbol: SYMBOL, trail: { by: 'amount', ticks: ticks(8) } })
    expect(stopOf(native)[0]!.type).toEqual({ kind: 'trailing-stop', trail: { by: 'amount', ticks: 8 } })

    const rig = open()
    await hold(rig, 1)
    await rig.trade({ kind: 'trailing-stop', symbol: SYMBOL, trail: { by: 'amount', ticks: ticks(8) } })
    const at: number[] = []
    for (const [close, high] of [
      [PX + 2, PX + 4],
      [PX + 1, PX + 3],
      [PX + 6, PX + 9],
    ] as const) {
      rig.bar(close, high, close - 1)
      await rig.settle()
      at.push((stopOf(rig)[0]!.type as { stopPx: number }).stopPx)
    }
    expect(at).toEqual([PX - 4, PX - 4, PX + 1])
    expect(stopOf(rig)).toHaveLength(1)
  })
})
