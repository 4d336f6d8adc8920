import type { AccountSettings } from '../../contracts/account-settings.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { HomeLayout } from '../home/layout.ts'
import { readRiskFacts } from '../state-db/read-risk.ts'

/**
 * A number that names no breach yet would clear the one that gets it later, at whatever start comes next, with nobody
 * having looked at it.
 *
 * @param before the number that was set until now; one that stays is not judged again
 * @throws {Refused} no breach of that number stands, or it ends by itself; the state can't be read
 */
export function refuseIdleClear(layout: HomeLayout, { accountId, risk }: AccountSettings, before: number): void {
  const id = risk.clearBreach
  if (id === 0 || id === before) return
  const standing = readRiskFacts(layout, accountId)?.breaches ?? []
  const named = standing.find((breach) => breach.id === id)
  const show = `slipway risk ${accountId}`
  if (named?.until !== undefined)
    refuse(
      'setting-invalid',
      `Breach ${id} of account ${accountId} (${named.rule}) ends by itself and can't be cleared before.`,
      `See when with: ${show}`,
    )
  if (named) return
  const clearable = standing.filter(({ until }) => until === undefined).map((breach) => breach.id)
  refuse(
    'setting-invalid',
    `No breach ${id} of account ${accountId} waits to be cleared.`,
    clearable.length === 0
      ? `None does. See where it stands with: ${show}`
      : `Those that do are: ${clearable.join(', ')}. See them with: ${show}`,
  )
}
