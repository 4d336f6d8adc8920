import type { AccountRules } from '../../adapters/account-registry/apply-settings.ts'
import { readUserInstruments } from '../../adapters/instruments/user-instruments.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { isInstrument, resolveInstrument } from '../../domain/instrument/catalogue.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import type { Currency, Instrument } from '../../domain/instrument/instrument.ts'
import { strategyById } from '../../domain/strategy/index.ts'
import { areParameters, validateParameters } from '../../domain/strategy/validate-parameters.ts'

/** Brokers an account can name. */
const BROKERS = ['sim', 'gateway'] as const

const UNKNOWN_CURRENCY: Currency = { code: '', digits: 2 }

/** What this version can trade: our instruments and the user's, our strategies, our brokers. */
export function accountRules(layout: HomeLayout): AccountRules {
  return {
    brokers: BROKERS,
    instrument: (symbol) => followable(instrumentOf(layout, symbol)),
    strategy: strategyById,
    checkParameters: (strategy, given) => {
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
