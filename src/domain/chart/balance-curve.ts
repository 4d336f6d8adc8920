import type { EpochMs } from '../units/units.ts'

/** What an account had at a moment: closed result and costs booked, the open position not counted. Minor units. */
export type BalancePoint = Readonly<{
  at: EpochMs
  balance: number
  /** Distance below the highest balance until then; 0 or less. */
  drawdown: number
}>

/** Points of each of the parts a curve is thinned to: first, lowest, highest, deepest drawdown. */
const KEPT = 4

/**
 * The same curve with fewer points: of every part of it the first, the lowest, the highest and the deepest drawdown stay,
 * in their order, and so does the end. No extreme is lost.
 *
 * @param most points wanted at most, at least 8
 */
export function thinCurve(points: readonly BalancePoint[], most: number): readonly BalancePoint[] {
  if (points.length <= most) return points
  const parts = Math.max(1, Math.floor((most - 1) / KEPT))
  const thinned: BalancePoint[] = []
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * points.length) / parts)
    const to = Math.floor(((part + 1) * points.length) / parts)
    for (const index of extremesOf(points, from, to)) thinned.push(points[index]!)
  }
  const end = points.at(-1)!
  if (thinned.at(-1) !== end) thinned.push(end)
  return thinned
}

/** Indices of what must stay of [from, to), ascending, each once. */
function extremesOf(points: readonly BalancePoint[], from: number, to: number): number[] {
  let low = from
  let high = from
  let deep = from
  for (let at = from; at < to; at++) {
    const { balance, drawdown } = points[at]!
    if (balance < points[low]!.balance) low = at
    if (balance > points[high]!.balance) high = at
    if (drawdown < points[deep]!.drawdown) deep = at
  }
  return [...new Set([from, low, high, deep])].sort((a, b) => a - b)
}
