import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import { intrinsicTicks } from '../../domain/options/option-instrument.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import { ticks } from '../../domain/units/units.ts'
import { hasExpired, settleInCash } from './expiry.ts'
import { reachMarket, type Venue } from './venue.ts'
import type { Tape } from './tape.ts'
import { isName, isPositive } from './why-rejected.ts'
import { settleTouched } from './wake.ts'

/**
 * Exercises lots of an American option that is held: they are settled in cash at the intrinsic value of the
 * underlying's last price, free of commission. Orders that protected them shrink as after any fill.
 *
 * @returns the order under which it was done, or why it was not
 */
export function exerciseOption(
  venue: Venue,
  tape: Tape,
  id: ClientOrderId,
  symbol: string,
  quantity: number,
): PaperOrder | string {
  const option = reachMarket(venue, symbol)
  const { underlying, instrument } = option ?? {}
  if (!option || !underlying?.instrument || !instrument?.option) return `${symbol} is no option that is traded here`
  if (!isName(id)) return 'a client order id has 1 to 48 characters'
  if (!isPositive(quantity)) return `${quantity} lots can't be exercised`
  if (instrument.option.style !== 'american') return `${symbol} can only be exercised when it expires`
  if (hasExpired(venue, option)) return `${symbol} has expired`
  if (option.holding.quantity < quantity)
    return `only ${Math.max(0, option.holding.quantity)} lots of ${symbol} are held`
  if (!(intrinsicTicks(instrument, underlying.instrument, ticks(underlying.last)) > 0))
    return `${symbol} is out of the money: sell it instead`
  const order = settleInCash(venue, option, tape, id, quantity, 'exercise')
  settleTouched(tape)
  return order
}
