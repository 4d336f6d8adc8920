import { isInstrument, resolveInstrument } from '../instrument/catalogue.ts'
import type { InstrumentKind } from '../instrument/instrument.ts'
import { poolSymbolOf } from '../experience/pool-symbol.ts'
import { CORRELATION_GROUPS, openCorrelationGroups } from '../risk/correlation-groups.ts'

const groupOf = openCorrelationGroups()
const GROUPS: ReadonlySet<string> = new Set(CORRELATION_GROUPS.map(({ name }) => name))

/** Classes of what the pool knows by its class alone (domain/experience/pool-symbol.ts). */
const CLASS_OF: Readonly<Record<string, string>> = {
  FUTURE: 'future',
  EQUITY: 'stock',
  INDEX: 'index',
  PERPETUAL: 'perpetual',
}
const CLASS_OF_KIND = {
  future: 'future',
  equity: 'stock',
  index: 'index',
  perpetual: 'perpetual',
  option: 'stock',
} as const satisfies Record<InstrumentKind, string>

/**
 * Class of symbols whose experiences are compared: the group that moves together, else the kind; `other` for what nobody
 * knows.
 *
 * @param symbol as the pool names it, or one of the catalogue, which then counts as what the pool would call it
 */
export function symbolClassOf(symbol: string): string {
  if (Object.hasOwn(CLASS_OF, symbol)) return CLASS_OF[symbol]!
  const found = resolveInstrument(symbol)
  if (!isInstrument(found)) return 'other'
  const shared = poolSymbolOf(found)
  if (Object.hasOwn(CLASS_OF, shared)) return CLASS_OF[shared]!
  const group = groupOf({ symbol: shared, root: shared })
  return GROUPS.has(group) ? group : CLASS_OF_KIND[found.kind]
}
