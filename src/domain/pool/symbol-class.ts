import { isInstrument, resolveInstrument } from '../instrument/catalogue.ts'
import type { Instrument } from '../instrument/instrument.ts'
import { CORRELATION_GROUPS, openCorrelationGroups } from '../risk/correlation-groups.ts'

/** How a client names the class of an instrument whose symbol it keeps to itself: `CLASS.us-equity`. */
export const CLASS_PREFIX = 'CLASS.'

const GROUPS: ReadonlySet<string> = new Set(CORRELATION_GROUPS.map(({ name }) => name))
/** Classes of instruments that are in none of our groups. */
const KINDS = ['future', 'stock', 'index', 'perpetual', 'other'] as const
const CLASSES: ReadonlySet<string> = new Set([...GROUPS, ...KINDS])
const groupOf = openCorrelationGroups()

/**
 * Class of instruments whose experiences are compared: the group that moves together, else the kind. An option belongs to
 * the class of what it is written on.
 */
export function instrumentClass(instrument: Instrument): string {
  const group = groupOf(instrument)
  if (GROUPS.has(group)) return group
  const kind = instrument.kind === 'equity' || instrument.kind === 'option' ? 'stock' : instrument.kind
  return kind
}

/** The same from a symbol of the catalogue or a `CLASS.` name; `other` for what nobody knows. */
export function symbolClassOf(symbol: string): string {
  if (symbol.startsWith(CLASS_PREFIX)) {
    const named = symbol.slice(CLASS_PREFIX.length)
    return CLASSES.has(named) ? named : 'other'
  }
  const found = resolveInstrument(symbol)
  return isInstrument(found) ? instrumentClass(found) : 'other'
}
