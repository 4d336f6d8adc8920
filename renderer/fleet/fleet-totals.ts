import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { sumMoney } from '../format/sum-money.ts'

/** What accounts of one mode and one currency come to together. */
export type FleetTotal = Readonly<{
  mode: AccountStatus['mode']
  currency: string
  accounts: number
  /** Undefined where no account has told. */
  equity: string | undefined
  todayPnl: string
  openPnl: string
}>

/** Play money is never added to real money, nor one currency to another. Live comes first. */
export function fleetTotals(accounts: readonly AccountStatus[]): readonly FleetTotal[] {
  const readable = accounts.filter(({ userId }) => userId !== '')
  const groups = Map.groupBy(readable, ({ mode, currency }) => `${mode} ${currency}`)
  return [...groups.keys()]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((key) => {
      const group = groups.get(key)!
      const { mode, currency } = group[0]!
      const worth = group.flatMap(({ equity }) => equity ?? [])
      return {
        ...{ mode, currency, accounts: group.length },
        equity: worth.length === 0 ? undefined : sumMoney(worth),
        todayPnl: sumMoney(group.map(({ todayPnl }) => todayPnl ?? '0')),
        openPnl: sumMoney(group.map(({ unrealizedPnl }) => unrealizedPnl)),
      }
    })
}
