import { describe, expect, it, onTestFinished } from 'vitest'
import type { ExecutionReport } from '../../../src/domain/broker/broker.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { exitEverything } from '../../../src/engine/bot/exit-position.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

const FLATTEN = [{ code: 'flatten', text: 'asked for' }]
/** The count of an order without its fill, which comes by another road. */
const countsOnly = (all: readonly ExecutionReport[]) => all.map(({ order }) => ({ order }))

const closeByHand = (rig: TradeRig) => rig.trade({ kind: 'close-position', symbol: SYMBOL })
const sell = (rig: TradeRig, quantity = 4) => rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(quantity) })
const flatten = (rig: TradeRig) => exitEverything(rig.ctx, rig.book, 'flatten', FLATTEN)
const exits = ({ venue }: TradeRig) =>
  venue.open().flatMap(({ order, quantity, cumQty }) => (order.purpose === 'exit' ? [quantity - cumQty] : []))

async function hold(capabilities: typeof ABLE, quantity = 4): Promise<TradeRig> {
  const rig = openTradeRig({ home: tempHome(), capabilities })
  onTestFinished(() => rig.close())
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) })))
  await rig.settle()
  return rig
}

/** Its answer to an order says what has filled of it; the fills are told later. */
function answersWithCounts({ venue }: TradeRig, quantity?: number): void {
  const submit = venue.broker.submit.bind(venue.broker)
  venue.broker.submit = async (order) => {
    await submit(order)
    venue.fill(order.clientOrderId, quantity)
    return submit(order)
  }
}

describe.each([
  ['does everything', ABLE],
  ['takes plain orders only', PLAIN],
] as const)('a position that is closed at a broker that %s', (_, capabilities) => {
  it.each([
    ['close-position', closeByHand],
    ['sell', sell],
    ['flatten', flatten],
  ] as const)('is not closed twice by %s while the fill of the first exit is untold', async (_again, close) => {
    const rig = await hold(capabilities)
    answersWithCounts(rig)
    await close(rig)
    await close(rig)
    expect(rig.venue.held(SYMBOL)).toBe(0)
    await rig.settle()
    const { agrees } = await rig.reconcile()
    expect([agrees, rig.book.positionOf(SYMBOL).quantity]).toEqual([true, 0])
  })

  it('is closed for what no exit has filled or will fill, however late the fills are told', async () => {
    const rig = await hold(capabilities)
    answersWithCounts(rig, 1)
    await sell(rig, 2)
    expect((await sell(rig, 3)).kind).toBe('refused')
    await flatten(rig)
    expect(rig.venue.open().map(({ quantity }) => quantity)).toEqual([2, 2])
  })

  it('is not closed again by an exit where its stop has filled and the fill is untold', async () => {
    const rig = await hold({ ...capabilities, bracket: false })
    const stop = firstOrder(await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) }))
    rig.venue.fill(stop)
    rig.venue.deliver(countsOnly)
    await closeByHand(rig)
    await flatten(rig)
    expect(rig.venue.calls.filter((call) => call.startsWith('submit exit'))).toEqual([])
  })

  it('is closed whole although an exit for a part of it has got no answer', async () => {
    const rig = await hold({ ...capabilities, dedupesClientOrderId: false }, 10)
    rig.venue.twists.submit.push('dropped')
    await rig.trade({ kind: 'reduce-position', symbol: SYMBOL, percent: 10 })
    await flatten(rig)
    expect(exits(rig)).toEqual([9])
    await flatten(rig)
    expect(exits(rig)).toEqual([9])
  })

  it('is closed whole where the broker rejects an exit that has filled in part', async () => {
    const rig = await hold(capabilities)
    const exit = firstOrder(await closeByHand(rig))
    rig.venue.fill(exit, 1)
    await rig.settle()
    rig.venue.orders.get(exit)!.status = 'rejected'
    await rig.reconcile()
    expect(rig.book.orderOrThrow(exit)).toMatchObject({ status: 'rejected', cumQty: 1 })
    expect((await closeByHand(rig)).kind).toBe('accepted')
    expect(exits(rig)).toEqual([3])
  })
})
