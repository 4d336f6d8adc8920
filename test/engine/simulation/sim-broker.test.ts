import { afterEach, describe, expect, it } from 'vitest'
import type { ExecutionReport } from '../../../src/domain/broker/broker.ts'
import type { PaperBooks } from '../../../src/domain/broker/paper-books.ts'
import { Refused, refusal } from '../../../src/domain/failure/refusal.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { openSimBroker } from '../../../src/engine/simulation/sim-broker.ts'
import { temporaryBooks } from '../../support/paper-books.ts'
import { barOf, bracketOf, EQUITY, FUTURE, limit, market, orderOf, termsOf } from '../../support/simulation.ts'

const removals: (() => void)[] = []
afterEach(() => {
  for (const remove of removals.splice(0)) remove()
})

function paperBooks() {
  const books = temporaryBooks()
  removals.push(books.remove)
  return books
}

function openOn(books: PaperBooks, instrument = FUTURE, terms = {}) {
  const broker = openSimBroker({ books, instrument, settings: termsOf(terms), defer: setImmediate })
  const heard: ExecutionReport[] = []
  broker.onExecution((report) => heard.push(report))
  return { broker, heard }
}

const quiet = (index: number) => barOf(index, [100, 101, 99, 100])

describe('the simulated broker', () => {
  it('answers a bar on which nothing happens at once and writes nothing', async () => {
    const books = paperBooks().open()
    let commits = 0
    const counting: PaperBooks = { ...books, commit: (change) => (commits++, books.commit(change)) }
    const { broker } = openOn(counting)
    await broker.observe(quiet(0), 'monday')
    commits = 0
    for (let i = 1; i < 100; i++) expect(broker.observe(quiet(i), 'monday')).toBeUndefined()
    expect(commits).toBe(0)
  })

  it('makes what happened durable before it tells anybody, in one transaction', async () => {
    const books = paperBooks()
    const { broker } = openOn(books.open())
    await broker.observe(quiet(0), 'monday')
    await broker.submit(bracketOf('e', 'buy', 2, market, { stop: 90, target: 110 }))
    await new Promise((resolve) => setImmediate(resolve))
    const witness = books.reopen()
    const seen: unknown[] = []
    broker.onExecution(({ order }) => {
      const fills = witness.fillsAfter(0).length
      seen.push([
        order.clientOrderId,
        order.status,
        fills,
        witness.order(clientOrderId('e'))?.status,
        witness.markets()[0]?.quantity,
      ])
    })
    await broker.observe(barOf(1, [100, 112, 100, 111]), 'monday')
    expect(seen).toEqual([
      ['e', 'filled', 2, 'filled', 0],
      ['e-target', 'filled', 2, 'filled', 0],
      ['e-stop', 'canceled', 2, 'filled', 0],
    ])
  })

  it('replies before it reports what the call did to other orders', async () => {
    const { broker, heard } = openOn(paperBooks().open())
    await broker.observe(quiet(0), 'monday')
    const reply = await broker.submit(bracketOf('e', 'buy', 2, limit(95), { stop: 90, target: 110 }))
    expect(reply.ok).toBe(true)
    expect(heard).toEqual([])
    await new Promise((resolve) => setImmediate(resolve))
    expect(heard.map(({ order }) => `${order.clientOrderId} ${order.status}`)).toEqual([
      'e-stop acknowledged',
      'e-target acknowledged',
    ])
  })

  it('ignores a bar it has matched, before and after it was opened again', async () => {
    const books = paperBooks()
    const first = openOn(books.open()).broker
    await first.observe(quiet(0), 'monday')
    await first.submit(orderOf('e', 'buy', 1, market))
    await first.observe(quiet(1), 'monday')
    await first.submit(orderOf('x', 'sell', 1, market, { purpose: 'exit' }))
    const again = openOn(books.reopen()).broker
    expect(again.matchedUpTo()).toBe(quiet(1).time)
    expect(again.observe(quiet(1), 'monday')).toBeUndefined()
    expect(await again.positions()).toEqual({ ok: true, value: [{ symbol: 'ESZ5', quantity: 1, avgPx: 100 }] })
    await again.observe(quiet(2), 'monday')
    expect(await again.positions()).toEqual({ ok: true, value: [] })
  })

  it('refuses books kept in another currency', () => {
    const books = paperBooks()
    openOn(books.open())
    const rupees = { ...FUTURE, symbol: 'NIFTY', currency: { code: 'INR', digits: 2 } }
    expect(() => openOn(books.reopen(), rupees)).toThrow('The paper account is kept in USD, but NIFTY trades in INR.')
  })

  it('leaves the orders and the position of another market alone until the account trades it again', async () => {
    const books = paperBooks()
    const futures = openOn(books.open()).broker
    await futures.observe(quiet(0), 'monday')
    await futures.submit(bracketOf('e', 'buy', 2, market, { stop: 90, target: 110 }))
    await futures.observe(quiet(1), 'monday')
    const equities = openOn(books.reopen(), EQUITY).broker
    await equities.observe(barOf(2, [50, 200, 50, 50]), 'tuesday')
    expect(await equities.positions()).toEqual({ ok: true, value: [{ symbol: 'ESZ5', quantity: 2, avgPx: 100 }] })
    const back = openOn(books.reopen()).broker
    await back.observe(barOf(3, [100, 101, 89, 89]), 'monday')
    expect(await back.positions()).toEqual({ ok: true, value: [] })
    expect(await back.orderByClientId(clientOrderId('e-stop'))).toMatchObject({
      value: { status: 'filled', cumQty: 2 },
    })
  })

  it('keeps the cash it opened with when the setting changes later', async () => {
    const books = paperBooks()
    openOn(books.open())
    const { broker } = openOn(books.reopen(), FUTURE, { startingCash: 1 })
    expect(await broker.cash()).toEqual({ ok: true, value: 5_000_000 })
  })

  it('takes the price of equities out of the cash, and of futures only gains and losses', async () => {
    const shares = openOn(paperBooks().open(), EQUITY).broker
    await shares.observe(quiet(0), 'monday')
    await shares.submit(orderOf('e', 'buy', 10, market, { symbol: 'SPY' }))
    await shares.observe(quiet(1), 'monday')
    expect(await shares.cash()).toEqual({ ok: true, value: 5_000_000 - 1_000 })
    const futures = openOn(paperBooks().open()).broker
    await futures.observe(quiet(0), 'monday')
    await futures.submit(orderOf('e', 'buy', 10, market))
    await futures.observe(quiet(1), 'monday')
    expect(await futures.cash()).toEqual({ ok: true, value: 5_000_000 })
    await futures.submit(orderOf('x', 'sell', 10, market, { purpose: 'exit' }))
    await futures.observe(barOf(2, [98, 98, 98, 98]), 'monday')
    expect(await futures.cash()).toEqual({ ok: true, value: 5_000_000 - 2 * 10 * 1_250 })
  })

  describe('when its books cannot be written', () => {
    const full = new Refused(refusal('disk-full', 'The disk is full.', 'Free some space.'))

    async function onFullDisk() {
      const books = paperBooks().open()
      let sick = false
      const failing: PaperBooks = {
        ...books,
        commit: (change) => {
          if (sick) throw full
          books.commit(change)
        },
      }
      const { broker, heard } = openOn(failing)
      await broker.observe(quiet(0), 'monday')
      return { broker, heard, fill: (is: boolean) => (sick = is) }
    }

    it('takes no order, says why, and takes the same order later', async () => {
      const { broker, fill } = await onFullDisk()
      fill(true)
      await expect(broker.submit(orderOf('e', 'buy', 1, market))).rejects.toBe(full)
      fill(false)
      expect(await broker.orderByClientId(clientOrderId('e'))).toEqual({ ok: true, value: undefined })
      expect(await broker.submit(orderOf('e', 'buy', 1, market))).toMatchObject({ ok: true })
    })

    it('tells nobody of a fill it could not book, and books it when the bar is shown again', async () => {
      const { broker, heard, fill } = await onFullDisk()
      await broker.submit(orderOf('e', 'buy', 1, market))
      fill(true)
      expect(() => broker.observe(quiet(1), 'monday')).toThrow(full)
      expect(heard).toEqual([])
      expect(await broker.positions()).toEqual({ ok: true, value: [] })
      fill(false)
      await broker.observe(quiet(1), 'monday')
      expect(heard.map(({ order }) => order.status)).toEqual(['filled'])
    })
  })
})
