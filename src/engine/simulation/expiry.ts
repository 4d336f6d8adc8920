import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import { clientOrderId } from '../../domain/order/order.ts'
import { intrinsicTicks } from '../../domain/options/option-instrument.ts'
import { ticks } from '../../domain/units/units.ts'
import { bookFill } from './fill-order.ts'
import type { Market } from './market.ts'
import { newRow } from './new-row.ts'
import { endOrder } from './order-state.ts'
import { working, type Venue } from './venue.ts'
import type { Tape } from './tape.ts'
import { settleTouched } from './wake.ts'

/** Why a fill without a client's order took place. */
export type SettlementReason = 'expiry' | 'exercise'

/** The order under which the venue settles what is left of an option when it expires. */
export function expiryOrderId(symbol: string): ClientOrderId {
  return clientOrderId(`expiry-${symbol}`)
}

/**
 * Ends every option on a market that expires by `until`: its orders expire, and what is held is settled in cash at the
 * intrinsic value of the underlying's last price, a short one being assigned; worthless, it goes at 0. Options with
 * physical settlement are settled in cash too: this venue delivers nothing.
 */
export function settleExpired(venue: Venue, underlying: Market, tape: Tape, until: number): void {
  if (Number.isNaN(underlying.last)) return
  for (const option of [...underlying.options]) {
    if (option.expiresAt > until) continue
    for (const order of option.orders) endOrder(option, tape, order, 'expired', 'the option has expired')
    const held = option.holding.quantity
    if (held !== 0) settleInCash(venue, option, tape, expiryOrderId(option.symbol), Math.abs(held), 'expiry')
  }
  settleTouched(tape)
}

/** True from the end of the last bar before the expiry on. */
export function hasExpired({ others }: Venue, { underlying, expiresAt }: Market): boolean {
  return underlying !== undefined && underlying.clock + (others.barMs ?? 0) >= expiresAt
}

/**
 * Closes lots of an option at its intrinsic value, free of commission, under an order of that name.
 *
 * @returns the order, filled
 */
export function settleInCash(
  venue: Venue,
  option: Market,
  tape: Tape,
  id: ClientOrderId,
  quantity: number,
  reason: SettlementReason,
): PaperOrder {
  const { instrument, underlying } = option
  if (!instrument || !underlying?.instrument)
    throw new Error(`${option.symbol} was settled, and nobody knows what it is`)
  const row = newRow(venue, option, {
    clientOrderId: id,
    side: option.holding.quantity > 0 ? 'sell' : 'buy',
    kind: 'market',
    timeInForce: 'gtc',
    purpose: 'exit',
    quantity,
    reason,
  })
  const price = intrinsicTicks(instrument, underlying.instrument, ticks(underlying.last))
  const order = working(row)
  bookFill(venue, option, tape, order, { quantity, price, commission: 0 })
  return order
}
