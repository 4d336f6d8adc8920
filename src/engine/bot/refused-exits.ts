import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { EpochMs } from '../../domain/units/units.ts'

/**
 * Exits at the market that the broker ended unfilled, by symbol.
 *
 * A venue whose market is closed says no at once, and its word wakes the bot: an exit that is tried again whenever there
 * is time would be sent as fast as the venue answers, thousands of times in a night.
 */
export type RefusedExits = Readonly<{
  /** True while one is to be tried again. */
  readonly some: boolean
  /** False where the last ones were refused, and it is too soon for another. @param now market time */
  mayTry(symbol: string, now: EpochMs): boolean
  /** Takes in that an order has ended. */
  ended(record: OrderRecord): void
  /** Something in the symbol has filled: the market is open. */
  filled(symbol: string): void
}>

/** Refused in a row before the next one waits: what is refused once may be taken the next time. */
const AT_ONCE = 3
/** How long it waits then, ms: less than the loop's own time between two looks. */
const WAIT_MS = 4_000

export function openRefusedExits(): RefusedExits {
  const refused = new Map<string, { times: number; at: EpochMs }>()
  return {
    get some() {
      return refused.size > 0
    },
    mayTry(symbol, now) {
      const known = refused.get(symbol)
      if (!known || known.times < AT_ONCE) return true
      const age = now - known.at
      // A clock that was set back must not make it wait for hours.
      return age < 0 || age >= WAIT_MS
    },
    ended({ order, status, cumQty, cancelReason, updatedAt }) {
      const isRefused = status === 'rejected' || status === 'canceled' || status === 'expired'
      if (order.purpose !== 'exit' || order.type.kind !== 'market' || !isRefused || cumQty > 0 || cancelReason) return
      const times = (refused.get(order.symbol)?.times ?? 0) + 1
      refused.set(order.symbol, { times, at: updatedAt })
    },
    filled: (symbol) => void refused.delete(symbol),
  }
}
