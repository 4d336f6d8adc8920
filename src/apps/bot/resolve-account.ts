import { readUserInstruments } from '../../adapters/instruments/user-instruments.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { isInstrument, resolveInstrument } from '../../domain/instrument/catalogue.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'

/**
 * The instrument an account trades.
 *
 * @throws {Refused} 'symbol-unknown' | 'instrument-file-invalid'
 */
export function resolveAccountInstrument(layout: HomeLayout, settings: AccountSettings): Instrument {
  const own = readUserInstruments(layout.instrumentsFile)
  if ('code' in own) throw new Refused(own)
  const found = resolveInstrument(settings.symbol, own)
  if (!isInstrument(found)) throw new Refused(found)
  return found
}
