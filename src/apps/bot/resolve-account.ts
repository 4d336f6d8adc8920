import { readUserInstruments } from '../../adapters/instruments/user-instruments.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { accountInstruments, type AccountInstruments } from './account-instruments.ts'

/** The instruments of an account, at once. @throws {Refused} 'symbol-unknown' | 'instrument-file-invalid' */
export function resolveAccountInstruments(layout: HomeLayout, settings: AccountSettings): AccountInstruments {
  const own = readUserInstruments(layout.instrumentsFile)
  if ('code' in own) throw new Refused(own)
  return accountInstruments(own, settings)
}
