import { normalCdf, normalPdf, scaledTail } from './normal.ts'
import type { OptionQuestion } from './option-pricing.ts'
import { checkOptionQuestion } from './check-option-question.ts'

export type ImpliedVolatility =
  | { readonly kind: 'found'; readonly volatility: number }
  /** At expiry every volatility gives the same price. */
  | { readonly kind: 'none'; readonly reason: 'expired' }
  /** The price is at or beyond what the option is worth with no volatility, or with an infinite one. */
  | { readonly kind: 'none'; readonly reason: 'below-bounds' | 'above-bounds'; readonly bound: number }

/** An out-of-the-money option, undiscounted, in units of √(forward × strike). */
type NormalisedPrice = Readonly<{
  /** -|ln(forward / strike)| */
  x: number
  price: number
  /** What the price leaves to its highest value, exp(x/2). */
  shortOfMost: number
}>

const MOST_STEPS = 100

/**
 * The volatility at which a European option has a price.
 *
 * Solves for the standard deviation of the logarithm, s, on the out-of-the-money side: Newton's method on the logarithm
 * of the price where it is small, of what it lacks to its bound where it is large, and on the price itself between; in
 * each case in a variable that makes the function nearly straight, and never outside the bracket found so far. The
 * result gives the price back to the last digits a double can tell.
 *
 * @param question its style is taken as European, its volatility is not looked at
 * @param price    in the unit of the strike
 * @throws {Refused} setting-invalid: a number of the question is out of its range
 * @see Jäckel, "Let's be rational", Wilmott (2015), for the normalised price and its regions
 */
export function impliedVolatility(question: OptionQuestion, price: number): ImpliedVolatility {
  checkOptionQuestion({ ...question, volatility: 0, style: 'european' })
  const { type, strike, years, rate } = question
  if (years === 0) return { kind: 'none', reason: 'expired' }
  const sign = type === 'call' ? 1 : -1
  const discount = Math.exp(-rate * years)
  const stock =
    question.model === 'black76' ? question.forward * discount : question.spot * Math.exp(-question.dividend * years)
  const cash = strike * discount
  const least = Math.max(0, sign * (stock - cash))
  const most = type === 'call' ? stock : cash
  if (!(price > least)) return { kind: 'none', reason: 'below-bounds', bound: least }
  if (!(price < most)) return { kind: 'none', reason: 'above-bounds', bound: most }
  const unit = Math.sqrt(stock) * Math.sqrt(cash)
  const deviation = solveDeviation({
    x: -Math.abs(Math.log(stock / cash)),
    price: (price - least) / unit,
    shortOfMost: (most - price) / unit,
  })
  return { kind: 'found', volatility: deviation / Math.sqrt(years) }
}

function solveDeviation(wanted: NormalisedPrice): number {
  const { x, price, shortOfMost } = wanted
  // Where the price bends: below it is convex in s, above concave.
  const bend = Math.sqrt(-2 * x)
  if (x < 0 && Math.log(price) < logPrice(x, bend))
    // The logarithm of the price falls with 1/s².
    return search(0, bend, -x / Math.sqrt(-2 * Math.log(price)), (s) => {
      const miss = logPrice(x, s) - Math.log(price)
      const slope = Math.exp(logVega(x, s) - logPrice(x, s))
      return { miss, next: 1 / Math.sqrt(Math.max(0, 1 / (s * s) + (2 * miss) / (slope * s ** 3))) }
    })
  if (price < shortOfMost)
    return search(bend, Infinity, bend, (s) => {
      const miss = plainPrice(x, s) - price
      return { miss, next: s - miss / Math.exp(logVega(x, s)) }
    })
  // The logarithm of what is lacking falls with s².
  return search(bend, Infinity, Math.max(bend, Math.sqrt(-8 * Math.log(Math.min(0.9, shortOfMost)))), (s) => {
    const lacking = Math.exp(x / 2) * normalCdf(-x / s - s / 2) + Math.exp(-x / 2) * normalCdf(x / s - s / 2)
    const miss = Math.log(shortOfMost / lacking)
    return { miss, next: Math.sqrt(Math.max(0, s * s - (2 * s * miss * lacking) / Math.exp(logVega(x, s)))) }
  })
}

/** @param step how far s is off (above 0: too large), and where the next s is expected */
function search(
  least: number,
  most: number,
  first: number,
  step: (s: number) => { miss: number; next: number },
): number {
  // With no distance to the strike the price is straight at s = 0, but its own slope cannot be had there.
  let s = first > 0 ? first : 1e-8
  let [low, high] = [least, most]
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const { miss, next } = step(s)
    if (miss === 0) return s
    if (miss > 0) high = Math.min(high, s)
    else low = Math.max(low, s)
    const isInside = next > low && next < high
    const taken = isInside ? next : high === Infinity ? 2 * s : (low + high) / 2
    if (Math.abs(taken - s) <= 1e-16 * s) return taken
    s = taken
  }
  return s
}

/** Logarithm of the normalised price, where d1 is at most 0. */
function logPrice(x: number, s: number): number {
  const d1 = x / s + s / 2
  return x / 2 - (d1 * d1) / 2 + Math.log(scaledTail(-d1) - scaledTail(s - d1))
}

function plainPrice(x: number, s: number): number {
  return Math.exp(x / 2) * normalCdf(x / s + s / 2) - Math.exp(-x / 2) * normalCdf(x / s - s / 2)
}

/** Logarithm of the change of the normalised price with s. */
function logVega(x: number, s: number): number {
  const d1 = x / s + s / 2
  return x / 2 - (d1 * d1) / 2 + LOG_DENSITY
}

const LOG_DENSITY = Math.log(normalPdf(0))
