import type { EquityAnswer } from '../../src/contracts/launcher/charts.ts'
import { formatDecimal } from '../../src/domain/units/decimal.ts'

export type BalanceFigures = Readonly<{
  balance: string
  /** Since the account was opened; what was paid in or out is no part of it. */
  net: string
  /** Deepest distance below the highest balance before it, and when. */
  deepest: Readonly<{ amount: string; at: number }> | undefined
  /** Distance below the highest balance now. */
  drawdown: string
}>

/** What a curve comes to, as exact decimal text. */
export function balanceFigures({ opening, points, digits }: EquityAnswer): BalanceFigures {
  const money = (minor: number) => formatDecimal(minor, digits)
  const [, balance, drawdown] = points.at(-1) ?? [0, opening, 0]
  let deepest = points[0]
  for (const point of points) if (deepest && point[2] < deepest[2]) deepest = point
  return {
    balance: money(balance),
    net: money(balance - opening),
    deepest: deepest && deepest[2] < 0 ? { amount: money(deepest[2]), at: deepest[0] } : undefined,
    drawdown: money(drawdown),
  }
}
