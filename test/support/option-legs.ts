import { optionInstrument } from '../../src/domain/options/option-instrument.ts'
import { isInstrument } from '../../src/domain/instrument/catalogue.ts'
import type { OptionType } from '../../src/domain/options/option-pricing.ts'
import { isLeg, optionLeg, type OptionLeg } from '../../src/domain/options/shape-leg.ts'
import { lots, ticks } from '../../src/domain/units/units.ts'
import { instrumentOf } from './sample-bars.ts'
import type { ShapeKind } from '../../src/domain/options/shape-kind.ts'

export const NEAR = '2024-01-25'
export const FAR = '2024-02-29'

/** A leg on NIFTY (a lot of 50, a tick of 0.05 rupees); strike and premium in rupees. */
export function niftyLeg(
  quantity: number,
  type: OptionType,
  strike: number,
  premium: number,
  expiry: string = NEAR,
): OptionLeg {
  const underlying = instrumentOf('NIFTY')
  const terms = {
    underlying: 'NIFTY',
    type,
    strike: String(strike),
    expiry,
    style: 'european',
    settlement: 'cash',
  } as const
  const option = optionInstrument(terms, underlying)
  if (!isInstrument(option)) throw new Error(option.message)
  const leg = optionLeg(option, lots(quantity), ticks(Math.round(premium * 20)))
  if (!isLeg(leg)) throw new Error(leg.message)
  return leg
}

/** Rupees as ticks of a NIFTY premium. */
export const rupees = (price: number) => Math.round(price * 20)

/** One position of each kind. */
export const SHAPES: Readonly<Record<ShapeKind, readonly OptionLeg[]>> = {
  single: [niftyLeg(2, 'call', 21_700, 120)],
  'vertical-spread': [niftyLeg(1, 'call', 21_700, 120), niftyLeg(-1, 'call', 21_800, 70)],
  'iron-condor': [
    niftyLeg(1, 'put', 21_300, 20),
    niftyLeg(-1, 'put', 21_500, 50),
    niftyLeg(-1, 'call', 21_900, 45),
    niftyLeg(1, 'call', 22_100, 15),
  ],
  'butterfly-spread': [
    niftyLeg(1, 'call', 21_600, 180),
    niftyLeg(-2, 'call', 21_700, 120),
    niftyLeg(1, 'call', 21_800, 70),
  ],
  'calendar-spread': [niftyLeg(-1, 'call', 21_700, 120), niftyLeg(1, 'call', 21_700, 330, FAR)],
  straddle: [niftyLeg(1, 'call', 21_700, 120), niftyLeg(1, 'put', 21_700, 110)],
  strangle: [niftyLeg(1, 'put', 21_500, 50), niftyLeg(1, 'call', 21_900, 45)],
}
