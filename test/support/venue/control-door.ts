import { createServer, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { send } from './trade-door.ts'
import { Fault } from './fault-plan.ts'
import { instrumentOf, OrderInput, ticksOf } from './order-input.ts'
import type { Venue } from './venue.ts'
import { moneyText, orderToWire, positionToWire } from './wire-out.ts'

/** What a hand on the venue can do; see README.md beside this file. */
export type Hand = Readonly<{
  /** The first account, or one that another token opens. */
  venue(accountId?: string): Venue
  reset(seed: number, settings: unknown): void
  disconnect(ms: number): void
}>

const Price = z.string()
const Bar = z.strictObject({
  symbol: z.string(),
  /** Start of the bar, epoch ms: from the first one on, the venue's clock. */
  time: z.int().optional(),
  open: Price,
  high: Price,
  low: Price,
  close: Price,
})
const Body = {
  reset: z.strictObject({ seed: z.int(), settings: z.unknown().optional() }),
  replay: z.strictObject({ bars: z.array(Bar), everyMs: z.int().positive() }),
  faults: z.array(Fault),
  hold: z.strictObject({ count: z.int().positive().default(1), timeoutMs: z.int().positive().default(10_000) }),
  disconnect: z.strictObject({ what: z.enum(['stream', 'all']), ms: z.int().min(0).default(0) }),
  manual: OrderInput.omit({ clientOrderId: true, bracket: true, oco: true }),
  cancel: z.strictObject({ name: z.string() }),
  fill: z.strictObject({ name: z.string(), quantity: z.int().positive().optional() }),
  forget: z.strictObject({ name: z.string(), livesOn: z.boolean().default(false) }),
  cash: z.strictObject({ amount: z.string() }),
  raw: z.strictObject({ text: z.string() }),
}

const HELD_LOOK_MS = 5

/** The side that tests speak to: drives the market, arms faults, and tells the truth. */
export function openControlDoor(hand: Hand) {
  return createServer((request, response) => {
    void bodyOf(request)
      .then((body) => obey(hand, new URL(request.url ?? '/', 'http://control'), body))
      .then((answer) => send(response, { status: 200, body: answer ?? {} }))
      .catch((error: unknown) =>
        send(response, { status: 400, body: { error: error instanceof Error ? error.message : String(error) } }),
      )
  })
}

async function obey(hand: Hand, { pathname, searchParams }: URL, body: unknown): Promise<unknown> {
  const venue = hand.venue(searchParams.get('account') ?? undefined)
  const { exchange } = venue
  switch (pathname) {
    case '/control/reset': {
      const { seed, settings } = Body.reset.parse(body)
      return hand.reset(seed, settings ?? {})
    }
    case '/control/settings':
      return venue.change(body)
    case '/control/bar':
      return trade(venue, Bar.parse(body))
    case '/control/replay': {
      const { bars, everyMs } = Body.replay.parse(body)
      return bars.forEach((bar, index) => venue.later(index * everyMs, () => trade(venue, bar)))
    }
    case '/control/faults':
      return Body.faults.parse(body).forEach((fault) => venue.faults.add(fault))
    case '/control/clear-faults':
      return venue.faults.clear()
    case '/control/await-held':
      return awaitHeld(venue, Body.hold.parse(body ?? {}))
    case '/control/release':
      return venue.held.splice(0).forEach(({ go }) => go())
    case '/control/disconnect': {
      const { what, ms } = Body.disconnect.parse(body)
      return what === 'stream' ? venue.stream.disconnect() : hand.disconnect(ms)
    }
    case '/control/renumber':
      venue.stream.epoch += '+'
      return venue.stream.disconnect()
    case '/control/forget-reports':
      venue.stream.forgotten = exchange.reports.length
      return undefined
    case '/control/stream-raw':
      return venue.stream.tellRaw(Body.raw.parse(body).text)
    case '/control/cash':
      return exchange.moveCash(Body.cash.parse(body).amount)
    case '/control/end-session':
      return exchange.endSession()
    case '/control/manual':
      return orderToWire(exchange.manual(Body.manual.parse(body)))
    case '/control/cancel':
      return orderToWire(exchange.cancel(named(venue, Body.cancel.parse(body).name), 'canceled by the venue'))
    case '/control/fill': {
      const { name, quantity } = Body.fill.parse(body)
      return exchange.force(named(venue, name), quantity, false)
    }
    case '/control/forget': {
      const { name, livesOn } = Body.forget.parse(body)
      return exchange.forget(named(venue, name), livesOn)
    }
    case '/control/settle':
      await venue.stream.settled()
      return undefined
    case '/control/books':
      return booksOf(venue)
    default:
      throw new Error(`there is no ${pathname}`)
  }
}

function trade({ exchange }: Venue, { symbol, time, open, high, low, close }: z.output<typeof Bar>): void {
  const instrument = instrumentOf(symbol)
  const [o, h, l, c] = [open, high, low, close].map((text) => ticksOf(instrument, text))
  exchange.bar(instrument.symbol, [o!, h!, l!, c!], time)
}

function named({ exchange }: Venue, name: string) {
  const order = exchange.find(name)
  if (!order) throw new Error(`there is no order ${name}`)
  return order
}

async function awaitHeld(venue: Venue, { count, timeoutMs }: z.output<typeof Body.hold>): Promise<unknown> {
  for (const end = performance.now() + timeoutMs; venue.held.length < count; await delay(HELD_LOOK_MS))
    if (performance.now() > end) throw new Error(`${venue.held.length} of ${count} requests held`)
  return { held: venue.held.map(({ call, where, clientOrderId }) => ({ call, where, clientOrderId })) }
}

function booksOf({ exchange, timeLine, elapsed, faults, held, settings, stream }: Venue) {
  const copies: Record<string, number> = {}
  for (const { clientOrderId } of exchange.orders)
    if (clientOrderId !== undefined) copies[clientOrderId] = (copies[clientOrderId] ?? 0) + 1
  const { currencyDigits } = settings().account
  return {
    orders: exchange.orders.map(orderToWire),
    copies,
    fills: exchange.reports.flatMap(({ fill }) => (fill ? [fill] : [])),
    positions: [...exchange.positions.values()].filter(({ quantity }) => quantity !== 0).map(positionToWire),
    cash: moneyText(exchange.cash, currencyDigits),
    refused: [...exchange.refusals].map(([clientOrderId, { code, message }]) => ({ clientOrderId, code, message })),
    now: Math.round(elapsed()),
    reports: exchange.reports.length,
    faultsLeft: faults.left().length,
    held: held.length,
    listening: stream.listening,
    timeLine: timeLine.entries(),
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}
