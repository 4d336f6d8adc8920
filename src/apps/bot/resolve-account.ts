import { readUserInstruments } from '../../adapters/instruments/user-instruments.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { isInstrument, resolveInstrument } from '../../domain/instrument/catalogue.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'

/** The instruments an account trades, the primary first, and what any other symbol means here. */
export type AccountInstruments = Readonly<{
  traded: readonly Instrument[]
  resolve: (symbol: string) => Instrument | undefined
}>

/** @throws {Refused} 'symbol-unknown' | 'instrument-file-invalid' */
export function resolveAccountInstruments(layout: HomeLayout, settings: AccountSettings): AccountInstruments {
  const own = readUserInstruments(layout.instrumentsFile)
  if ('code' in own) throw new Refused(own)
  const traded = [settings.symbol, ...settings.alsoSymbols].map((symbol) => {
    const found = resolveInstrument(symbol, own)
    if (!isInstrument(found)) throw new Refused(found)
    return found
  })
  const resolve = (symbol: string) => {
    const found = resolveInstrument(symbol, own)
    return isInstrument(found) ? found : undefined
  }
  return { traded, resolve }
}
