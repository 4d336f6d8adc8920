import type { ShapeQuestion, ShapeReport } from './assess-shape.ts'
import type { ImpliedVolatility } from './implied-volatility.ts'
import type { OptionQuestion, OptionValue } from './option-pricing.ts'
import type { ImpliedVolatilityQuestion } from './pricing-port.ts'
import { netPremium, payoffAt } from './shape-payoff.ts'

/** Relative to what is at stake, spot and strike together: far above rounding, far below a tick. */
const SLACK = 1e-6

/** What an option cannot cost less or more than, whatever the volatility; from prices today alone. */
export type NoArbitrageBounds = Readonly<{ least: number; most: number }>

/**
 * Bounds of an option's price that hold without any model.
 *
 * An American option may be exercised at any time, so at least what that brings now, and at most what holding stock or
 * cash could ever be worth under rates that may be negative.
 *
 * @see Merton, "Theory of Rational Option Pricing", Bell J. Econ. 4 (1973), theorems 1 to 3
 */
export function noArbitrageBounds(question: OptionQuestion): NoArbitrageBounds {
  const { type, style, strike, years, rate } = question
  const underlying = question.model === 'black76' ? question.forward : question.spot
  const growth = Math.exp(-(question.model === 'black76' ? rate : question.dividend) * years)
  const discount = Math.exp(-rate * years)
  const sign = type === 'call' ? 1 : -1
  const european = Math.max(0, sign * (underlying * growth - strike * discount))
  if (style === 'european') return { least: european, most: type === 'call' ? underlying * growth : strike * discount }
  return {
    least: Math.max(european, sign * (underlying - strike)),
    most: type === 'call' ? underlying * Math.max(1, growth) : strike * Math.max(1, discount),
  }
}

/** Whether a price and Greeks can be an answer at all; it does not price the option again. */
export function isPlausibleValue(question: OptionQuestion, value: OptionValue): boolean {
  const { price, delta, gamma, vega, theta, rho } = value
  if (!Number.isFinite(price + delta + gamma + vega + theta + rho)) return false
  const { least, most } = noArbitrageBounds(question)
  const underlying = question.model === 'black76' ? question.forward : question.spot
  const slack = SLACK * (underlying + question.strike)
  if (price < least - slack || price > most + slack) return false
  const carry = question.model === 'black76' ? question.rate : question.dividend
  const steepest = Math.max(1, Math.exp(-carry * question.years)) + SLACK
  const towards = question.type === 'call' ? delta : -delta
  return towards >= -SLACK && towards <= steepest && vega >= -slack && gamma * underlying >= -SLACK
}

/** Whether an implied volatility can be the answer to a price. */
export function isPlausibleVolatility(asked: ImpliedVolatilityQuestion, told: ImpliedVolatility): boolean {
  const { option, price } = asked
  if (option.years === 0) return told.kind === 'none' && told.reason === 'expired'
  const { least, most } = noArbitrageBounds({ ...option, style: 'european' })
  const slack = SLACK * ((option.model === 'black76' ? option.forward : option.spot) + option.strike)
  if (told.kind === 'found')
    return Number.isFinite(told.volatility) && told.volatility >= 0 && price > least - slack && price < most + slack
  switch (told.reason) {
    case 'expired':
      return false
    case 'below-bounds':
      return price <= least + slack
    case 'above-bounds':
      return price >= most - slack
  }
}

/**
 * Whether a report can be about these legs: sums and corners of a payoff are simple, so they are held against the legs
 * themselves. What the position is worth before its last expiry cannot be seen from here.
 */
export function isPlausibleReport({ legs, shape }: ShapeQuestion, { payoff, margin, ...told }: ShapeReport): boolean {
  if (shape !== undefined && told.shape !== shape) return false
  if (payoff.netPremium !== netPremium(legs) || margin.amount < 0) return false
  const isOneDay = legs.every(({ expiry }) => expiry === legs[0]?.expiry)
  if (!isOneDay) return true
  const { maxLoss, maxProfit, points } = payoff
  const slope = legs.reduce((sum, leg) => sum + (leg.type === 'call' ? leg.quantity * leg.tickValue : 0), 0)
  if (slope < 0 !== (maxLoss.kind === 'unbounded') || slope > 0 !== (maxProfit.kind === 'unbounded')) return false
  const amounts = [0, ...legs.map(({ strikePx }) => strikePx)].map((px) => payoffAt(legs, px))
  if (maxLoss.kind !== 'unbounded' && maxLoss.amount !== 0 - Math.min(...amounts)) return false
  if (maxProfit.kind !== 'unbounded' && maxProfit.amount !== Math.max(...amounts)) return false
  return points.every(({ px, amount }) => amount === payoffAt(legs, px))
}
