import { minorUnits, type MinorUnits } from '../units/units.ts'
import type { OptionLeg } from './shape-leg.ts'

/** Most that can be won or lost. `estimate`: found by pricing what is left at the near expiry. */
export type Bound =
  | Readonly<{ kind: 'exact' | 'estimate'; amount: MinorUnits }>
  /** There is no most: it grows with the price of the underlying. */
  | Readonly<{ kind: 'unbounded' }>

/** A corner of the payoff: the price of the underlying in ticks of the premium, and what the position has made there. */
export type PayoffPoint = Readonly<{ px: number; amount: MinorUnits }>

/** What a position makes when held to expiry. */
export type Payoff = Readonly<{
  /** Paid for the legs, less what was received; below 0 where more was received. */
  netPremium: MinorUnits
  maxProfit: Bound
  /** Above 0 is a loss; at or below 0 the position cannot lose. */
  maxLoss: Bound
  /** Prices of the underlying, in ticks of the premium, at which nothing is won or lost; both ends of a flat stretch. */
  breakEvens: readonly number[]
  /** At 0, at each strike, and a quarter above the highest. */
  points: readonly PayoffPoint[]
}>

export function netPremium(legs: readonly OptionLeg[]): MinorUnits {
  return minorUnits(legs.reduce((sum, leg) => sum + leg.quantity * leg.premiumPx * leg.tickValue, 0))
}

/**
 * What a position has made at expiry, premiums included. Exact where the price is a whole number of ticks.
 *
 * @param px price of the underlying, in ticks of the premium
 */
export function payoffAt(legs: readonly OptionLeg[], px: number): number {
  let sum = 0
  for (const { type, strikePx, quantity, premiumPx, tickValue } of legs) {
    const inside = Math.max(0, type === 'call' ? px - strikePx : strikePx - px)
    sum += quantity * tickValue * (inside - premiumPx)
  }
  return sum
}

/** The payoff of legs that expire on one day: straight between strikes, so its corners say everything. */
export function payoffOf(legs: readonly OptionLeg[]): Payoff {
  const corners = cornersOf(legs)
  const slope = legs.reduce((sum, leg) => sum + (leg.type === 'call' ? leg.quantity * leg.tickValue : 0), 0)
  const amounts = corners.map((px) => payoffAt(legs, px))
  const exact = (amount: number): Bound => ({ kind: 'exact', amount: minorUnits(amount) })
  return {
    netPremium: netPremium(legs),
    maxProfit: slope > 0 ? { kind: 'unbounded' } : exact(Math.max(...amounts)),
    maxLoss: slope < 0 ? { kind: 'unbounded' } : exact(0 - Math.min(...amounts)),
    breakEvens: breakEvensOf(corners, amounts, slope),
    points: [...corners, beyond(corners)].map((px) => ({ px, amount: minorUnits(payoffAt(legs, px)) })),
  }
}

/** 0 and the strikes, lowest first. */
export function cornersOf(legs: readonly OptionLeg[]): readonly number[] {
  return [...new Set([0, ...legs.map(({ strikePx }) => strikePx)])].sort((a, b) => a - b)
}

function beyond(corners: readonly number[]): number {
  return Math.ceil(corners.at(-1)! * 1.25)
}

function breakEvensOf(corners: readonly number[], amounts: readonly number[], slope: number): readonly number[] {
  const found = new Set<number>()
  for (let index = 0; index < corners.length; index++) {
    const [px, amount] = [corners[index]!, amounts[index]!]
    // At a price of 0 there is no trading; a zero there is a break-even only as the end of a flat stretch.
    if (amount === 0 && (px > 0 || amounts[1] === 0)) found.add(px)
    const [nextPx, next] = [corners[index + 1], amounts[index + 1]]
    if (nextPx !== undefined && amount * next! < 0) found.add(px + ((nextPx - px) * amount) / (amount - next!))
  }
  const last = amounts.at(-1)!
  if (last * slope < 0) found.add(corners.at(-1)! - last / slope)
  return [...found].sort((a, b) => a - b)
}
