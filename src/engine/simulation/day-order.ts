import { epochMs } from '../../domain/units/units.ts'
import { clockOf, type Market } from './market.ts'
import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import type { Venue } from './venue.ts'

/**
 * The session that a `day` order dies with when it is sent now: the one that is open, or the next one where the market is
 * closed, that of its close included: whatever is decided when the last bar of a session has ended comes too late for it.
 *
 * Now is the end of the latest bar of any market, as for everything that is sent here.
 *
 * @returns undefined for the next session, whose date shows with its first bar
 */
export function sessionForDayOrder({ now, others }: Venue, market: Market): string | undefined {
  const { symbol, session, clock } = clockOf(market)
  if (session === undefined) return undefined
  const close = others.sessionsOf?.(symbol)?.sessionAt(epochMs(clock))?.close
  return close !== undefined && Math.max(clock, now) + (others.barMs ?? 0) >= close ? undefined : session
}

/** False for a `day` order while a session other than its own is open, such as the rest of the one that it came too late for. */
export function isOfSession({ timeInForce, session }: PaperOrder, market: Market): boolean {
  return timeInForce !== 'day' || session === clockOf(market).session
}
