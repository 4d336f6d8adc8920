import type { AccountRules } from '../../adapters/account-registry/apply-settings.ts'
import { readUserInstruments } from '../../adapters/instruments/user-instruments.ts'
import type { PlugInShelf } from '../../adapters/strategy-host/plug-in-shelf.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { isInstrument, resolveInstrument } from '../../domain/instrument/catalogue.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import type { Currency, Instrument } from '../../domain/instrument/instrument.ts'
import { strategyById } from '../../domain/strategy/index.ts'
import { looksLikePath, whyNotPlugInId } from '../../domain/strategy/plug-in.ts'
import { areParameters, validateParameters } from '../../domain/strategy/validate-parameters.ts'

/** Brokers an account can name. */
const BROKERS = ['sim', 'gateway'] as const

const mayBePlugIn = (id: string) => looksLikePath(id) || whyNotPlugInId(id) === undefined

const UNKNOWN_CURRENCY: Currency = { code: '', digits: 2 }

/**
 * What this version can trade: our instruments, strategies and brokers, and the user's.
 *
 * @param shelf the user's strategies; without it there are the built-in ones only
 */
export function accountRules(layout: HomeLayout, shelf?: PlugInShelf): AccountRules {
  return {
    brokers: BROKERS,
    instrument: (symbol) => followable(instrumentOf(layout, symbol)),
    strategy: (id) => {
      const builtIn = strategyById(id)
      if (!('code' in builtIn) || !shelf || !mayBePlugIn(id)) return builtIn
      return shelf.known(id) ?? { id, title: id, parameters: [], isUnread: true }
    },
    prepare: async (id) => {
      if (!shelf || !('code' in strategyById(id))) return undefined
      const found = await shelf.read(id)
      return 'code' in found ? found : undefined
    },
    checkParameters: (strategy, given) => {
      if (strategy.isUnread) return undefined
      const checked = validateParameters(strategy, given)
      return areParameters(checked) ? undefined : checked
    },
  }
}

/** Answers from memory, because it is asked at every status. An unknown symbol counts in nothing. */
export function currencies(layout: HomeLayout): (symbol: string) => Currency {
  const known = new Map<string, Currency>()
  return (symbol) => {
    const before = known.get(symbol)
    if (before) return before
    const instrument = symbol === '' ? undefined : instrumentOf(layout, symbol)
    if (!instrument || !isInstrument(instrument)) return UNKNOWN_CURRENCY
    known.set(symbol, instrument.currency)
    return instrument.currency
  }
}

/** A bot follows a market and trades the options on it; an option has no bars of its own. */
function followable(found: Instrument | Refusal): Instrument | Refusal {
  if (!isInstrument(found) || !found.option) return found
  return refusal(
    'setting-invalid',
    `${found.symbol} is an option, and an account follows what options are on.`,
    `Choose ${found.option.underlying}; its bot trades the options on it.`,
  )
}

function instrumentOf(layout: HomeLayout, symbol: string) {
  const own = readUserInstruments(layout.instrumentsFile)
  return 'code' in own ? own : resolveInstrument(symbol, own)
}
