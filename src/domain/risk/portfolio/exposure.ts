import type { Instrument } from '../../instrument/instrument.ts'
import type { Side } from '../../order/order.ts'
import { parseDecimal } from '../../units/decimal.ts'
import type { EpochMs, Ticks } from '../../units/units.ts'
import type { GroupOf } from '../correlation-groups.ts'

/**
 * What limits across accounts count, by name: `notional` (minor units), `positions` (a number), and `GROUP:long` and
 * `GROUP:short` for each correlation group (minor units).
 */
export type Uses = Readonly<Record<string, number>>

/** An account's part of its user's portfolio, as its bot tells it. */
export type AccountExposure = Readonly<{
  /** Code of the currency that all amounts are in. */
  currency: string
  /** What is held and what working entries may still add; resources of every group it trades, zeros included. */
  uses: Uses
  /** Worth of one lot of the dearest instrument it trades, minor units; 0 before the first price. */
  unitMinor: number
  /** Result of the account's present day, open positions included, minor units. */
  dayResultMinor: number
  /** When that day ends. */
  dayEnd: EpochMs
}>

/** Something that is held or may be: signed lots held, lots of working entries by side. */
export type Holding = Readonly<{
  instrument: Instrument
  /** Last price; an option counts with its strike and needs none. */
  px: Ticks
  quantity: number
  workingBuys: number
  workingSells: number
}>

/** `GROUP:long` or `GROUP:short`. */
export function groupResource(group: string, direction: 'long' | 'short'): string {
  return `${group}:${direction}`
}

/**
 * Worth of one lot at a price, minor units. An option counts as what it is written on, at its strike: its premium would
 * tell nothing of what a sold one can cost.
 */
export function lotWorth({ option, priceDigits, tickUnits, tickValue }: Instrument, px: Ticks): number {
  if (!option) return Math.abs(px) * tickValue
  const strike = parseDecimal(option.strike, priceDigits) ?? 0
  return Math.round((strike / tickUnits) * tickValue)
}

/** The side of the market that buying or selling an instrument is a bet on: a sold put is long. */
export function directionOf({ option }: Pick<Instrument, 'option'>, side: Side): 'long' | 'short' {
  return (side === 'buy') === (option?.type !== 'put') ? 'long' : 'short'
}

/**
 * What an account uses of its user's limits. Working entries count as filled; that one may close what another opens is
 * not counted on.
 *
 * @param groups of the instruments it trades, so that room in them can be handed out before anything is held
 */
export function usesOf(holdings: readonly Holding[], groups: readonly string[], groupOf: GroupOf): Uses {
  const uses: Record<string, number> = { notional: 0, positions: 0 }
  for (const group of groups) {
    uses[groupResource(group, 'long')] = 0
    uses[groupResource(group, 'short')] = 0
  }
  const add = (resource: string, amount: number) => void (uses[resource] = (uses[resource] ?? 0) + amount)
  for (const { instrument, px, quantity, workingBuys, workingSells } of holdings) {
    const bought = Math.max(0, quantity) + workingBuys
    const sold = Math.max(0, -quantity) + workingSells
    if (bought + sold === 0) continue
    const worth = lotWorth(instrument, px)
    const group = groupOf(instrument)
    add('notional', (bought + sold) * worth)
    add('positions', 1)
    if (bought > 0) add(groupResource(group, directionOf(instrument, 'buy')), bought * worth)
    if (sold > 0) add(groupResource(group, directionOf(instrument, 'sell')), sold * worth)
  }
  return uses
}
