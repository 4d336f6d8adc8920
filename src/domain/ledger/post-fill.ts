import type { Instrument } from '../instrument/instrument.ts'
import type { Holding, HoldingStep } from '../position/holding.ts'
import { isPaidInFull } from '../position/position.ts'
import { minorUnits, type MinorUnits } from '../units/units.ts'
import { entryOf, type Posting } from './ledger.ts'

/** The entry that opens a ledger: the cash the account starts with. */
export function postOpening(currency: string, cash: MinorUnits): readonly Posting[] {
  return entryOf(currency, { cash, 'opening-equity': -cash })
}

/**
 * The entry of one fill: gain or loss on what it closed, commission, and for equities the cost of what it opened and
 * released.
 *
 * @param before     holding before the fill
 * @param step       what the fill did to it
 * @param commission minor units; below 0 where the venue pays for the fill, which then brings cash in
 * @returns balanced postings without zero lines; none when the fill moved no money (a future opened free of charge)
 */
export function postFill(
  instrument: Instrument,
  before: Holding,
  step: HoldingStep,
  commission: number,
): readonly Posting[] {
  const realized = realizedMinor(instrument, step)
  const cost = costMinor(instrument, before, step)
  return entryOf(instrument.currency.code, {
    cash: realized - cost - commission,
    'position-cost': cost,
    'realized-pnl': -realized,
    commission,
  })
}

/** What a fill does to the cash, minor units; the same figure that `postFill` posts. */
export function cashChange(instrument: Instrument, before: Holding, step: HoldingStep, commission: number): MinorUnits {
  return minorUnits(realizedMinor(instrument, step) - costMinor(instrument, before, step) - commission)
}

/** Gain or loss on what a fill closed, before fees, minor units. */
export function realizedMinor(instrument: Instrument, step: HoldingStep): MinorUnits {
  return minorUnits(step.realized * instrument.tickValue + step.earned)
}

/** What a fill adds to the cost of what is held, minor units; nothing where only gains and losses change hands. */
function costMinor(instrument: Instrument, before: Holding, { after }: HoldingStep): number {
  if (!isPaidInFull(instrument)) return 0
  return (after.cost - before.cost) * instrument.tickValue - ((after.credit ?? 0) - (before.credit ?? 0))
}
