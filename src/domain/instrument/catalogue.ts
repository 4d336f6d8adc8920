import { nearestNames } from '../failure/nearest-names.ts'
import { refusal, type Refusal } from '../failure/refusal.ts'
import { optionOfParts } from '../options/option-instrument.ts'
import { hasOptionRules, optionRulesOf } from '../options/option-rules-of.ts'
import { readOptionSymbol } from '../options/option-symbol.ts'
import type { Instrument } from './instrument.ts'
import { ALIASES, KNOWN_INSTRUMENTS, usEquity } from './known-instruments.ts'

/** Root, month letter (F = January … Z = December), year of one or two digits. */
const FUTURES_MONTH = /^(.+)([FGHJKMNQUVXZ])(\d{1,2})$/
/** A US ticker, with the class letter of a share where it has one: SPY, BRK.B. */
const US_TICKER = /^[A-Z]{1,5}(\.[A-Z])?$/

/**
 * What a symbol means: a user's own instrument, one we know, a month of a future, else a US stock or ETF.
 *
 * The answer keeps the symbol as it was asked for (in capitals), because data is stored under it; `root` names the
 * product. So 6EH4 and 6EH24 are two symbols of root 6E, and NIFTY50 is a symbol of root NIFTY. A name that is both a
 * future and a stock is the future: ES, CL, GC and YM never mean the shares. Options are named as docs/options.md says
 * and always answer with the one way of writing them.
 *
 * @param extra the user's instruments, which win over ours
 * @returns the instrument, or the refusal `symbol-unknown` with the nearest known names
 */
export function resolveInstrument(symbol: string, extra: readonly Instrument[] = []): Instrument | Refusal {
  const asked = symbol.trim().toUpperCase()
  const named = byName(asked, extra)
  if (named) return named.symbol === asked ? named : { ...named, symbol: asked }

  const month = FUTURES_MONTH.exec(asked)
  const root = month && byName(month[1]!, extra)
  if (root && root.kind === 'future') return { ...root, symbol: asked }

  const option = asOption(asked, extra)
  if (option) return option

  return US_TICKER.test(asked) ? usEquity(asked) : unknownSymbol(symbol, asked, extra)
}

/** The option that a symbol names; a refusal where its underlying has options but not that one. */
function asOption(asked: string, extra: readonly Instrument[]): Instrument | Refusal | undefined {
  for (const reading of readOptionSymbol(asked)) {
    const underlying = resolveInstrument(reading.underlying, extra)
    if (!isInstrument(underlying) || underlying.kind === 'option') continue
    const rules = optionRulesOf(underlying)
    if (hasOptionRules(rules) && rules.symbols === reading.symbols) return optionOfParts(reading, underlying)
  }
  return undefined
}

export function isInstrument(found: Instrument | Refusal): found is Instrument {
  return 'symbol' in found
}

/** The instruments known by name, the user's first; months and US stocks follow rules and are not listed. */
export function listInstruments(extra: readonly Instrument[] = []): readonly Instrument[] {
  const own = new Set(extra.map(({ symbol }) => symbol))
  return [...extra, ...KNOWN_INSTRUMENTS.filter(({ symbol }) => !own.has(symbol))]
}

function byName(name: string, extra: readonly Instrument[]): Instrument | undefined {
  const named = (list: readonly Instrument[], wanted: string) => list.find(({ symbol }) => symbol === wanted)
  const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name
  return named(extra, name) ?? named(extra, alias) ?? named(KNOWN_INSTRUMENTS, alias)
}

function unknownSymbol(symbol: string, asked: string, extra: readonly Instrument[]): Refusal {
  const near = nearestNames(asked, [...listInstruments(extra).map((known) => known.symbol), ...Object.keys(ALIASES)])
  const guess = near.length > 0 ? `Did you mean ${near.join(', ')}? ` : ''
  return refusal(
    'symbol-unknown',
    `${JSON.stringify(symbol)} is no instrument we know.`,
    `${guess}Use a known symbol, a futures month such as ESZ5 or a US ticker, or describe it in instruments.json.`,
  )
}
