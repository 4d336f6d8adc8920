import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { clientOrderId, fillId, type Fill, type Side } from '../../../src/domain/order/order.ts'
import { epochMs, lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { accountEquity, openPnl } from '../../../src/engine/bot/account-equity.ts'
import { showHoldings } from '../../../src/engine/bot/show-holdings.ts'
import { applyFill } from '../../../src/engine/order-events/apply-execution.ts'
import { openRig, otherInstrument, RIG_INSTRUMENT, walkBars, type RigOptions } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const CALL: Instrument = {
  ...RIG_INSTRUMENT,
  symbol: 'TESTZ9-C4000',
  kind: 'option',
  option: {
    underlying: 'TESTZ9',
    type: 'call',
    style: 'european',
    strike: '4000',
    expiry: '2026-01-29',
    settlement: 'cash',
  },
}
const EUROS: Instrument = { ...otherInstrument('EURZ9', 'EUR'), currency: { code: 'EUR', digits: 2 } }
const SECOND = otherInstrument('OTHERZ9', 'OTHER')

const resolve = (symbol: string) => [CALL, EUROS].find((known) => known.symbol === symbol)

let numbered = 0
function fill(symbol: string, side: Side, quantity: number, price: number): Fill {
  numbered++
  return {
    fillId: fillId(`X${numbered}`),
    clientOrderId: clientOrderId(`o${numbered}`),
    symbol,
    side,
    quantity: lots(quantity),
    price: ticks(price),
    commission: 200,
    at: epochMs(60_000 * numbered),
  }
}

function openSeveral(home: string, options: Partial<RigOptions> = {}) {
  return openRig({
    home,
    bars: walkBars(3, 1),
    also: [{ instrument: SECOND, bars: walkBars(3, 9) }],
    resolve,
    ...options,
  })
}

describe('positions of one account in several instruments', () => {
  it('are kept by symbol, and found again after a restart', async () => {
    const home = tempHome()
    const first = openSeveral(home)
    expect(applyFill(first.ctx, first.book, fill('TESTZ9', 'buy', 2, 16_000))).toBe(true)
    expect(applyFill(first.ctx, first.book, fill('OTHERZ9', 'sell', 3, 15_000))).toBe(true)
    expect(applyFill(first.ctx, first.book, fill('TESTZ9-C4000', 'buy', 1, 40))).toBe(true)
    await first.close()

    const { book, ctx, close } = openSeveral(home, { resolve: () => undefined })
    expect(new Map([...book.positions].map(([symbol, { quantity }]) => [symbol, quantity]))).toEqual(
      new Map([
        ['OTHERZ9', -3],
        ['TESTZ9', 2],
        ['TESTZ9-C4000', 1],
      ]),
    )
    expect(book.position.quantity).toBe(2)
    expect(book.positionOf('OTHERZ9').quantity).toBe(-3)
    expect(book.positionOf('NONE').quantity).toBe(0)
    // How the option counts was written down with its first fill.
    expect(ctx.instrumentOf('TESTZ9-C4000')).toEqual(CALL)
    await close()
  })

  it('leave the map when they are closed', async () => {
    const { ctx, book, close } = openSeveral(tempHome())
    applyFill(ctx, book, fill('OTHERZ9', 'buy', 3, 15_000))
    expect(book.holding).toBe(true)
    applyFill(ctx, book, fill('OTHERZ9', 'sell', 3, 15_010))
    expect([book.positions.size, book.holding]).toEqual([0, false])
    await close()
  })

  it('are worth their sum: gains of futures, the market value of options, cost where nobody has a price', async () => {
    const { ctx, book, close } = openSeveral(tempHome())
    const cash = accountEquity(ctx, book)
    const bar = { ...walkBars(1, 1)[0]!, close: ticks(16_010) }
    book.lanes[0]!.see(bar)
    applyFill(ctx, book, fill('TESTZ9', 'buy', 2, 16_000))
    expect(accountEquity(ctx, book)).toBe(cash - 200 + 2 * 10 * 1250)
    applyFill(ctx, book, fill('OTHERZ9', 'sell', 1, 15_000))
    expect(accountEquity(ctx, book)).toBe(cash - 400 + 2 * 10 * 1250)
    book.lanes[1]!.see({ ...bar, close: ticks(14_990) })
    applyFill(ctx, book, fill('TESTZ9-C4000', 'buy', 1, 40))
    expect(accountEquity(ctx, book)).toBe(cash - 600 + 2 * 10 * 1250 + 10 * 1250)
    expect(ctx.store.ledgerBalance('position-cost', 'USD')).toBe(minorUnits(40 * 1250))
    expect(openPnl(ctx, book)).toBe(3 * 10 * 1250)
    await close()
  })

  it('take in no fill that counts in another currency, or that nobody knows', async () => {
    const told: string[] = []
    const log = { info: () => undefined, warn: (event: string) => void told.push(event), error: () => undefined }
    const { ctx, book, close } = openSeveral(tempHome(), { log })
    expect(ctx.instrumentOf('EURZ9')).toBeUndefined()
    expect(applyFill(ctx, book, fill('EURZ9', 'buy', 1, 100))).toBe(false)
    expect(applyFill(ctx, book, fill('NOBODY', 'buy', 1, 100))).toBe(false)
    expect(book.holding).toBe(false)
    expect(told).toEqual(['fill-foreign', 'fill-foreign'])
    await close()
  })

  it('are shown to the strategy of the lane they belong to, options with what they are written on', async () => {
    const { ctx, book, close } = openSeveral(tempHome())
    applyFill(ctx, book, fill('TESTZ9-C4000', 'sell', 1, 40))
    applyFill(ctx, book, fill('TESTZ9', 'buy', 2, 16_000))
    applyFill(ctx, book, fill('OTHERZ9', 'sell', 1, 15_000))
    book.lanes[0]!.see({ ...walkBars(1, 1)[0]!, close: ticks(16_004) })
    const [one, two] = ctx.lanes.map((lane) => showHoldings(lane, book, book.lanes[lane.lane]!))
    expect(one).toMatchObject({ quantity: 2, avgPx: 16_000 })
    expect(one!.held).toEqual([
      { symbol: 'TESTZ9', quantity: 2, avgPx: 16_000, markPx: 16_004, openedAt: expect.any(Number) },
      { symbol: 'TESTZ9-C4000', quantity: -1, avgPx: 40, markPx: undefined, openedAt: expect.any(Number) },
    ])
    expect(two!.held.map(({ symbol, quantity }) => [symbol, quantity])).toEqual([['OTHERZ9', -1]])
    await close()
  })

  it('count the trades of a day for the lane they belong to', async () => {
    const { ctx, book, close } = openSeveral(tempHome())
    for (const lane of book.lanes) lane.sessionDate = '1970-01-01'
    applyFill(ctx, book, fill('OTHERZ9', 'buy', 1, 15_000))
    applyFill(ctx, book, fill('TESTZ9-C4000', 'buy', 1, 40))
    applyFill(ctx, book, fill('TESTZ9', 'buy', 1, 16_000))
    expect(book.lanes.map(({ day }) => day.tradesOpened)).toEqual([2, 1])
    expect(book.risk.tradesToday).toBe(3)
    await close()
  })
})
