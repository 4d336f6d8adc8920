import { contractShareOf, contractsText } from '../instrument/contract-share.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { RiskLimits } from './risk-limits.ts'

/** What of the limit on contracts of all instruments is used; `lots` are those of the instrument that is judged. */
export type ContractsTaken = Readonly<{ lots: number; othersMilli: number }>

/** Lots of an instrument that the limit on contracts of all instruments leaves; without end where there is none. */
export function totalRoom(
  taken: ContractsTaken,
  { maxTotalContractsMilli }: RiskLimits,
  instrument: Instrument,
): number {
  if (maxTotalContractsMilli === 0) return Infinity
  return Math.max(0, Math.floor((maxTotalContractsMilli - takenMilli(taken, instrument)) / contractShareOf(instrument)))
}

/** Why no lot fits. */
export function fullText(taken: ContractsTaken, limits: RiskLimits, instrument: Instrument): string {
  const { symbol } = instrument
  const isFull = takenMilli(taken, instrument) >= limits.maxTotalContractsMilli
  const one = isFull ? '' : `; one more lot of ${symbol} counts ${contractsText(contractShareOf(instrument))}`
  return `${takenText(taken, limits, instrument)}${one}`
}

/** Why only some of the lots fit. */
export function partText(taken: ContractsTaken, wanted: number, limits: RiskLimits, instrument: Instrument): string {
  const room = totalRoom(taken, limits, instrument)
  return `room for ${room} of ${wanted} lots of ${instrument.symbol}: ${takenText(taken, limits, instrument)}`
}

function takenMilli({ lots, othersMilli }: ContractsTaken, instrument: Instrument): number {
  return lots * contractShareOf(instrument) + othersMilli
}

function takenText(taken: ContractsTaken, { maxTotalContractsMilli }: RiskLimits, instrument: Instrument): string {
  const all = contractsText(takenMilli(taken, instrument))
  return `${all} contracts held or working in all instruments, at most ${contractsText(maxTotalContractsMilli)}`
}
