import type { Instrument } from './instrument.ts'

/**
 * Names of what one bot follows, as its logs carry them: the product where it is traded once, else the symbol, because two
 * months of one future are two segments.
 */
export function segmentsOf(instruments: readonly Instrument[]): readonly string[] {
  return instruments.map(({ root, symbol }, place) =>
    instruments.some((other, before) => before < place && other.root === root) ? symbol : root,
  )
}
