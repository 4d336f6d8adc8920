import type {
  PaperAccount,
  PaperBooks,
  PaperFill,
  PaperMarket,
  PaperOrder,
} from '../../src/domain/broker/paper-books.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { clientOrderId, type NewOrder, type OrderType, type Side } from '../../src/domain/order/order.ts'
import { epochMs, lots, minorUnits, ticks } from '../../src/domain/units/units.ts'
import type { SimulationTerms } from '../../src/engine/simulation/venue.ts'

/** A future: one tick is worth 12.50 USD. */
export const FUTURE: Instrument = {
  symbol: 'ESZ5',
  root: 'ES',
  name: 'E-mini S&P 500',
  kind: 'future',
  exchange: 'CME',
  currency: { code: 'USD', digits: 2 },
  tickUnits: 25,
  priceDigits: 2,
  tickValue: minorUnits(1250),
  lotSize: '50',
  session: {
    zone: 'America/Chicago',
    openMinute: 1020,
    closeMinute: 960,
    opensDayBefore: true,
    weekdays: [1, 2, 3, 4, 5],
  },
  calendar: 'cme-equity',
}

export const EQUITY: Instrument = {
  ...FUTURE,
  symbol: 'SPY',
  root: 'SPY',
  name: 'SPDR S&P 500',
  kind: 'equity',
  exchange: 'NYSE',
  tickUnits: 1,
  tickValue: minorUnits(1),
  lotSize: '1',
  calendar: 'nyse',
}

/** Frictionless terms; each test adds the friction it is about. */
export function termsOf(over: Partial<SimulationTerms> = {}): SimulationTerms {
  return {
    startingCash: minorUnits(5_000_000),
    slippageTicks: 0,
    commissionMinorPerLot: 0,
    volumeShareBps: 10_000,
    ...over,
  }
}

export const MINUTE = 60_000

/** Bar number `index` of a test: open, high, low, close in ticks. */
export function barOf(index: number, prices: readonly [number, number, number, number], volume = 0): Bar {
  const [open, high, low, close] = prices
  return {
    time: epochMs(index * MINUTE),
    open: ticks(open),
    high: ticks(high),
    low: ticks(low),
    close: ticks(close),
    volume,
  }
}

export function orderOf(
  id: string,
  side: Side,
  quantity: number,
  type: OrderType,
  over: Partial<NewOrder> = {},
): NewOrder {
  return {
    clientOrderId: clientOrderId(id),
    symbol: FUTURE.symbol,
    side,
    quantity: lots(quantity),
    type,
    timeInForce: 'gtc',
    purpose: 'entry',
    ...over,
  }
}

export const market: OrderType = { kind: 'market' }
export const limit = (px: number): OrderType => ({ kind: 'limit', limitPx: ticks(px) })
export const stop = (px: number): OrderType => ({ kind: 'stop', stopPx: ticks(px) })
export const stopLimit = (stopPx: number, limitPx: number): OrderType => ({
  kind: 'stop-limit',
  stopPx: ticks(stopPx),
  limitPx: ticks(limitPx),
})

export const trailing = (distance: number): OrderType => ({
  kind: 'trailing-stop',
  trail: { by: 'amount', ticks: ticks(distance) },
})
export const trailingPercent = (bps: number): OrderType => ({ kind: 'trailing-stop', trail: { by: 'percent', bps } })

/** An order that closes, paired with another. */
export function pairedOf(
  id: string,
  other: string,
  side: Side,
  quantity: number,
  type: OrderType,
  over: Partial<NewOrder> = {},
): NewOrder {
  const purpose = type.kind === 'limit' ? 'target' : 'stop'
  return orderOf(id, side, quantity, type, { purpose, oco: clientOrderId(other), ...over })
}

/** An entry with a stop `<id>-stop` and a target `<id>-target`. */
export function bracketOf(
  id: string,
  side: Side,
  quantity: number,
  type: OrderType,
  legs: Readonly<{ stop: number; target: number }>,
  over: Partial<NewOrder> = {},
): NewOrder {
  return orderOf(id, side, quantity, type, {
    bracket: {
      stop: { clientOrderId: clientOrderId(`${id}-stop`), stopPx: ticks(legs.stop) },
      target: { clientOrderId: clientOrderId(`${id}-target`), limitPx: ticks(legs.target) },
    },
    ...over,
  })
}

/** Books that outlive their reader but not the test: what SQLite does, in a tenth of the time, for properties. */
export function memoryBooks(): PaperBooks & { commits: number } {
  let account: PaperAccount | undefined
  const markets = new Map<string, PaperMarket>()
  const orders = new Map<number, PaperOrder>()
  const fills: PaperFill[] = []
  const copies = (): PaperOrder[] => [...orders.values()].map((order) => ({ ...order }))
  return {
    commits: 0,
    account: () => account,
    markets: () => [...markets.values()],
    lastNumbers: () => ({ order: Math.max(0, ...orders.keys()), fill: fills.at(-1)?.seq ?? 0 }),
    openOrders: () => copies().filter(({ status }) => status === 'acknowledged' || status === 'partially-filled'),
    order: (id) => copies().find((order) => order.clientOrderId === id),
    orderNaming: (id) => copies().find((order) => order.oco === id && order.status !== 'rejected'),
    fillsAfter: (seq) => fills.filter((fill) => fill.seq > seq),
    commit(change) {
      this.commits++
      account ??= change.account
      for (const market of change.markets) markets.set(market.symbol, market)
      for (const order of change.orders) orders.set(order.seq, { ...order })
      fills.push(...change.fills)
    },
    close: () => undefined,
  }
}
