import { readUserInstruments } from '../../../adapters/instruments/user-instruments.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { refuse, Refused } from '../../../domain/failure/refusal.ts'
import { isInstrument, resolveInstrument } from '../../../domain/instrument/catalogue.ts'
import type { Instrument } from '../../../domain/instrument/instrument.ts'
import { isTimeframe, TIMEFRAMES, type Timeframe } from '../../../domain/market/bar.ts'

/** @throws {Refused} symbol-unknown, instrument-file-invalid */
export function instrumentNamed(layout: HomeLayout, symbol: string): Instrument {
  const own = readUserInstruments(layout.instrumentsFile)
  if ('code' in own) throw new Refused(own)
  const found = resolveInstrument(symbol, own)
  if (!isInstrument(found)) throw new Refused(found)
  return found
}

/** @throws {Refused} bad-usage */
export function timeframeNamed(text: string): Timeframe {
  if (isTimeframe(text)) return text
  return refuse('bad-usage', `${JSON.stringify(text)} is no timeframe.`, `Use ${Object.keys(TIMEFRAMES).join(', ')}.`)
}
