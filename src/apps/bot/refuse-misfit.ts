import type { AccountStore } from '../../domain/account/account-store.ts'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { latest } from '../../engine/bot/lane-book.ts'
import { openAccountFeed } from './open-account-feed.ts'

/** What a price in ticks and an amount in minor units mean. */
const COUNTING = ['kind', 'tickUnits', 'priceDigits', 'tickValue'] as const satisfies readonly (keyof Instrument)[]

/**
 * Prices are kept in ticks: under another tick size every position, order and fill of the account would mean something
 * else.
 *
 * @throws {Refused} 'setting-invalid' when the instrument was described otherwise while the account traded it
 */
export function refuseOtherCounting(
  store: Pick<AccountStore, 'instrument' | 'orderStatusCounts'>,
  instrument: Instrument,
): void {
  const before = store.instrument(instrument.symbol)
  if (!before) return
  const changed = COUNTING.find((field) => before[field] !== instrument[field])
  if (changed === undefined || store.orderStatusCounts().size === 0) return
  throw new Refused(
    refusal(
      'setting-invalid',
      `${instrument.symbol} counts otherwise than when this account traded it (${changed} was ${before[changed]}, is ${instrument[changed]}).`,
      `Describe ${instrument.symbol} in instruments.json as it was, or add another account for the new description.`,
    ),
  )
}

/** A bot sees prices of what it follows and of options on that: lots and orders of anything else would be nobody's. */
export function refuseOtherSymbol(
  store: Pick<AccountStore, 'instrument' | 'openPositionSymbols' | 'openOrders'>,
  traded: readonly Instrument[],
): void {
  const isForeign = (symbol: string) => {
    const underlying = store.instrument(symbol)?.option?.underlying
    return !traded.some((one) => one.symbol === symbol || one.symbol === underlying)
  }
  const held = store.openPositionSymbols().find(isForeign)
  const ordered = store.openOrders().find(({ order }) => isForeign(order.symbol))?.order.symbol
  const other = held ?? ordered
  if (other === undefined) return
  const what = held === undefined ? 'has open orders in' : 'holds'
  throw new Refused(
    refusal(
      'not-reconciled',
      `The account still ${what} ${other} but is set to trade ${traded.map(({ symbol }) => symbol).join(', ')}.`,
      `Set symbol=${[store.instrument(other)?.option?.underlying ?? other, ...traded.map(({ symbol }) => symbol)].join(',')}, start it and stop it with --flatten, then change the symbols.`,
    ),
  )
}

/** Time never goes back in an account: a new symbol is traded from where the last one ended, if it has bars there. */
export function refuseEndedPlace(
  request: Parameters<typeof openAccountFeed>[0],
  store: Pick<AccountStore, 'checkpoints'>,
): void {
  const places = store.checkpoints()
  const { symbol } = request.instrument
  const time = latest(places)
  if (time === undefined || places.some(({ series, parked }) => !parked && series.startsWith(`${symbol}:`))) return
  const { feed } = openAccountFeed(request, { after: time })
  const first = feed.poll()
  feed.close()
  if (first || request.settings.feed.kind !== 'replay') return
  throw new Refused(
    refusal(
      'data-missing',
      `The account has traded up to ${new Date(time).toISOString()}, and there are no bars of ${symbol} after that.`,
      `Add another account for ${symbol}, or import later bars of it.`,
    ),
  )
}
