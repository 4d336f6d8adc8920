import { formatDecimal } from '../units/decimal.ts'
import type { Instrument } from './instrument.ts'

/** A full contract in the thousandths that limits over several instruments count in, so that sums are exact. */
export const FULL_CONTRACT_MILLI = 1_000
const PLACES = 3

/**
 * Futures of CME that firms count as a part of a contract, for descriptions that do not say so themselves. Micro bitcoin
 * and micro ether are missing on purpose: they are counted as whole ones.
 *
 * @see https://intercom.help/topstep-llc/en/articles/9221977-topstepx-micros-and-minis
 */
const PARTS: ReadonlyMap<string, number> = new Map([
  ...['MES', 'MNQ', 'MYM', 'M2K', 'MGC', 'MHG', 'MCL', 'M6E', 'M6A', 'M6B'].map((root) => [root, 100] as const),
  // 1,000 of 5,000 ounces.
  ['SIL', 200],
])

/** What one lot counts as where contracts of all instruments are added up, thousandths of a full contract. */
export function contractShareOf({
  contractMilli,
  kind,
  root,
}: Pick<Instrument, 'contractMilli' | 'kind' | 'root'>): number {
  // Shares and funds bear some of these names too.
  return contractMilli ?? (kind === 'future' ? PARTS.get(root) : undefined) ?? FULL_CONTRACT_MILLI
}

/** `4.6` for 4,600 thousandths of a contract. */
export function contractsText(milli: number): string {
  return formatDecimal(milli, PLACES).replace(/\.?0+$/, '')
}
