import { settle, type BookPosition } from './books.ts'
import type { Exchange, VenueReport } from './exchange.ts'
import { positionToWire, type WireFillOut, type WireOrderOut } from './wire-out.ts'

/** The account as queries see it: as it was some time ago. */
export type View = Readonly<{
  order(name: string): WireOrderOut | undefined
  openOrders(): readonly WireOrderOut[]
  /** Fills with a number above `after`. */
  fills(after: number): readonly WireFillOut[]
  positions(): ReturnType<typeof positionToWire>[]
  /** Minor units. */
  cash(): number
}>

/** @param until the venue's clock up to which reports are seen, milliseconds */
export function viewOf(exchange: Exchange, until: number, openingCash: number): View {
  const brought = exchange.moved.filter(({ elapsed }) => elapsed <= until).reduce((sum, { minor }) => sum + minor, 0)
  const seen = exchange.reports.filter(({ elapsed }) => elapsed <= until)
  const latest = () => {
    const orders = new Map<string, WireOrderOut>()
    for (const { order } of seen) if (!exchange.forgotten.has(order.venueOrderId)) orders.set(order.venueOrderId, order)
    return [...orders.values()]
  }
  return {
    order: (name) =>
      latest().find((order) =>
        name.startsWith('~') ? order.venueOrderId === name.slice(1) : order['clientOrderId'] === name,
      ),
    openOrders: () => latest().filter(({ status }) => status === 'acknowledged' || status === 'partially-filled'),
    fills: (after) => seen.flatMap(({ fill }) => (fill && numberOf(fill) > after ? [fill] : [])),
    positions: () => [...moneyOf(seen, openingCash).positions.values()].filter(isHeld).map(positionToWire),
    cash: () => moneyOf(seen, openingCash).cash + brought,
  }
}

export function numberOf({ fillId }: WireFillOut): number {
  return Number(fillId.slice(1))
}

const isHeld = ({ quantity }: BookPosition) => quantity !== 0

function moneyOf(reports: readonly VenueReport[], openingCash: number) {
  const positions = new Map<string, BookPosition>()
  let cash = openingCash
  for (const { bookFill } of reports) {
    if (!bookFill) continue
    const { symbol } = bookFill.order.instrument
    const step = settle(positions.get(symbol), bookFill)
    positions.set(symbol, step.after)
    cash += step.cash
  }
  return { positions, cash }
}
