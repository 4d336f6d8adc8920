import { afterEach, describe, expect, it } from 'vitest'
import type { ExecutionReport } from '../../../src/domain/broker/broker.ts'
import type { PaperBooks } from '../../../src/domain/broker/paper-books.ts'
import { Refused, refusal } from '../../../src/domain/failure/refusal.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { durationMs, epochMs, lots, minorUnits, ticks, type EpochMs } from '../../../src/domain/units/units.ts'
import { openSimBroker } from '../../../src/engine/simulation/sim-broker.ts'
import { temporaryBooks } from '../../support/paper-books.ts'
import { limit, market, orderOf, pairedOf, stop, termsOf, trailing } from '../../support/simulation.ts'
import {
  barAt,
  comboOf,
  EXPIRY_CLOSE,
  EXPIRY_DAY,
  INDEX,
  MINUTE_MS,
  optionOf,
  STOCK,
} from '../../support/simulated-venue.ts'

const CALL = optionOf('call', 20_000)
const FAR_CALL = optionOf('call', 20_200)
const STOCK_CALL = optionOf('call', 500, { on: STOCK })
const INSTRUMENTS = [INDEX, STOCK, CALL, FAR_CALL, STOCK_CALL]

const before = (minutes: number): EpochMs => epochMs(EXPIRY_CLOSE - minutes * MINUTE_MS)
const flat = (minutes: number, px: number) => barAt(before(minutes), [px, px, px, px])
const turn = () => new Promise((resolve) => setImmediate(resolve))

const removals: (() => void)[] = []
afterEach(() => {
  for (const remove of removals.splice(0)) remove()
})

function paperBooks() {
  const books = temporaryBooks()
  removals.push(books.remove)
  return books
}

async function openOn(books: PaperBooks) {
  const broker = openSimBroker({
    books,
    instrument: INDEX,
    settings: termsOf({ startingCash: minorUnits(50_000_000), options: { volatility: 0.2, rate: 0, spreadTicks: 0 } }),
    defer: setImmediate,
    instrumentOf: (symbol) => INSTRUMENTS.find((one) => one.symbol === symbol),
    barMs: durationMs(MINUTE_MS),
  })
  const heard: ExecutionReport[] = []
  broker.onExecution((report) => heard.push(report))
  await broker.observe(flat(300, 20_000), EXPIRY_DAY)
  await broker.observe(flat(300, 500), EXPIRY_DAY, 'STOCK')
  return { broker, heard }
}

const spread = comboOf('c', [
  orderOf('a', 'buy', 2, market, { symbol: CALL.symbol }),
  orderOf('b', 'sell', 2, market, { symbol: FAR_CALL.symbol }),
])

describe('the simulated broker with a combo', () => {
  it('answers with every leg, and the same when it is sent again', async () => {
    const { broker, heard } = await openOn(paperBooks().open())
    const reply = await broker.submitCombo(spread)
    expect(reply).toMatchObject({ ok: true, value: [{ clientOrderId: 'a', leavesQty: 2 }, { clientOrderId: 'b' }] })
    await broker.observe(flat(299, 20_000), EXPIRY_DAY)
    expect(await broker.submitCombo(spread)).toMatchObject({
      ok: true,
      value: [{ status: 'filled' }, { status: 'filled' }],
    })
    await broker.observe(flat(298, 20_000), EXPIRY_DAY)
    expect(heard.flatMap(({ fill }) => fill?.quantity ?? [])).toEqual([2, 2])
  })

  it('makes its fills durable together', async () => {
    const books = paperBooks()
    const { broker } = await openOn(books.open())
    await broker.submitCombo(spread)
    const witness = books.reopen()
    const seen: number[] = []
    broker.onExecution(() => seen.push(witness.fillsAfter(0).length))
    await broker.observe(flat(299, 20_000), EXPIRY_DAY)
    expect(seen).toEqual([2, 2])
  })

  it('remembers it when its books are opened again', async () => {
    const books = paperBooks()
    await (await openOn(books.open())).broker.submitCombo(spread)
    const { broker } = await openOn(books.reopen())
    expect(await broker.cancel(clientOrderId('b'))).toMatchObject({ value: { status: 'canceled' } })
    await turn()
    expect(await broker.orderByClientId(clientOrderId('a'))).toMatchObject({ value: { status: 'canceled' } })
  })

  it('refuses it for good, with all its legs', async () => {
    const { broker } = await openOn(paperBooks().open())
    const lone = comboOf('c', [spread.legs[0]!])
    const reply = await broker.submitCombo(lone)
    expect(reply).toEqual({ ok: false, failure: { kind: 'rejected', reason: 'a combo has 2 to 8 legs' } })
    expect(await broker.submitCombo(lone)).toEqual(reply)
    expect(await broker.orderByClientId(clientOrderId('a'))).toMatchObject({ value: { status: 'rejected' } })
  })
})

describe('the simulated broker asked to change an order', () => {
  it('answers with the order as it now is, and keeps it so', async () => {
    const books = paperBooks()
    const { broker } = await openOn(books.open())
    await broker.submit(orderOf('e', 'buy', 2, limit(19_000), { symbol: 'INDEX' }))
    const change = { limitPx: ticks(19_500), quantity: lots(3) }
    expect(await broker.replace(clientOrderId('e'), change)).toMatchObject({
      ok: true,
      value: { quantity: 3, leavesQty: 3, type: { kind: 'limit', limitPx: 19_500 } },
    })
    const again = (await openOn(books.reopen())).broker
    await again.observe(flat(299, 19_500), EXPIRY_DAY)
    expect(await again.positions()).toMatchObject({ value: [{ symbol: 'INDEX', quantity: 3 }] })
  })

  it('answers with the fill when it came first', async () => {
    const { broker } = await openOn(paperBooks().open())
    await broker.submit(orderOf('e', 'buy', 2, market, { symbol: 'INDEX' }))
    await broker.observe(flat(299, 20_000), EXPIRY_DAY)
    expect(await broker.replace(clientOrderId('e'), { quantity: lots(5) })).toMatchObject({
      ok: true,
      value: { status: 'filled', quantity: 2, cumQty: 2 },
    })
  })

  it('says so when it refuses, and when it does not know it', async () => {
    const { broker } = await openOn(paperBooks().open())
    await broker.submit(orderOf('e', 'buy', 2, limit(19_000), { symbol: 'INDEX' }))
    expect(await broker.replace(clientOrderId('e'), { stopPx: ticks(5) })).toEqual({
      ok: false,
      failure: { kind: 'rejected', reason: 'a limit order has no stop price to set' },
    })
    expect(await broker.replace(clientOrderId('x'), { stopPx: ticks(5) })).toMatchObject({
      failure: { kind: 'order-unknown' },
    })
  })
})

describe('the simulated broker whose process dies', () => {
  it('keeps a trailing stop where it stood', async () => {
    const books = paperBooks()
    const { broker } = await openOn(books.open())
    await broker.submit(orderOf('e', 'buy', 1, market, { symbol: 'INDEX' }))
    await broker.observe(flat(299, 20_000), EXPIRY_DAY)
    await broker.submit(orderOf('t', 'sell', 1, trailing(100), { symbol: 'INDEX', purpose: 'stop' }))
    await broker.observe(flat(298, 20_080), EXPIRY_DAY)
    const again = await openOn(books.reopen())
    await again.broker.observe(flat(297, 19_981), EXPIRY_DAY)
    expect(again.heard).toEqual([])
    await again.broker.observe(barAt(before(296), [19_990, 20_000, 19_979, 19_979]), EXPIRY_DAY)
    expect(again.heard[0]?.fill).toMatchObject({ clientOrderId: 't', price: 19_980 })
  })

  it('keeps a pair a pair', async () => {
    const books = paperBooks()
    const { broker } = await openOn(books.open())
    await broker.submit(orderOf('e', 'buy', 2, market, { symbol: 'INDEX' }))
    await broker.observe(flat(299, 20_000), EXPIRY_DAY)
    await broker.submit(pairedOf('s', 't', 'sell', 2, stop(19_900), { symbol: 'INDEX' }))
    await broker.submit(pairedOf('t', 's', 'sell', 2, limit(20_100), { symbol: 'INDEX' }))
    const again = await openOn(books.reopen())
    await again.broker.observe(flat(298, 20_150), EXPIRY_DAY)
    expect(again.heard.map(({ order }) => `${order.clientOrderId} ${order.status}`)).toEqual(['t filled', 's canceled'])
  })

  it('settles an option it held when the last bar comes', async () => {
    const books = paperBooks()
    const { broker } = await openOn(books.open())
    await broker.submit(orderOf('o', 'buy', 1, market, { symbol: CALL.symbol }))
    await broker.observe(flat(299, 20_000), EXPIRY_DAY)
    const again = await openOn(books.reopen())
    await again.broker.observe(flat(1, 20_100), EXPIRY_DAY)
    expect(again.heard[0]).toMatchObject({
      order: { clientOrderId: `expiry-${CALL.symbol}`, reason: 'expiry' },
      fill: { price: 2_000, side: 'sell', quantity: 1 },
    })
    expect(await again.broker.positions()).toEqual({ ok: true, value: [] })
  })
})

describe('the simulated broker asked to exercise', () => {
  async function holding() {
    const opened = await openOn(paperBooks().open())
    await opened.broker.submit(orderOf('o', 'buy', 3, market, { symbol: STOCK_CALL.symbol }))
    await opened.broker.observe(flat(299, 520), EXPIRY_DAY, 'STOCK')
    opened.heard.length = 0
    return opened
  }

  it('answers first and tells the fill then, once however often it is asked', async () => {
    const { broker, heard } = await holding()
    const reply = await broker.exercise(clientOrderId('x'), STOCK_CALL.symbol, 2)
    expect(reply).toMatchObject({ ok: true, value: { status: 'filled', cumQty: 2, reason: 'exercise' } })
    expect(heard).toEqual([])
    await turn()
    expect(heard).toMatchObject([{ fill: { clientOrderId: 'x', price: 400, quantity: 2 } }])
    expect(await broker.exercise(clientOrderId('x'), STOCK_CALL.symbol, 2)).toEqual(reply)
    expect(await broker.positions()).toMatchObject({ value: [{ quantity: 1 }] })
  })

  it('says why it does not', async () => {
    const { broker } = await holding()
    expect(await broker.exercise(clientOrderId('x'), STOCK_CALL.symbol, 9)).toEqual({
      ok: false,
      failure: { kind: 'rejected', reason: `only 3 lots of ${STOCK_CALL.symbol} are held` },
    })
  })
})

describe('the simulated broker with several markets on a full disk', () => {
  it('shows every market as it was, and matches the bar when it is shown again', async () => {
    const full = new Refused(refusal('disk-full', 'The disk is full.', 'Free some space.'))
    const books = paperBooks().open()
    let sick = false
    const failing: PaperBooks = {
      ...books,
      commit: (change) => {
        if (sick) throw full
        books.commit(change)
      },
    }
    const { broker, heard } = await openOn(failing)
    await broker.submit(orderOf('o', 'buy', 1, market, { symbol: CALL.symbol }))
    await broker.observe(flat(299, 510), EXPIRY_DAY, 'STOCK')
    sick = true
    expect(() => broker.observe(flat(299, 20_000), EXPIRY_DAY)).toThrow(full)
    expect(heard).toEqual([])
    expect(broker.matchedUpTo()).toBe(before(300))
    expect(broker.matchedUpTo('STOCK')).toBe(before(299))
    sick = false
    await broker.observe(flat(299, 20_000), EXPIRY_DAY)
    expect(heard.map(({ order }) => order.status)).toEqual(['filled'])
    expect(await broker.openOrders()).toEqual({ ok: true, value: [] })
  })
})
