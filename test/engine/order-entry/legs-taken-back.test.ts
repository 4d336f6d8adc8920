import { describe, expect, it, onTestFinished } from 'vitest'
import { fillId, venueOrderId, type ClientOrderId, type Fill } from '../../../src/domain/order/order.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { BOUGHT, openSpreadRig, SOLD, spread } from '../../support/spread-rig.ts'
import { tempHome } from '../../support/temp-home.ts'
import { PX, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openSpreadRig(options)
  onTestFinished(() => rig.close())
  return rig
}

const working = ({ venue }: TradeRig) =>
  venue.open().map(({ order }) => `${order.purpose} ${order.side} ${order.quantity} ${order.symbol}`)
const held = ({ venue }: TradeRig) => [venue.held(BOUGHT), venue.held(SOLD)]

/** Fills what works; the broker's count comes now, the fills with their prices only when `tellFills` is called. */
async function fillUntold(rig: TradeRig) {
  const fills = rig.venue.open().map(({ order }) => {
    rig.venue.fill(order.clientOrderId, undefined, 40)
    return rig.venue.fills.at(-1)!
  })
  await rig.settle((reports) => reports.map(({ order }) => ({ order })))
  return async function tellFills() {
    expect(fills).not.toEqual([])
    await rig.reconcile()
    await rig.settle()
  }
}

async function fillOpen(rig: TradeRig) {
  for (const { order } of rig.venue.open()) rig.venue.fill(order.clientOrderId, undefined, 40)
  await rig.settle()
}

async function boughtLegHeld(rig: TradeRig) {
  await rig.trade(spread, 'spread')
  await fillOpen(rig)
  expect(working(rig)).toEqual([`entry sell 2 ${SOLD}`])
}

describe('what a leg has filled is taken back', () => {
  it('also where the broker has counted the lots before it told the fill', async () => {
    const rig = open()
    await rig.trade(spread)
    rig.venue.twists.submit.push('rejected')
    const tellFills = await fillUntold(rig)
    await tellFills()
    expect(working(rig)).toEqual([`exit sell 2 ${BOUGHT}`])
    await fillOpen(rig)
    expect(held(rig)).toEqual([0, 0])
    expect(rig.book.plans.size).toBe(0)
  })

  it('once: not again what an exit has closed whose fill the broker has not told', async () => {
    const rig = open()
    await boughtLegHeld(rig)
    await rig.trade({ kind: 'close-position', symbol: BOUGHT })
    const exit = rig.venue.open().find(({ order }) => order.purpose === 'exit')!
    rig.venue.fill(exit.order.clientOrderId, undefined, 40)
    rig.venue.end(rig.venue.open()[0]!.order.clientOrderId, 'canceled')
    await rig.settle((reports) => reports.map(({ order }) => ({ order })))
    expect(working(rig)).toEqual([])
    await rig.reconcile()
    await rig.settle()
    expect(held(rig)).toEqual([0, 0])
    expect(rig.book.plans.size).toBe(0)
  })

  it('also where a limit exit of a person waits for its price: that would be no way back', async () => {
    const rig = open()
    await boughtLegHeld(rig)
    await rig.trade({ kind: 'limit-order', symbol: BOUGHT, side: 'sell', quantity: lots(2), limitPx: ticks(90) })
    rig.venue.end(rig.venue.open()[0]!.order.clientOrderId, 'canceled')
    await rig.settle()
    expect(working(rig)).toEqual([`exit sell 2 ${BOUGHT}`])
    expect(rig.venue.open()[0]!.order.type.kind).toBe('market')
  })
})

describe('a leg that was canceled, and fills after all', () => {
  const fillLate = (rig: TradeRig, id: ClientOrderId) => {
    const { order } = rig.venue.orders.get(id)!
    const { symbol, side, quantity, purpose } = order
    const fill: Fill = {
      ...{ fillId: fillId('late'), clientOrderId: id, symbol, side, quantity, price: ticks(40), commission: 0 },
      at: epochMs(0),
    }
    const told = { clientOrderId: id, venueOrderId: venueOrderId('V2'), symbol, side, quantity, purpose }
    const report = { ...told, status: 'filled', cumQty: quantity, leavesQty: lots(0), at: epochMs(0) } as const
    return rig.settle((reports) => (reports.length > 0 ? reports : [{ order: report, fill }]))
  }
  const takenBack = async (rig: TradeRig) => {
    await boughtLegHeld(rig)
    const id = rig.venue.open()[0]!.order.clientOrderId
    rig.venue.end(id, 'canceled')
    await rig.settle()
    await fillOpen(rig)
    expect([held(rig), rig.book.plans.size]).toEqual([[0, 0], 0])
    return id
  }

  it('is taken back as the others were: a sold one alone could lose without limit', async () => {
    const rig = open()
    const id = await takenBack(rig)
    await fillLate(rig, id)
    expect(working(rig)).toEqual([`exit buy 2 ${SOLD}`])
  })

  it('is taken back by a bot that starts again', async () => {
    const home = tempHome()
    const dead = open({ home })
    const id = await takenBack(dead)
    const bot = open({ home, venue: dead.venue })
    await fillLate(bot, id)
    expect(working(bot)).toEqual([`exit buy 2 ${SOLD}`])
  })
})

describe('what is left of a trade of several legs is not made', () => {
  it('once the leg that covers it is being closed', async () => {
    const rig = open()
    await boughtLegHeld(rig)
    await rig.trade({ kind: 'close-position', symbol: BOUGHT })
    await rig.settle()
    expect(working(rig)).toEqual([`exit sell 2 ${BOUGHT}`])
    await fillOpen(rig)
    expect(held(rig)).toEqual([0, 0])
    expect(rig.book.plans.size).toBe(0)
  })

  it('once a part of the leg that covers it is gone: the whole is taken back', async () => {
    const rig = open()
    await boughtLegHeld(rig)
    await rig.trade({ kind: 'reduce-position', symbol: BOUGHT, percent: 50 })
    for (let round = 0; round < 3; round++) await fillOpen(rig)
    expect(held(rig)).toEqual([0, 0])
  })

  it('by a bot that starts again long after the leg before it has filled', async () => {
    const home = tempHome()
    const dead = open({ home })
    await dead.trade(spread)
    for (const { order } of dead.venue.open()) dead.venue.fill(order.clientOrderId, undefined, 40)
    const bot = open({ home, venue: dead.venue })
    bot.wait(3 * 86_400_000)
    await bot.reconcile()
    await bot.settle()
    expect(working(bot)).toEqual([`exit sell 2 ${BOUGHT}`])
  })

  it('while no entry may be made', async () => {
    const rig = open()
    await rig.trade(spread)
    rig.book.stop = { flatten: false, keepOrders: false }
    await fillOpen(rig)
    expect(working(rig)).toEqual([`exit sell 2 ${BOUGHT}`])
  })

  it('where it is on its way already and the bot leaves: it is canceled, unless orders are to be kept', async () => {
    const rig = open()
    await boughtLegHeld(rig)
    rig.book.stop = { flatten: false, keepOrders: true }
    await rig.settle()
    expect(working(rig)).toEqual([`entry sell 2 ${SOLD}`])
    rig.book.stop = { flatten: false, keepOrders: false }
    await rig.settle()
    expect(working(rig)).toEqual([`exit sell 2 ${BOUGHT}`])
  })
})

it('a leg goes on while the fill of the one before is still to be told', async () => {
  const rig = open()
  await rig.trade(spread)
  const tellFills = await fillUntold(rig)
  expect(working(rig)).toEqual([`entry sell 2 ${SOLD}`])
  await tellFills()
  await fillOpen(rig)
  expect(held(rig)).toEqual([2, -2])
  expect(rig.book.plans.size).toBe(0)
  rig.bar(PX)
})
