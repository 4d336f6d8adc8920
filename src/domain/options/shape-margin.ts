import { minorUnits, type MinorUnits } from '../units/units.ts'
import { netPremium, payoffOf } from './shape-payoff.ts'
import type { OptionLeg } from './shape-leg.ts'

/** Shares of the underlying's worth that a naked short option must have behind it. */
export const NAKED_SHARE = 0.15
export const LEAST_NAKED_SHARE = 0.075

/**
 * What an account must have to carry a position in options, premiums included.
 *
 * `long-premium`: only bought options; their premium. `max-loss`: every sold option is covered by a bought one; the most
 * that can be lost. `naked-short`: sold options without cover; see {@link marginOf}. `mixed`: both.
 */
export type OptionMargin = Readonly<{
  amount: MinorUnits
  rule: 'long-premium' | 'max-loss' | 'naked-short' | 'mixed'
}>

/**
 * The margin of a position.
 *
 * A sold option is covered by a bought one of its type that does not expire earlier. What is covered needs its largest
 * loss: to the last unit where it expires on one day, else the distances of the strikes and the net premium. A naked
 * one needs its premium and the greater of 15 % of the underlying's worth less the amount it is out of the money, and
 * 7.5 % of the underlying's worth; of naked calls and naked puts together only the dearer side needs that, the other its
 * premium, because only one of them can lose.
 *
 * @param legs          all of one underlying; an empty position needs nothing
 * @param underlyingPx  price of the underlying, in ticks of the premium
 * @see Cboe, "Margin Manual" (strategy-based margin), for the form of the rule; its shares for broad indices are 15 %
 *      and 10 %. A real broker's own figures, such as NSE's SPAN, differ: this is the simulated venue's rule
 */
export function marginOf(legs: readonly OptionLeg[], underlyingPx: number): OptionMargin {
  const { covered, naked, widths } = pair(legs)
  if (naked.length === 0 && legs.every(({ quantity }) => quantity > 0))
    return { amount: minorUnits(Math.max(0, netPremium(legs))), rule: 'long-premium' }
  const forCovered = covered.length === 0 ? 0 : coveredLoss(covered, widths)
  const amount = minorUnits(forCovered + nakedMargin(naked, underlyingPx))
  return { amount, rule: naked.length === 0 ? 'max-loss' : covered.length === 0 ? 'naked-short' : 'mixed' }
}

function coveredLoss(covered: readonly OptionLeg[], widths: number): number {
  const isOneDay = covered.every(({ expiry }) => expiry === covered[0]!.expiry)
  if (!isOneDay) return Math.max(0, widths + netPremium(covered))
  const { maxLoss } = payoffOf(covered)
  return maxLoss.kind === 'unbounded' ? 0 : Math.max(0, maxLoss.amount)
}

function nakedMargin(naked: readonly OptionLeg[], underlyingPx: number): number {
  const sides = (['call', 'put'] as const).map((type) => {
    const legs = naked.filter((leg) => leg.type === type)
    const premium = -netPremium(legs)
    return { premium, full: premium + legs.reduce((sum, leg) => sum + exposureOf(leg, underlyingPx), 0) }
  })
  const [call, put] = sides as [(typeof sides)[0], (typeof sides)[0]]
  return Math.ceil(Math.max(call.full + put.premium, put.full + call.premium))
}

function exposureOf({ type, strikePx, quantity, tickValue }: OptionLeg, underlyingPx: number): number {
  const outOfMoney = Math.max(0, type === 'call' ? strikePx - underlyingPx : underlyingPx - strikePx)
  const share = Math.max(NAKED_SHARE * underlyingPx - outOfMoney, LEAST_NAKED_SHARE * underlyingPx)
  return Math.abs(quantity) * tickValue * share
}

type Paired = {
  /** Bought legs, and what of the sold ones they cover. */
  covered: OptionLeg[]
  naked: OptionLeg[]
  /** Most that the strikes of the pairs can cost, minor units. */
  widths: number
}

/** Covers sold legs, those that expire last first, each by the bought ones whose strike costs least. */
function pair(legs: readonly OptionLeg[]): Paired {
  const free = legs.filter(({ quantity }) => quantity > 0).map((leg) => ({ leg, left: leg.quantity * leg.tickValue }))
  const sold = legs.filter(({ quantity }) => quantity < 0).sort((a, b) => (a.expiry < b.expiry ? 1 : -1))
  const paired: Paired = { covered: legs.filter(({ quantity }) => quantity > 0), naked: [], widths: 0 }
  for (const short of sold) {
    let open: number = -short.quantity
    const costOf = (strikePx: number) => Math.max(0, (strikePx - short.strikePx) * (short.type === 'call' ? 1 : -1))
    const covers = free
      .filter(({ leg }) => leg.type === short.type && leg.expiry >= short.expiry)
      .sort((a, b) => costOf(a.leg.strikePx) - costOf(b.leg.strikePx))
    for (const cover of covers) {
      // Counted in worth, because the lots of two expiries may differ in size.
      const lots = Math.min(open, Math.floor(cover.left / short.tickValue))
      cover.left -= lots * short.tickValue
      open -= lots
      paired.widths += lots * short.tickValue * costOf(cover.leg.strikePx)
    }
    const part = (quantity: number): OptionLeg => ({ ...short, quantity: quantity as OptionLeg['quantity'] })
    if (open + short.quantity < 0) paired.covered.push(part(open + short.quantity))
    if (open > 0) paired.naked.push(part(-open))
  }
  return paired
}
