import { onTestFinished, describe, expect, it } from 'vitest'
import type { Broker } from '../../../src/domain/broker/broker.ts'
import type { BotLog } from '../../../src/engine/bot/bot-context.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { barAt, connect, instrumentOf, SYMBOL } from '../../support/gateway.ts'
import { gatewayDesk, PRICE } from '../../support/gateway-desk.ts'
import { tempHome } from '../../support/temp-home.ts'
import { ABLE } from '../../support/scripted-broker.ts'
import { firstOrder, openTradeRig } from '../../support/trade-rig.ts'

const desk = gatewayDesk()
const CASH = 10_000_000

/** An account on real state at the venue; `knows` are the symbols whose instruments it can count. */
async function account(home: string, knows: readonly string[] = [SYMBOL]) {
  const told: string[] = []
  const broker: Broker = await connect(desk.venue, {
    instrumentOf: (symbol) => (knows.includes(symbol) ? instrumentOf(symbol) : undefined),
  })
  await desk.use(broker)
  const say = (_code: string, text: string) => void told.push(text)
  const log: BotLog = { info: say, warn: say, error: say }
  const instruments = knows.map((symbol) => instrumentOf(symbol)!)
  const rig = openTradeRig({ home, capabilities: ABLE, broker, instruments, cashMinor: CASH, log })
  onTestFinished(() => rig.close())
  rig.bar(PRICE)
  return { ...rig, told }
}

const byHand = (symbol: string, side: 'buy' | 'sell', quantity: number) =>
  desk.venue.manual({ symbol, side, quantity, type: 'market', timeInForce: 'day' })

describe('fills between two ticks', () => {
  it('are booked with quantity and money exact, have their stop, and let the books agree at every step', async () => {
    await desk.venue.settings({ improvement: '0.10' })
    const rig = await account(tempHome())
    const order = { kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(3) } as const
    await rig.trade({ ...order, stopPx: ticks(PRICE - 40), targetPx: ticks(PRICE + 40) })
    expect((await rig.reconcile()).agrees).toBe(true)
    expect(rig.told).toContain(
      'buy 3 MES filled at 5000.00, with 1.50 USD in our favour, for the venue filled it between two ticks',
    )
    const { orders } = await desk.venue.books()
    expect(orders.find(({ type }) => type === 'stop')).toMatchObject({ leavesQty: 3, status: 'acknowledged' })
    await desk.venue.bar(barAt(PRICE + 8))
    await rig.trade({ kind: 'reduce-position', symbol: SYMBOL, percent: 34 })
    expect((await rig.reconcile()).agrees).toBe(true)
    await rig.trade({ kind: 'close-position', symbol: SYMBOL })
    expect((await rig.reconcile()).agrees).toBe(true)
    const { cash } = await desk.venue.books()
    expect(Number(cash)).toBeCloseTo(100_000 + 3 * 8 * 1.25 + 3 * 2 * 0.5 - 3 * 2 * 2.1, 9)
  })

  it('that the venue pays for bring money in, and the books agree at every step', async () => {
    await desk.venue.settings({ commission: '-0.35' })
    const rig = await account(tempHome())
    await rig.trade({ kind: 'market-order', side: 'buy', symbol: SYMBOL, quantity: lots(3) })
    expect((await rig.reconcile()).agrees).toBe(true)
    await rig.trade({ kind: 'close-position', symbol: SYMBOL })
    expect((await rig.reconcile()).agrees).toBe(true)
    const { cash } = await desk.venue.books()
    expect(Number(cash)).toBeCloseTo(100_000 + 6 * 0.35, 9)
    expect(rig.store.ledgerBalance('cash', 'USD')).toBe(CASH + 6 * 35)
    expect(rig.store.ledgerBalance('commission', 'USD')).toBe(-6 * 35)
  })

  it('of the stream are counted as those of the list are', async () => {
    await desk.venue.settings({ improvement: '0.10' })
    await byHand(SYMBOL, 'sell', 2)
    await desk.venue.settle()
    const list = await desk.broker.fillsSince(undefined)
    expect(list).toMatchObject({ value: { fills: [{ price: PRICE, credit: 100, quantity: 2 }], foreign: [] } })
    expect(desk.heard.flatMap(({ fill }) => fill ?? [])).toEqual(list.ok && list.value.fills)
  })
})

describe('fills of a market that nobody here knows', () => {
  it('are kept, and booked once by the first start that knows it', async () => {
    const home = tempHome()
    const first = await account(home)
    await byHand('MNQ', 'buy', 3)
    await desk.venue.bar(barAt(60_000, 'MNQ'))
    const before = await first.reconcile()
    expect(before.agrees).toBe(false)
    expect(before.lines.map(({ code }) => code)).toEqual(['fill-foreign', 'position-foreign', 'cash-differs'])
    await first.reconcile()
    first.close()

    const second = await account(home, [SYMBOL, 'MNQ'])
    expect(second.told.join()).toContain('buy 3 MNQ at 15000.00 (fill F1) was kept until its market was known')
    expect((await second.reconcile()).lines).toEqual([])
    expect(second.book.positionOf('MNQ').quantity).toBe(3)
    second.close()

    const third = await account(home, [SYMBOL, 'MNQ'])
    await byHand('MNQ', 'sell', 3)
    await desk.venue.bar(barAt(60_010, 'MNQ'))
    expect((await third.reconcile()).agrees).toBe(true)
    expect(third.book.positionOf('MNQ').quantity).toBe(0)
    expect(third.store.foreignFills()).toEqual([])
  })

  it('say why the cash differs when the position is gone', async () => {
    const rig = await account(tempHome())
    await byHand('MNQ', 'buy', 1)
    await desk.venue.bar(barAt(60_000, 'MNQ'))
    await byHand('MNQ', 'sell', 1)
    await desk.venue.bar(barAt(60_010, 'MNQ'))
    await rig.reconcile()
    const { lines } = await rig.reconcile()
    expect(lines).toHaveLength(1)
    expect(lines[0]!.text).toContain(
      'fills of MNQ are not booked, because nobody here knows how that counts: describe it in instruments.json',
    )
  })

  it('are not booked twice where the venue tells of a booked one again', async () => {
    const home = tempHome()
    const rig = await account(home)
    await byHand('MNQ', 'buy', 1)
    await desk.venue.bar(barAt(60_000, 'MNQ'))
    await rig.reconcile()
    const [kept] = rig.store.foreignFills()
    rig.close()
    const knowing = await account(home, [SYMBOL, 'MNQ'])
    expect(knowing.store.transact(() => knowing.store.keepForeignFill(kept!))).toBe(false)
    expect(knowing.store.foreignFills()).toEqual([])
  })
})

describe('an order that may only reduce', () => {
  it('is sent so where the venue can, and where it finds nothing the books are compared: that is no error', async () => {
    await desk.venue.settings({ capabilities: { reduceOnly: true } })
    const rig = await account(tempHome())
    await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(2) })
    await rig.reconcile()
    // The bot has not heard of it when it closes the same lots itself.
    desk.broker.onExecution(() => undefined)
    await byHand(SYMBOL, 'sell', 2)
    const exit = firstOrder(await rig.trade({ kind: 'close-position', symbol: SYMBOL }))
    expect(rig.book.known(exit)?.status).toBe('rejected')
    expect(rig.book.unreconciled).toEqual([`the broker sees nothing of ${SYMBOL} to close`])
    expect(rig.told.at(-1)).toBe(
      `Nothing is left to close at the broker: exit to sell 2 ${SYMBOL} at the market. Comparing books`,
    )
    expect((await rig.reconcile()).agrees).toBe(true)
    expect([rig.book.positionOf(SYMBOL).quantity, (await desk.venue.books()).positions]).toEqual([0, []])
  })

  it('ends in the same way when its price is met later, for as much as is not there to close', async () => {
    await desk.venue.settings({ capabilities: { reduceOnly: true } })
    const rig = await account(tempHome())
    await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(3) })
    await rig.reconcile()
    const stop = firstOrder(await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PRICE - 40) }))
    desk.broker.onExecution(() => undefined)
    await byHand(SYMBOL, 'sell', 2)
    await desk.venue.bar(barAt(PRICE - 41))
    expect((await rig.reconcile()).agrees).toBe(true)
    expect(rig.book.known(stop)).toMatchObject({ status: 'canceled', cumQty: 1 })
    expect([rig.book.positionOf(SYMBOL).quantity, (await desk.venue.books()).positions]).toEqual([0, []])
  })

  it('is a plain order where the venue can not, as ever', async () => {
    const rig = await account(tempHome())
    await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(2) })
    await rig.reconcile()
    const exit = firstOrder(await rig.trade({ kind: 'close-position', symbol: SYMBOL }))
    expect(rig.book.known(exit)?.status).toBe('filled')
  })
})
