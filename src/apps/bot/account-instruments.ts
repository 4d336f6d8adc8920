import { existsSync } from 'node:fs'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { isInstrument, resolveInstrument } from '../../domain/instrument/catalogue.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { loadLate } from './load-late.ts'

/** The instruments an account trades, the primary first, and what any other symbol means here. */
export type AccountInstruments = Readonly<{
  traded: readonly Instrument[]
  resolve: (symbol: string) => Instrument | undefined
}>

/** For a bot: what reads the user's own instruments is loaded where there are any. @throws {Refused} as `resolveAccountInstruments` */
export async function openAccountInstruments(
  { instrumentsFile }: Pick<HomeLayout, 'instrumentsFile'>,
  settings: AccountSettings,
): Promise<AccountInstruments> {
  if (!existsSync(instrumentsFile)) return accountInstruments([], settings)
  const { readUserInstruments } = await loadLate(() => import('../../adapters/instruments/user-instruments.ts'))
  const own = readUserInstruments(instrumentsFile)
  if ('code' in own) throw new Refused(own)
  return accountInstruments(own, settings)
}

/** @throws {Refused} 'symbol-unknown' */
export function accountInstruments(own: readonly Instrument[], settings: AccountSettings): AccountInstruments {
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
