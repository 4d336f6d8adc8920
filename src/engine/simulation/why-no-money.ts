import { formatMoney, tickSize, type Instrument } from '../../domain/instrument/instrument.ts'
import { signOf, type OrderType, type Side } from '../../domain/order/order.ts'
import { minorUnits, ticks } from '../../domain/units/units.ts'
import { spreadAround } from './fill-order.ts'
import type { Market } from './market.ts'
import { optionMargin, type HeldOption } from './option-margin.ts'
import { optionPx } from './option-bar.ts'
import { isLimited } from './order-state.ts'
import { cashOf, settledOf, type Venue } from './venue.ts'

/** An entry that somebody would like to make. */
export type WantedEntry = Readonly<{ market: Market; side: Side; quantity: number; type: OrderType }>

/**
 * Why an account cannot afford entries that are taken together; undefined when it can.
 *
 * Where no option is among them, the venue lends without limit to whoever has anything left, and nothing to whoever has
 * not. Options are paid in full and shorts need margin: cash, less what bought options would cost, must cover the margin
 * of all that would then be short. Working orders count against the account as if they had filled, and never for it.
 *
 * @param except orders that the entries take the place of
 */
export function whyNoMoney(
  venue: Venue,
  wanted: readonly WantedEntry[],
  except: ReadonlySet<unknown> = new Set(),
): string | undefined {
  if (settledOf(venue) <= 0) return 'the account has no money left'
  if (!wanted.some(({ market }) => market.underlying)) return undefined
  let cash: number = cashOf(venue)
  const changes = new Map<Market, number>()
  const take = (market: Market, side: Side, quantity: number, px: number, counts: boolean) => {
    cash -= signOf(side) * quantity * px * (market.instrument?.tickValue ?? 0)
    if (counts) changes.set(market, (changes.get(market) ?? 0) + signOf(side) * quantity)
  }
  for (const market of venue.markets.values()) {
    if (!market.underlying) continue
    if (market.holding.quantity !== 0) changes.set(market, changes.get(market) ?? 0)
    for (const order of market.orders) {
      if (order.purpose !== 'entry' || except.has(order)) continue
      const px = isLimited(order) ? order.limitPx : costsPx(venue, market, order.side)
      take(market, order.side, order.quantity - order.cumQty, px, order.side === 'sell')
    }
  }
  for (const { market, side, quantity, type } of wanted)
    if (market.underlying)
      take(market, side, quantity, 'limitPx' in type ? type.limitPx : costsPx(venue, market, side), true)
  const held = [...changes].flatMap(([market, change]) => heldOption(venue, market, change) ?? [])
  const needed = optionMargin(held)
  if (needed <= cash) return undefined
  const money = (amount: number) => formatMoney(wanted[0]!.market.instrument!.currency, minorUnits(Math.ceil(amount)))
  return needed > 0
    ? `it needs ${money(needed)} of margin, and ${money(Math.max(0, cash))} would be free`
    : `it costs ${money(-cash)} more than the account has`
}

/** Price of an option where its underlying stands, ticks; 0 for what is no option or has no price yet. */
export function markOf(venue: Venue, market: Market): number {
  const { underlying, instrument } = market
  if (!underlying?.instrument || !instrument || !venue.terms.options || Number.isNaN(underlying.last)) return 0
  const left = market.expiresAt - underlying.clock
  return optionPx(instrument, underlying.instrument, ticks(underlying.last), left, venue.terms.options)
}

function costsPx(venue: Venue, market: Market, side: Side): number {
  const { bid, ask } = spreadAround(markOf(venue, market), venue.terms.options?.spreadTicks ?? 0)
  return side === 'buy' ? ask + venue.terms.slippageTicks : Math.max(0, bid - venue.terms.slippageTicks)
}

function heldOption(venue: Venue, market: Market, change: number): HeldOption | undefined {
  const { underlying, instrument, holding, expiresAt } = market
  if (!underlying?.instrument || !instrument) return undefined
  const spot = underlying.last * tickSize(underlying.instrument)
  const premium = markOf(venue, market) * tickSize(instrument as Instrument)
  return { option: instrument, quantity: holding.quantity + change, premium, spot, expiresAt }
}
