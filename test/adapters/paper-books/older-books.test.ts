import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PAPER_MIGRATIONS } from '../../../src/adapters/paper-books/schema.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { openSimBroker } from '../../../src/engine/simulation/sim-broker.ts'
import { temporaryBooks } from '../../support/paper-books.ts'
import { barOf, FUTURE, termsOf } from '../../support/simulation.ts'

describe('paper books written by the first version', () => {
  let home: ReturnType<typeof temporaryBooks>
  beforeEach(() => {
    home = temporaryBooks()
  })
  afterEach(() => home.remove())

  /** Two lots long at 100 with a stop and a target that work. */
  function writeFirstVersion(): void {
    const db = new Database(home.path)
    db.exec(PAPER_MIGRATIONS[0]!)
    db.pragma('user_version = 1')
    db.exec(`
      INSERT INTO account VALUES (1, 'USD', 5000000);
      INSERT INTO markets VALUES ('ESZ5', 2, 200, -420, -420, 60000, 'monday');
      INSERT INTO orders VALUES
        (1, 'e', NULL, 'ESZ5', 'buy', 'market', 0, 0, 'day', 'entry', 2, 2, 'filled', 0, 0, 'monday', '', 60000),
        (2, 'e-stop', 'e', 'ESZ5', 'sell', 'stop', 90, 0, 'gtc', 'stop', 2, 0, 'acknowledged', 0, 0, NULL, '', 60000),
        (3, 'e-target', 'e', 'ESZ5', 'sell', 'limit', 0, 110, 'gtc', 'target', 2, 0, 'acknowledged', 0, 0, NULL, '', 60000);
      INSERT INTO fills VALUES (1, 1, 2, 100, 420, 60000);
    `)
    db.close()
  }

  it('are opened, and trade on as if they had always been of this one', async () => {
    writeFirstVersion()
    const broker = openSimBroker({ books: home.reopen(), instrument: FUTURE, settings: termsOf(), defer: setImmediate })
    expect(broker.matchedUpTo()).toBe(60_000)
    expect(await broker.cash()).toEqual({ ok: true, value: 5_000_000 - 420 })
    expect(await broker.positions()).toEqual({ ok: true, value: [{ symbol: 'ESZ5', quantity: 2, avgPx: 100 }] })
    await broker.observe(barOf(2, [100, 100, 89, 89]), 'monday')
    expect(await broker.orderByClientId(clientOrderId('e-stop'))).toMatchObject({
      value: { status: 'filled', cumQty: 2, type: { kind: 'stop', stopPx: 90 } },
    })
    expect(await broker.openOrders()).toEqual({ ok: true, value: [] })
  })
})
