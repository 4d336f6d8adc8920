import type { Instrument } from '../instrument/instrument.ts'
import { KNOWN_INSTRUMENTS } from '../instrument/known-instruments.ts'

/**
 * What an instrument is called in the pool: the product where everybody knows it (ES for every month of it, NIFTY for
 * every option on it), else only its class. A share few people trade, or one's own instrument, would tell who it was.
 */
export function poolSymbolOf({ root, kind }: Pick<Instrument, 'root' | 'kind'>): string {
  return KNOWN_INSTRUMENTS.some((known) => known.root === root) ? root : CLASS_NAMES[kind]
}

/** An option on what we do not know by name counts as one on a share, which nearly all of them are. */
const CLASS_NAMES = {
  future: 'FUTURE',
  equity: 'EQUITY',
  index: 'INDEX',
  perpetual: 'PERPETUAL',
  option: 'EQUITY',
} as const satisfies Record<Instrument['kind'], string>
