import type { Instrument, InstrumentKind } from '../instrument/instrument.ts'

/** Limits and paper-trading figures a new account begins with; money as decimal strings in the instrument's currency. */
export type StartingTerms = Readonly<{
  risk: Readonly<{ maxPositionLots: number; maxOrderLots: number; maxDailyLoss: string }>
  simulation: Readonly<{ startingCash: string; commissionPerLot: string }>
}>

/** Capital of a paper account and the daily loss it stops at (2 % of it), by currency. */
const CAPITAL: Readonly<Record<string, readonly [cash: string, dailyLoss: string]>> = {
  USD: ['100000', '2000'],
  USDT: ['100000', '2000'],
  INR: ['5000000', '100000'],
}

/**
 * Lots that make a usual order, and a usual commission per lot and side: a futures contract costs about two dollars, a
 * share or a thousandth of a coin about a cent or four.
 */
const SIZE: Readonly<Record<InstrumentKind, readonly [mostLots: number, commission: string]>> = {
  future: [10, '2.00'],
  index: [20, '20.00'],
  equity: [1_000, '0.01'],
  perpetual: [1_000, '0.04'],
  option: [20, '20.00'],
}

/**
 * What is reasonable to begin with in an instrument: one set of figures can't fit a share of 170 dollars, a contract of
 * 125,000 euros and an index counted in rupees.
 */
export function startingTerms(instrument: Pick<Instrument, 'kind' | 'currency'>): StartingTerms {
  const [startingCash, maxDailyLoss] = CAPITAL[instrument.currency.code] ?? ['100000', '2000']
  const [mostLots, commissionPerLot] = SIZE[instrument.kind]
  return {
    risk: { maxPositionLots: mostLots, maxOrderLots: mostLots, maxDailyLoss },
    simulation: { startingCash, commissionPerLot },
  }
}
