import Database from 'better-sqlite3'
import { closeSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PaperAccount, PaperBooks, PaperChange, PaperOrder } from '../../../src/domain/broker/paper-books.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { epochMs, lots, minorUnits } from '../../../src/domain/units/units.ts'
import { fillOf } from '../../support/fills.ts'
import { temporaryBooks } from '../../support/paper-books.ts'

const ACCOUNT: PaperAccount = { currency: 'USD', startingCash: minorUnits(5_000_000) }

const ORDER: PaperOrder = {
  seq: 1,
  clientOrderId: clientOrderId('o1'),
  parent: undefined,
  symbol: 'ESZ5',
  side: 'buy',
  kind: 'stop-limit',
  stopPx: 105,
  limitPx: 107,
  trail: { by: 'percent', bps: 150 },
  bestPx: 104,
  oco: clientOrderId('o2'),
  combo: clientOrderId('c1'),
  comboLimit: -1_250,
  timeInForce: 'day',
  purpose: 'entry',
  quantity: 3,
  cumQty: 1,
  status: 'partially-filled',
  held: false,
  elected: true,
  session: '2025-11-03',
  reason: '',
  at: epochMs(60_000),
}

function changeOf(over: Partial<PaperChange> = {}): PaperChange {
  const market = {
    symbol: 'ESZ5',
    quantity: lots(1),
    cost: 105,
    cash: minorUnits(-210),
    settled: minorUnits(-210),
    clock: epochMs(60_000),
    session: '2025-11-03',
    last: 106,
  }
  return { markets: [market], orders: [ORDER], fills: [{ seq: 1, fill: fillOf(1, 'buy', 1, 105, 210) }], ...over }
}

describe('the paper books', () => {
  let home: ReturnType<typeof temporaryBooks>
  beforeEach(() => {
    home = temporaryBooks()
  })
  afterEach(() => home.remove())

  const refusalOf = (work: () => unknown): unknown => {
    try {
      work()
    } catch (error) {
      if (error instanceof Refused) return error.refusal.code
      throw error
    }
    return 'accepted'
  }
  const written = (books: PaperBooks): PaperBooks => {
    books.commit(changeOf({ account: ACCOUNT }))
    return books
  }

  it('are new until the first commit', () => {
    const books = home.open()
    expect(books.account()).toBeUndefined()
    expect(books.markets()).toEqual([])
    expect(books.lastNumbers()).toEqual({ order: 0, fill: 0 })
    expect(books.openOrders()).toEqual([])
    expect(books.fillsAfter(0)).toEqual([])
  })

  it('give back what was committed, field by field, to the next process', () => {
    written(home.open())
    const books = home.reopen()
    const change = changeOf()
    expect(books.account()).toEqual(ACCOUNT)
    expect(books.markets()).toEqual(change.markets)
    expect(books.lastNumbers()).toEqual({ order: 1, fill: 1 })
    expect(books.openOrders()).toEqual([ORDER])
    expect(books.order(ORDER.clientOrderId)).toEqual(ORDER)
    expect(books.fillsAfter(0)).toEqual(change.fills)
    expect(books.fillsAfter(1)).toEqual([])
  })

  it('change an order in place, and forget none that ended', () => {
    const books = written(home.open())
    books.commit(changeOf({ orders: [{ ...ORDER, status: 'canceled', reason: 'canceled by the client' }], fills: [] }))
    expect(books.openOrders()).toEqual([])
    expect(books.order(ORDER.clientOrderId)).toMatchObject({ status: 'canceled', reason: 'canceled by the client' })
  })

  it('commit all of a change or nothing: a fill number given twice undoes the order beside it', () => {
    const books = written(home.open())
    expect(() => books.commit(changeOf({ orders: [{ ...ORDER, cumQty: 2 }] }))).toThrow('UNIQUE')
    expect(books.order(ORDER.clientOrderId)?.cumQty).toBe(1)
    books.commit(
      changeOf({
        orders: [{ ...ORDER, cumQty: 2 }],
        fills: [{ seq: 2, fill: { ...fillOf(2, 'buy', 1, 106), clientOrderId: ORDER.clientOrderId } }],
      }),
    )
    expect(books.order(ORDER.clientOrderId)?.cumQty).toBe(2)
  })

  it('are not taken for new when an account in use has lost them, or holds an empty file', () => {
    expect(refusalOf(home.reopen)).toBe('state-missing')
    writeFileSync(home.path, '')
    expect(refusalOf(home.reopen)).toBe('state-missing')
  })

  it('are not taken for an account’s when they were opened but never used', () => {
    home.open().close()
    expect(refusalOf(home.reopen)).toBe('state-missing')
  })

  it('refuse a file that is no database', () => {
    writeFileSync(home.path, 'not a database, but long enough to look like a file with something in it'.repeat(100))
    expect(refusalOf(home.reopen)).toBe('state-corrupt')
  })

  it('refuse a damaged page that a simple read would not have noticed', () => {
    written(home.open()).close()
    const size = readFileSync(home.path).length
    const file = openSync(home.path, 'r+')
    writeSync(file, Buffer.alloc(512, 0xa5), 0, 512, size - 4_096)
    closeSync(file)
    expect(refusalOf(home.reopen)).toBe('state-corrupt')
  })

  it('refuse a file that was cut short', () => {
    written(home.open()).close()
    truncateSync(home.path, 8_192)
    expect(refusalOf(home.reopen)).toBe('state-corrupt')
  })

  it('refuse books written by a newer version', () => {
    written(home.open()).close()
    const db = new Database(home.path)
    db.pragma('user_version = 99')
    db.close()
    expect(refusalOf(home.reopen)).toBe('state-newer')
  })

  it('leave one file behind when they are closed', () => {
    written(home.open()).close()
    expect(
      readdirSync(home.folder, { recursive: true })
        .map(String)
        .filter((name) => name.includes('paper.db')),
    ).toEqual([expect.stringMatching(/paper\.db$/)])
  })
})
