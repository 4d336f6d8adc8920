import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

function open(capabilities: BrokerCapabilities) {
  const rig = openTradeRig({ home: tempHome(), capabilities })
  onTestFinished(() => rig.close())
  return rig
}

const bracket = {
  kind: 'bracket-order',
  side: 'buy',
  symbol: SYMBOL,
  quantity: lots(4),
  stopPx: ticks(PX - 10),
  targetPx: ticks(PX + 10),
} as const
const oco = { kind: 'oco-order', symbol: SYMBOL, stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) } as const
const sellAt = (quantity: number, above: number) =>
  ({ kind: 'sell', symbol: SYMBOL, quantity: lots(quantity), limitPx: ticks(PX + above) }) as const
const stopLimit = (quantity: number) =>
  ({
    kind: 'stop-limit',
    symbol: SYMBOL,
    side: 'sell',
    quantity: lots(quantity),
    stopPx: ticks(PX - 5),
    limitPx: ticks(PX - 6),
  }) as const

async function hold(rig: TradeRig, quantity = 4): Promise<void> {
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) })))
  await rig.settle()
}

async function holdBracket(rig: TradeRig): Promise<void> {
  rig.venue.fill(firstOrder(await rig.trade(bracket)))
  await rig.settle()
}

/** One move of the price through every order that waits above the market, before anybody can react. */
async function spike(rig: TradeRig): Promise<void> {
  const above = rig.venue.open().filter(({ order }) => order.side === 'sell' && order.type.kind === 'limit')
  for (const { order } of above) rig.venue.fill(order.clientOrderId)
  await rig.settle()
  await rig.reconcile()
  await rig.settle()
}

const targets = (rig: TradeRig) =>
  rig.venue.open().flatMap(({ order, quantity }) => (order.purpose === 'target' ? [quantity] : []))

describe.each([
  ['does everything', ABLE],
  ['takes plain orders only', PLAIN],
] as const)('where the broker %s', (_, capabilities) => {
  it('a limit exit beside a target of the whole position is refused, with what to do instead', async () => {
    const rig = open(capabilities)
    await holdBracket(rig)
    expect(await rig.trade(sellAt(4, 9))).toMatchObject({
      kind: 'refused',
      refusal: {
        message: expect.stringContaining('could close more than the 4 lots held'),
        nextStep: expect.stringContaining('modify-order'),
      },
    })
    await spike(rig)
    expect(rig.venue.held(SYMBOL)).toBe(0)
  })

  it('a limit exit at the market price is taken beside a stop, which shrinks as it fills', async () => {
    const rig = open(capabilities)
    await hold(rig)
    await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) })
    const exit = firstOrder(await rig.trade(sellAt(4, 9)))
    rig.venue.fill(exit, 3)
    await rig.settle()
    expect(rig.venue.open().map(({ order, quantity, cumQty }) => `${order.purpose} ${quantity - cumQty}`)).toEqual(
      expect.arrayContaining(['exit 1', 'stop 1']),
    )
  })

  it('a limit exit fits into what no target would close', async () => {
    const rig = open(capabilities)
    await hold(rig)
    expect(await rig.trade({ ...oco, quantity: lots(3) })).toMatchObject({ kind: 'accepted' })
    expect(await rig.trade(sellAt(2, 9))).toMatchObject({ kind: 'refused' })
    expect(await rig.trade(sellAt(1, 9))).toMatchObject({ kind: 'accepted' })
    await spike(rig)
    expect(rig.venue.held(SYMBOL)).toBe(0)
  })

  it('a target is refused beside limit exits that leave it no room', async () => {
    const rig = open(capabilities)
    await hold(rig)
    await rig.trade(sellAt(3, 9))
    expect(await rig.trade(oco)).toMatchObject({ kind: 'refused' })
    expect(await rig.trade({ ...oco, quantity: lots(1) })).toMatchObject({ kind: 'accepted' })
    await spike(rig)
    expect(rig.venue.held(SYMBOL)).toBe(0)
  })

  it('neither a limit exit nor a target grows into the other', async () => {
    const rig = open({ ...capabilities, bracket: false })
    await hold(rig)
    const pair = await rig.trade({ ...oco, quantity: lots(3) })
    const exit = firstOrder(await rig.trade(sellAt(1, 9)))
    const more = (clientOrderId: typeof exit) =>
      rig.trade({ kind: 'modify-order', clientOrderId, change: { quantity: lots(4) } })
    expect(await more(exit)).toMatchObject({ kind: 'refused' })
    const [, target] = (pair as { orders: readonly (typeof exit)[] }).orders
    expect(await more(target!)).toMatchObject({ kind: 'refused' })
    await spike(rig)
    expect(rig.venue.held(SYMBOL)).toBe(0)
  })

  it('a stop-limit beside a stop of the whole position is refused', async () => {
    const rig = open(capabilities)
    await hold(rig)
    await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10), quantity: lots(3) })
    expect(await rig.trade(stopLimit(2))).toMatchObject({ kind: 'refused' })
    expect(await rig.trade(stopLimit(1))).toMatchObject({ kind: 'accepted' })
  })

  it('an exit at the market is taken beside stop and target, which shrink after it', async () => {
    const rig = open(capabilities)
    await hold(rig)
    await rig.trade(oco)
    const exit = firstOrder(await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(3) }))
    rig.venue.fill(exit)
    await rig.settle()
    expect(targets(rig)).toEqual([1])
  })

  it('a resting limit exit does not keep close-position from closing', async () => {
    const rig = open(capabilities)
    await hold(rig)
    await rig.trade(sellAt(3, 5_000))
    expect(await rig.trade({ kind: 'close-position', symbol: SYMBOL })).toMatchObject({ kind: 'accepted' })
    expect(rig.venue.open().map(({ order }) => `${order.type.kind} ${order.quantity}`)).toEqual(['market 4'])
    for (const { order } of rig.venue.open()) rig.venue.fill(order.clientOrderId)
    await rig.settle()
    expect(rig.venue.held(SYMBOL)).toBe(0)
    expect(rig.book.opens.size).toBe(0)
  })

  it('a resting limit exit that fills while it is canceled is not closed twice', async () => {
    const rig = open(capabilities)
    await hold(rig)
    await rig.trade(sellAt(3, 5_000))
    rig.venue.twists.cancel.push('fills-first')
    await rig.trade({ kind: 'close-position', symbol: SYMBOL })
    for (const { order } of rig.venue.open()) rig.venue.fill(order.clientOrderId)
    await rig.settle()
    expect(rig.venue.held(SYMBOL)).toBe(0)
  })
})

it('an entry that fills beside a limit exit gets no target that could fill together with it', async () => {
  const rig = open(PLAIN)
  const entry = firstOrder(await rig.trade(bracket))
  rig.venue.fill(entry)
  rig.venue.deliver()
  expect(await rig.trade(sellAt(3, 9))).toMatchObject({ kind: 'accepted' })
  await rig.settle()
  expect(targets(rig)).toEqual([1])
  await spike(rig)
  expect(rig.venue.held(SYMBOL)).toBe(0)
})
