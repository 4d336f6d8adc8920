import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import { formatMoney } from '../../domain/instrument/instrument.ts'
import { yearsTo } from '../../domain/options/option-instrument.ts'
import { inPremiumTicks, isLeg, optionLeg, type OptionLeg } from '../../domain/options/shape-leg.ts'
import { marginOf } from '../../domain/options/shape-margin.ts'
import { signOf, type OrderType, type Side } from '../../domain/order/order.ts'
import { lots, minorUnits, ticks } from '../../domain/units/units.ts'
import { spreadAround } from './fill-order.ts'
import { marketTime, type Market } from './market.ts'
import { optionPx } from './option-bar.ts'
import { isLimited } from './order-state.ts'
import { cashOf, settledOf, type Venue } from './venue.ts'

/** An entry that somebody would like to make. */
export type WantedEntry = Readonly<{ market: Market; side: Side; quantity: number; type: OrderType }>

/**
 * Why an account cannot afford entries that are taken together; undefined when it can.
 *
 * Where no option is among them, the venue lends without limit to whoever has anything left, and nothing to whoever has
 * not. Options are paid in full and sold ones need margin (`marginNeeded`): the cash that would be left must cover it.
 * Working orders count against the account as if they had filled, those of a combo together, and never for it: what a
 * sale would bring is not there before it is made. What leaves it lacking less than it does now is never refused.
 *
 * @param except orders that the entries take the place of
 */
export function whyNoMoney(
  venue: Venue,
  wanted: readonly WantedEntry[],
  except: ReadonlySet<unknown> = new Set(),
): string | undefined {
  if (settledOf(venue) <= 0) return 'the account has no money left'
  const currency = wanted.find(({ market }) => market.underlying)?.market.instrument?.currency
  if (!currency) return undefined
  const worst = worstOf(venue, wanted, except)
  if (typeof worst === 'string') return worst
  const { cash, needed } = worst
  if (cash < 0) return `it costs ${formatMoney(currency, minorUnits(-cash))} more than the account has`
  if (needed <= cash || coversMore(venue, needed - cash, except)) return undefined
  const [asked, free] = [formatMoney(currency, minorUnits(needed)), formatMoney(currency, minorUnits(cash))]
  return `it needs ${asked} of margin, and the account would have ${free}`
}

/** True where the account would lack less than it does already: whoever can't carry a sold option may buy its cover. */
function coversMore(venue: Venue, lacking: number, except: ReadonlySet<unknown>): boolean {
  const now = worstOf(venue, [], except)
  return typeof now !== 'string' && lacking < now.needed - now.cash
}

/** The account when what is wanted has filled, and whichever working sales leave it with the least. */
function worstOf(venue: Venue, wanted: readonly WantedEntry[], except: ReadonlySet<unknown>): Standing | string {
  let worst = afterwards(venue, wanted, except)
  if (typeof worst === 'string') return worst
  for (const working of mayAlsoFill(venue, except)) {
    const next = withFilled(venue, worst, working)
    if (typeof next === 'string') return next
    if (next.needed - next.cash > worst.needed - worst.cash) worst = next
  }
  return worst
}

/** The account as it may be: its cash, lots of every option, and the margin of those. */
type Standing = Readonly<{ cash: number; holdings: ReadonlyMap<Market, number>; needed: number }>

/** When what is wanted has filled, and working orders that buy have been paid without bringing anything yet. */
function afterwards(venue: Venue, wanted: readonly WantedEntry[], except: ReadonlySet<unknown>): Standing | string {
  let cash: number = cashOf(venue)
  const holdings = new Map<Market, number>()
  for (const market of venue.markets.values()) {
    if (!market.underlying) continue
    if (market.holding.quantity !== 0) holdings.set(market, market.holding.quantity)
    for (const order of market.orders)
      if (isCounted(order, except) && order.combo === undefined && order.side === 'buy')
        cash -= costOf(venue, wantedOf(venue, market, order))
  }
  const options = wanted.filter(({ market }) => market.underlying).map((entry) => pricedOf(venue, entry))
  return withFilled(venue, { cash, holdings, needed: 0 }, options)
}

type PricedEntry = Readonly<{ market: Market; side: Side; quantity: number; px: number }>

/** Working orders that may come to be sold, each with what fills together with it. */
function mayAlsoFill(venue: Venue, except: ReadonlySet<unknown>): readonly (readonly PricedEntry[])[] {
  const groups = new Map<string, PricedEntry[]>()
  for (const market of venue.markets.values()) {
    if (!market.underlying) continue
    for (const order of market.orders) {
      if (!isCounted(order, except) || (order.combo === undefined && order.side === 'buy')) continue
      const name = order.combo === undefined ? `order ${order.clientOrderId}` : `combo ${order.combo}`
      groups.set(name, [...(groups.get(name) ?? []), wantedOf(venue, market, order)])
    }
  }
  return [...groups.values()]
}

function isCounted(order: PaperOrder, except: ReadonlySet<unknown>): boolean {
  return order.purpose === 'entry' && !except.has(order)
}

function withFilled(venue: Venue, from: Standing, entries: readonly PricedEntry[]): Standing | string {
  let { cash } = from
  const holdings = new Map(from.holdings)
  for (const entry of entries) {
    const { market, side, quantity } = entry
    cash -= costOf(venue, entry)
    holdings.set(market, (holdings.get(market) ?? 0) + signOf(side) * quantity)
  }
  const needed = marginNeeded(venue, holdings)
  return typeof needed === 'string' ? needed : { cash, holdings, needed }
}

/** What a fill takes out of the cash; below 0 where it brings something. */
function costOf(venue: Venue, { market, side, quantity, px }: PricedEntry): number {
  return quantity * (signOf(side) * px * (market.instrument?.tickValue ?? 0) + venue.terms.commissionMinorPerLot)
}

function wantedOf(venue: Venue, market: Market, order: PaperOrder): PricedEntry {
  const px = isLimited(order) ? order.limitPx : costsPx(venue, market, order.side)
  return { market, side: order.side, quantity: order.quantity - order.cumQty, px }
}

function pricedOf(venue: Venue, { market, side, quantity, type }: WantedEntry): PricedEntry {
  return { market, side, quantity, px: 'limitPx' in type ? type.limitPx : costsPx(venue, market, side) }
}

/**
 * Margin of what would be held, minor units, underlying by underlying: the rule of `marginOf`, with the premiums left
 * out of what covered positions can lose, because the cash has paid or received them already, and with those of sold
 * options added where any is naked, because closing it costs them.
 *
 * @returns a sentence where a contract cannot be counted
 */
function marginNeeded(venue: Venue, holdings: ReadonlyMap<Market, number>): number | string {
  const groups = new Map<Market, { legs: OptionLeg[]; premiums: number; px: number }>()
  for (const [market, quantity] of holdings) {
    const { underlying, instrument } = market
    if (!underlying?.instrument || !instrument || quantity === 0) continue
    const leg = optionLeg(instrument, lots(quantity), ticks(0))
    if (!isLeg(leg)) return leg.message
    const px = inPremiumTicks(instrument, underlying.instrument, ticks(underlying.last))
    const group = groups.get(underlying) ?? { legs: [], premiums: 0, px }
    group.legs.push(leg)
    group.premiums += Math.max(0, -quantity) * markOf(venue, market) * instrument.tickValue
    groups.set(underlying, group)
  }
  let sum = 0
  for (const { legs, premiums, px } of groups.values()) {
    const { amount, rule } = marginOf(legs, px)
    sum += amount + (rule === 'naked-short' || rule === 'mixed' ? premiums : 0)
  }
  return sum
}

/** Price of an option where its underlying stands, ticks; 0 for what is no option or has no price yet. */
export function markOf(venue: Venue, market: Market): number {
  const { underlying, instrument } = market
  if (!underlying?.instrument || !instrument || !venue.terms.options || Number.isNaN(underlying.last)) return 0
  const years = yearsTo(market.expiresAt, marketTime(market))
  return optionPx(instrument, underlying.instrument, ticks(underlying.last), years, venue.terms.options)
}

/** What a market order would cost or bring, as far as can be told. */
function costsPx(venue: Venue, market: Market, side: Side): number {
  const { bid, ask } = spreadAround(markOf(venue, market), venue.terms.options?.spreadTicks ?? 0)
  return side === 'buy' ? ask + venue.terms.slippageTicks : Math.max(0, bid - venue.terms.slippageTicks)
}
