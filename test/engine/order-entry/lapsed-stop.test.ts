import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(capabilities: BrokerCapabilities, options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities, ...options })
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
const stopLoss = { kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) } as const

const openOf = (rig: TradeRig, purpose: string) => rig.venue.open().filter(({ order }) => order.purpose === purpose)
const working = (rig: TradeRig, purpose: string) =>
  openOf(rig, purpose).reduce((sum, { quantity, cumQty }) => sum + quantity - cumQty, 0)
const idOf = (rig: TradeRig, purpose: string) => openOf(rig, purpose)[0]!.order.clientOrderId
const pricesOf = (rig: TradeRig, purpose: string) => openOf(rig, purpose).map(({ type }) => type)
const heldAndGuarded = (rig: TradeRig) => [rig.venue.held(SYMBOL), working(rig, 'stop')]

async function hold(rig: TradeRig, quantity = 4): Promise<void> {
  const outcome = await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) })
  rig.venue.fill(firstOrder(outcome))
  await rig.settle()
}

async function holdBracket(rig: TradeRig, quantity = 4): Promise<void> {
  const outcome = await rig.trade({ ...bracket, quantity: lots(quantity) })
  rig.venue.fill(firstOrder(outcome))
  await rig.settle()
}

async function compare(rig: TradeRig) {
  const report = await rig.reconcile()
  await rig.settle()
  return report
}

describe.each([
  ['does everything', ABLE],
  ['takes plain orders only', PLAIN],
] as const)('where the broker %s', (_, capabilities) => {
  it('a stop that is moved and refused is put back where it was', async () => {
    const rig = open({ ...capabilities, bracket: false, replace: false })
    await hold(rig)
    await rig.trade(stopLoss)
    rig.venue.twists.submit.push('rejected')
    const change = { stopPx: ticks(PX - 1) }
    await rig.trade({ kind: 'modify-order', clientOrderId: idOf(rig, 'stop'), change })
    await rig.settle()
    expect(heldAndGuarded(rig)).toEqual([4, 4])
    expect(pricesOf(rig, 'stop')).toEqual([{ kind: 'stop', stopPx: PX - 10 }])
    expect((await compare(rig)).agrees).toBe(true)
    expect(heldAndGuarded(rig)).toEqual([4, 4])
  })

  it('a stop that is moved and refused twice ends with the position closed', async () => {
    const rig = open({ ...capabilities, bracket: false, replace: false })
    await hold(rig)
    await rig.trade(stopLoss)
    rig.venue.twists.submit.push('rejected', 'rejected')
    const change = { stopPx: ticks(PX - 1) }
    await rig.trade({ kind: 'modify-order', clientOrderId: idOf(rig, 'stop'), change })
    await rig.settle()
    expect(working(rig, 'exit')).toBe(4)
    rig.venue.fill(idOf(rig, 'exit'))
    await rig.settle()
    expect(heldAndGuarded(rig)).toEqual([0, 0])
    expect(rig.book.opens.size).toBe(0)
  })

  it('the exit in place of a refused stop is tried again until it is taken', async () => {
    const rig = open({ ...capabilities, bracket: false, replace: false })
    await hold(rig)
    await rig.trade(stopLoss)
    rig.venue.twists.submit.push('rejected', 'rejected', 'rejected')
    const change = { stopPx: ticks(PX - 1) }
    await rig.trade({ kind: 'modify-order', clientOrderId: idOf(rig, 'stop'), change })
    for (let round = 0; round < 3; round++) await rig.settle()
    expect(working(rig, 'exit')).toBe(4)
  })

  it('a trailing stop that is moved and refused stays, and is not asked to the same place again', async () => {
    const rig = open({ ...capabilities, bracket: false, replace: false, trailingStop: false })
    await hold(rig)
    await rig.trade({ kind: 'trailing-stop', symbol: SYMBOL, trail: { by: 'amount', ticks: ticks(8) } })
    rig.bar(PX + 20)
    rig.venue.twists.submit.push('rejected')
    await rig.settle()
    expect(pricesOf(rig, 'stop')).toEqual([{ kind: 'stop', stopPx: PX - 8 }])
    rig.bar(PX + 19)
    await rig.settle()
    expect(pricesOf(rig, 'stop')).toEqual([{ kind: 'stop', stopPx: PX - 8 }])
    rig.bar(PX + 21)
    await rig.settle()
    expect(pricesOf(rig, 'stop')).toEqual([{ kind: 'stop', stopPx: PX + 13 }])
    expect(heldAndGuarded(rig)).toEqual([4, 4])
  })

  it('a leg that the broker drops is placed again as soon as that is told', async () => {
    const rig = open(capabilities)
    await holdBracket(rig)
    rig.venue.end(idOf(rig, 'stop'), 'canceled')
    await rig.settle()
    expect(heldAndGuarded(rig)).toEqual([4, 4])
    expect(working(rig, 'target')).toBe(4)
    expect(rig.book.lapsed.size).toBe(0)
  })

  it('what stands in for a dropped leg shrinks with the target, ends with it, and stays away once a person cancels it', async () => {
    const rig = open(capabilities)
    await holdBracket(rig)
    rig.venue.end(idOf(rig, 'stop'), 'canceled')
    await rig.settle()
    rig.venue.fill(idOf(rig, 'target'), 1)
    await rig.settle()
    expect(heldAndGuarded(rig)).toEqual([3, 3])
    await rig.trade({ kind: 'cancel-order', clientOrderId: idOf(rig, 'stop') })
    await compare(rig)
    expect(heldAndGuarded(rig)).toEqual([3, 0])
  })

  it('both legs dropped at once leave no lot without a stop', async () => {
    const rig = open(capabilities)
    await holdBracket(rig)
    for (const { order } of [...openOf(rig, 'stop'), ...openOf(rig, 'target')])
      rig.venue.end(order.clientOrderId, 'expired')
    await rig.settle()
    expect(heldAndGuarded(rig)).toEqual([4, 4])
  })

  it('the dropped stop of an entry that still works is placed for what has filled', async () => {
    const rig = open(capabilities)
    const entry = firstOrder(await rig.trade(bracket))
    rig.venue.fill(entry, 2)
    await rig.settle()
    rig.venue.end(idOf(rig, 'stop'), 'canceled')
    await rig.settle()
    expect(heldAndGuarded(rig)).toEqual([2, 2])
  })

  it('a stop that ended because its target filled is not placed again, whichever is told first', async () => {
    const rig = open(capabilities)
    await holdBracket(rig)
    rig.venue.fill(idOf(rig, 'target'))
    await rig.settle((all) => [...all].reverse())
    expect(heldAndGuarded(rig)).toEqual([0, 0])
    expect(rig.venue.calls.filter((call) => call.startsWith('submit stop')).length).toBeLessThanOrEqual(1)
  })

  it('the stop of the first of two entries is placed again', async () => {
    const rig = open(capabilities)
    await holdBracket(rig, 2)
    const first = idOf(rig, 'stop')
    await holdBracket(rig, 3)
    rig.venue.end(first, 'expired')
    const { lines } = await compare(rig)
    expect(heldAndGuarded(rig)).toEqual([5, 5])
    expect(lines.map(({ code }) => code)).toContain('stop-missing')
  })

  it('a stop asked for alone is placed again when the broker ends it, and that is told', async () => {
    const rig = open(capabilities)
    await hold(rig)
    await rig.trade(stopLoss)
    rig.venue.end(idOf(rig, 'stop'), 'expired')
    const { lines } = await compare(rig)
    expect(heldAndGuarded(rig)).toEqual([4, 4])
    expect(pricesOf(rig, 'stop')).toEqual([{ kind: 'stop', stopPx: PX - 10 }])
    expect(lines.find(({ code }) => code === 'stop-missing')?.text).toContain('nobody asked for that')
  })

  it('the stop of a pair is placed again beside its target', async () => {
    const rig = open(capabilities)
    await hold(rig)
    await rig.trade({ kind: 'oco-order', symbol: SYMBOL, stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) })
    rig.venue.end(idOf(rig, 'stop'), 'canceled')
    await rig.settle()
    expect([working(rig, 'stop'), working(rig, 'target')]).toEqual([4, 4])
    rig.venue.fill(idOf(rig, 'target'))
    await rig.settle()
    expect(heldAndGuarded(rig)).toEqual([0, 0])
  })

  it('a bot that died after it learnt of a lapsed stop places it at its next start', async () => {
    const home = tempHome()
    const dead = open(capabilities, { home })
    await hold(dead)
    await dead.trade(stopLoss)
    dead.venue.end(idOf(dead, 'stop'), 'expired')
    dead.venue.deliver()
    const bot = open(capabilities, { home, venue: dead.venue })
    await compare(bot)
    expect(heldAndGuarded(bot)).toEqual([4, 4])
  })
})

describe('an order that ends while it is being replaced, so that its cancel is refused,', () => {
  const endsFirst = ({ venue }: TradeRig) => {
    const cancel = venue.broker.cancel.bind(venue.broker)
    venue.broker.cancel = async (id) => {
      venue.broker.cancel = cancel
      venue.end(id, 'expired')
      venue.deliver()
      return { ok: false, failure: { kind: 'rejected', reason: 'it has ended' } }
    }
  }

  it('leaves its place to the other: a stop that was moved', async () => {
    const rig = open(PLAIN)
    await hold(rig)
    const stop = firstOrder(await rig.trade(stopLoss))
    endsFirst(rig)
    const change = { stopPx: ticks(PX - 8) }
    expect((await rig.trade({ kind: 'modify-order', clientOrderId: stop, change })).kind).toBe('accepted')
    await rig.settle()
    expect([heldAndGuarded(rig), pricesOf(rig, 'stop')]).toEqual([[4, 4], [{ kind: 'stop', stopPx: PX - 8 }]])
  })

  it('leaves its place to the other: a stop that the bot trails', async () => {
    const rig = open(PLAIN)
    await hold(rig)
    await rig.trade({ kind: 'trailing-stop', symbol: SYMBOL, trail: { by: 'amount', ticks: ticks(10) } })
    endsFirst(rig)
    rig.bar(PX + 20)
    await rig.settle()
    expect(heldAndGuarded(rig)).toEqual([4, 4])
  })
})
