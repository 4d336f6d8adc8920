import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import type { ClientOrderId } from '../../../src/domain/order/order.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

function open(capabilities: BrokerCapabilities, home = tempHome()): TradeRig {
  const rig = openTradeRig({ home, capabilities })
  onTestFinished(() => rig.close())
  return rig
}

/** An entry for four with stop and target that was canceled here, and that the broker has filled all the same. */
async function filledAfterCancel(rig: TradeRig, quantity: number, tell: 'by the list of fills' | 'by the stream') {
  const order = { kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(4), limitPx: ticks(PX) } as const
  const entry = firstOrder(await rig.trade({ ...order, stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) }))
  await rig.trade({ kind: 'cancel-order', clientOrderId: entry })
  await rig.settle()
  for (const { order: leg } of rig.venue.open()) rig.venue.end(leg.clientOrderId, 'canceled')
  const kept = rig.venue.orders.get(entry)!
  kept.status = 'acknowledged'
  rig.venue.fill(entry, quantity)
  kept.status = kept.cumQty === kept.quantity ? 'filled' : 'canceled'
  rig.venue.deliver(tell === 'by the stream' ? (all) => all : () => [])
  return entry
}

const stops = (rig: TradeRig) =>
  rig.venue.open().flatMap(({ order, quantity, cumQty }) => (order.purpose === 'stop' ? [quantity - cumQty] : []))
const statusOf = (rig: TradeRig, id: ClientOrderId) => {
  const { status, cumQty } = rig.book.orderOrThrow(id)
  return `${status} ${cumQty}`
}

describe.each([
  ['does everything', ABLE],
  ['takes plain orders only', PLAIN],
] as const)('an entry that fills after it had ended here, at a broker that %s,', (_, capabilities) => {
  it.each(['by the list of fills', 'by the stream'] as const)('has its stop where it is told %s', async (tell) => {
    const rig = open(capabilities)
    const entry = await filledAfterCancel(rig, 4, tell)
    const { agrees } = await rig.reconcile()
    await rig.settle()
    expect([agrees, rig.book.positionOf(SYMBOL).quantity, stops(rig)]).toEqual([true, 4, [4]])
    expect(statusOf(rig, entry)).toBe('filled 4')
    expect(rig.store.owedFills()).toEqual(new Map())
  })

  it('has its stop as soon as the stream tells of it, before books are compared again', async () => {
    const rig = open(capabilities)
    await filledAfterCancel(rig, 4, 'by the stream')
    await rig.settle()
    expect([rig.book.positionOf(SYMBOL).quantity, stops(rig)]).toEqual([4, [4]])
  })

  it('has a stop for what filled of it, where that is not all', async () => {
    const rig = open(capabilities)
    const entry = await filledAfterCancel(rig, 3, 'by the list of fills')
    await rig.reconcile()
    await rig.settle()
    expect([statusOf(rig, entry), stops(rig)]).toEqual(['canceled 3', [3]])
  })

  it('has its stop also where the bot dies as soon as it has booked the fill', async () => {
    const home = tempHome()
    const first = open(capabilities, home)
    await filledAfterCancel(first, 4, 'by the list of fills')
    first.venue.broker.submit = () => Promise.reject(new Error('killed here'))
    await expect(first.reconcile()).rejects.toThrow('killed here')
    first.close()
    const second = open(capabilities, home)
    expect(second.store.entriesHeld(SYMBOL, 4).map(({ cumQty }) => cumQty)).toEqual([4])
  })
})

it('an exit of which the list of fills tells first is not made smaller by that', async () => {
  const rig = open({ ...PLAIN, replace: true })
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(5) })))
  await rig.settle()
  const stop = firstOrder(await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) }))
  const exit = firstOrder(await rig.trade({ kind: 'close-position', symbol: SYMBOL }))
  rig.venue.fill(exit, 2)
  rig.venue.deliver(() => [])
  rig.venue.end(stop, 'canceled')
  await rig.settle()
  expect(statusOf(rig, exit)).toBe('acknowledged 2')
  rig.venue.fill(exit)
  await rig.settle()
  expect([rig.book.positionOf(SYMBOL).quantity, statusOf(rig, exit)]).toEqual([0, 'filled 5'])
})

describe('a stop for the first lots of an entry, whose target was never sent', () => {
  /** The last lot fills while that stop is on its way, and the bot dies over the stop for it. */
  async function killedBetweenStops(rig: TradeRig) {
    const order = { kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(3) } as const
    const entry = firstOrder(await rig.trade({ ...order, stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) }))
    rig.venue.fill(entry, 2)
    const { submit } = rig.venue.broker
    let sent = 0
    rig.venue.broker.submit = async (next) => {
      if (++sent === 2) throw new Error('killed here')
      const reply = await submit(next)
      rig.venue.fill(entry)
      rig.venue.deliver()
      return reply
    }
    await expect(rig.settle()).rejects.toThrow('killed here')
    rig.venue.broker.submit = submit
    return rig.venue.open().find((kept) => kept.order.purpose === 'stop')!
  }
  const target = (rig: TradeRig) =>
    rig.venue.open().flatMap(({ order, quantity }) => (order.purpose === 'target' ? [quantity] : []))

  it('ends with its fills where the list of them tells first, and the target is placed beside the other', async () => {
    const rig = open(PLAIN)
    const stop = await killedBetweenStops(rig)
    rig.venue.fill(stop.order.clientOrderId)
    rig.venue.deliver(() => [])
    await rig.reconcile()
    await rig.settle()
    expect([rig.book.positionOf(SYMBOL).quantity, stops(rig), target(rig)]).toEqual([1, [1], [1]])
    expect((await rig.reconcile()).agrees).toBe(true)
  })

  it('is no partner for it either where the broker has not said yet that it is filled', async () => {
    const rig = open(PLAIN)
    const stop = await killedBetweenStops(rig)
    rig.venue.fill(stop.order.clientOrderId)
    stop.status = 'partially-filled'
    rig.venue.deliver((all) => all.map((report) => ({ ...report, order: { ...report.order, status: stop.status } })))
    await rig.reconcile()
    await rig.settle()
    expect([rig.book.positionOf(SYMBOL).quantity, stops(rig), target(rig)]).toEqual([1, [0, 1], [1]])
  })
})
