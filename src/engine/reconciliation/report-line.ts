import type { ReconciliationReport } from '../../domain/account/account-store.ts'
import type { Reply } from '../../domain/broker/broker.ts'
import { formatMoney, formatPrice, type Currency, type Instrument } from '../../domain/instrument/instrument.ts'
import type { Fill, OrderType, Trail } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { formatDecimal } from '../../domain/units/decimal.ts'
import { minorUnits, type MinorUnits, type Ticks } from '../../domain/units/units.ts'
import type { BotContext } from '../bot/bot-context.ts'

/** One finding of a comparison: a stable code and a sentence for the trader. */
export type Line = ReconciliationReport['lines'][number]

/** An order as a trader reads it: "stop to sell 2 ESZ5 at 4990.00 (order abc…)". */
export function describeOrder(ctx: BotContext, record: Pick<OrderRecord, 'order'>): string {
  return `${describeWish(ctx, record)} (order ${record.order.clientOrderId})`
}

/** The same where the order's name stands beside it. */
export function describeWish(ctx: BotContext, { order }: Pick<OrderRecord, 'order'>): string {
  const what = { entry: 'entry', exit: 'exit', stop: 'stop', target: 'target' }[order.purpose]
  const price = describeType(order.type, ctx.instrumentOf(order.symbol))
  return `${what} to ${order.side} ${order.quantity} ${order.symbol}${price}`
}

/** Where a fill was booked: "at 4990.25", and in whose favour the venue filled between two ticks. */
export function filledAt(instrument: Instrument, { price, credit }: Pick<Fill, 'price' | 'credit'>): string {
  const at = `at ${formatPrice(instrument, price)}`
  if (credit === undefined) return at
  return `${at}, with ${moneyText(instrument.currency, minorUnits(credit))} in our favour, for the venue filled it between two ticks`
}

export function describeType(type: OrderType, instrument: Instrument | undefined): string {
  const at = (px: Ticks) => (instrument ? formatPrice(instrument, px) : `${px} ticks`)
  switch (type.kind) {
    case 'market':
      return ' at the market'
    case 'limit':
      return ` at ${at(type.limitPx)}`
    case 'stop':
      return ` at ${at(type.stopPx)}`
    case 'stop-limit':
      return ` at ${at(type.stopPx)}, limit ${at(type.limitPx)}`
    case 'trailing-stop':
      return ` trailing by ${describeTrail(type.trail, instrument)}`
  }
}

function describeTrail(trail: Trail, instrument: Instrument | undefined): string {
  if (trail.by === 'percent') return `${formatDecimal(trail.bps, 2)} %`
  return instrument ? formatPrice(instrument, trail.ticks) : `${trail.ticks} ticks`
}

export function moneyText(currency: Currency, amount: MinorUnits): string {
  return `${formatMoney(currency, amount)} ${currency.code}`
}

export function held(quantity: number): string {
  if (quantity === 0) return 'flat'
  return `${quantity > 0 ? 'long' : 'short'} ${Math.abs(quantity)}`
}

/** The broker kept silent, so nothing is known: that is never taken for "nothing there". */
export function unanswered(what: string, reply: Extract<Reply<unknown>, { ok: false }>, lines: Line[]): false {
  lines.push({
    code: 'broker-silent',
    text: `the broker did not answer about ${what} (${SILENCE[reply.failure.kind]})`,
  })
  return false
}

const SILENCE = {
  'rate-limited': 'it wants fewer requests',
  disconnected: 'the connection is down',
  rejected: 'it refused the question',
  unauthorized: 'it refused our credentials',
  'order-unknown': 'it does not know the order',
  'unknown-outcome': 'no answer came',
} as const satisfies Record<Extract<Reply<unknown>, { ok: false }>['failure']['kind'], string>
