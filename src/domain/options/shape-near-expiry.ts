import { minorUnits } from '../units/units.ts'
import { americanPriceBySpot } from './american.ts'
import { checkOptionQuestion } from './check-option-question.ts'
import { priceOption } from './price-option.ts'
import type { OptionLeg } from './shape-leg.ts'
import { cornersOf, netPremium, payoffAt, type Bound, type Payoff } from './shape-payoff.ts'

/** What pricing the legs that live on takes; per year, continuously compounded, plain fractions. */
export type ShapeMarket = Readonly<{
  rate: number
  dividend: number
  volatility: number
  style: 'european' | 'american'
}>

const DAY_MS = 86_400_000
/** Prices looked at, evenly from nothing to twice the highest strike; between them break-evens are bisected. */
const STEPS = 120
const BISECTIONS = 32

/**
 * What a position has made on the day its first legs expire, the others being priced for the time they have left.
 *
 * Everything but the net premium is an estimate: it holds for the volatility that is assumed. A bought calendar spread of
 * American options never loses more than was paid for it, because the far leg can be exercised; a European one can, by
 * the interest on the strike or by dividends, where it is deep in the money.
 */
export function payoffAtNearExpiry(legs: readonly OptionLeg[], market: ShapeMarket): Payoff {
  const near = legs.map(({ expiry }) => expiry).sort()[0]!
  const ending = legs.filter(({ expiry }) => expiry === near)
  const living = legs.filter(({ expiry }) => expiry !== near)
  const made = living.map((leg) => livingPayoff(leg, yearsBetween(near, leg.expiry), market))
  const worthAt = (px: number) => payoffAt(ending, px) + made.reduce((sum, payoff) => sum + payoff(px), 0)

  const strikes = cornersOf(legs)
  const most = strikes.at(-1)! * 2
  const prices = [...new Set([...strikes, ...Array.from({ length: STEPS + 1 }, (_, step) => (most * step) / STEPS)])]
  prices.sort((a, b) => a - b)
  const amounts = prices.map(worthAt)
  const slope = legs.reduce((sum, leg) => sum + (leg.type === 'call' ? leg.quantity * leg.tickValue : 0), 0)
  const lost = -Math.min(...amounts)
  const estimate = (amount: number): Bound => ({ kind: 'estimate', amount: minorUnits(Math.round(amount)) })
  return {
    netPremium: netPremium(legs),
    maxProfit: slope > 0 ? { kind: 'unbounded' } : estimate(Math.max(...amounts)),
    maxLoss: slope < 0 || hasNakedFuture(living) ? { kind: 'unbounded' } : estimate(lost),
    breakEvens: crossings(prices, amounts, worthAt),
    points: strikes.map((px) => ({ px, amount: minorUnits(Math.round(worthAt(px))) })),
  }
}

/** Sold calls that go on when the bought ones have ended, at whichever expiry, can lose without limit. */
function hasNakedFuture(living: readonly OptionLeg[]): boolean {
  return living.some(({ expiry: from }) => {
    const calls = living.filter(({ type, expiry }) => type === 'call' && expiry >= from)
    return calls.reduce((sum, leg) => sum + leg.quantity * leg.tickValue, 0) < 0
  })
}

function livingPayoff(leg: OptionLeg, years: number, market: ShapeMarket): (px: number) => number {
  const { type, strikePx, quantity, premiumPx, tickValue } = leg
  const { rate, dividend, volatility, style } = market
  const question = { model: 'bsm', type, style, strike: strikePx, years, rate, dividend, volatility } as const
  checkOptionQuestion({ ...question, spot: strikePx })
  const priceAt =
    style === 'american'
      ? americanPriceBySpot(type, strikePx, years, rate, dividend, volatility)
      : (spot: number) => priceOption({ ...question, spot }).price
  // A worthless underlying has no logarithm; this is as good as nothing.
  const least = strikePx * 1e-9
  return (px) => quantity * tickValue * (priceAt(Math.max(px, least)) - premiumPx)
}

function yearsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS / 365
}

function crossings(
  prices: readonly number[],
  amounts: readonly number[],
  worthAt: (px: number) => number,
): readonly number[] {
  const found: number[] = []
  for (let index = 1; index < prices.length; index++) {
    if (amounts[index - 1]! * amounts[index]! >= 0) continue
    let [low, high] = [prices[index - 1]!, prices[index]!]
    const isUp = amounts[index]! > 0
    for (let step = 0; step < BISECTIONS; step++) {
      const middle = (low + high) / 2
      if (worthAt(middle) > 0 === isUp) high = middle
      else low = middle
    }
    found.push((low + high) / 2)
  }
  return found
}
