import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { Finding } from '../../contracts/launcher/doctor.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { checkAccounts, checkHolidays, checkInstruments, checkMarketData } from './check-accounts.ts'
import { checkClock, checkDisk } from './check-machine.ts'
import { checkLauncher, checkLocks } from './check-processes.ts'
import { checkVault } from './check-vault.ts'

/** Looks at everything in an opened home that could keep bots from trading. Changes nothing. */
export async function examineHome(layout: HomeLayout, now: EpochMs): Promise<Finding[]> {
  return [
    checkDisk(layout),
    checkClock(layout, now),
    ...checkInstruments(layout),
    ...checkHolidays(layout),
    ...checkMarketData(layout),
    ...checkAccounts(layout),
    ...(await checkVault(layout)),
    await checkLauncher(layout),
    ...(await checkLocks(layout)),
  ]
}
