import type { Instrument } from '../instrument/instrument.ts'
import { signOf, type Fill } from '../order/order.ts'
import { changeHolding, EMPTY_HOLDING, type Holding } from '../position/holding.ts'
import { minorUnits, type MinorUnits } from '../units/units.ts'
import { cashChange } from './post-fill.ts'

/**
 * The cash that an account had before some fills, so that booking them brings it to what it has now.
 *
 * @param cash       minor units now
 * @param fills      oldest first; one whose instrument nobody knows counts for nothing
 */
export function cashBefore(
  cash: MinorUnits,
  fills: readonly Fill[],
  instrumentOf: (symbol: string) => Instrument | undefined,
): MinorUnits {
  const holdings = new Map<string, Holding>()
  let change = 0
  for (const { symbol, side, quantity, price, credit, commission } of fills) {
    const instrument = instrumentOf(symbol)
    if (!instrument) continue
    const held = holdings.get(symbol) ?? EMPTY_HOLDING
    const step = changeHolding(held, signOf(side) * quantity, price, credit)
    change += cashChange(instrument, held, step, commission)
    holdings.set(symbol, step.after)
  }
  return minorUnits(cash - change)
}
