import type { AccountId } from '../../domain/account/account-id.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import { lookIntoState } from './read-only-state.ts'

/**
 * Start of the last bar of a series that an account's bot has durably taken; a bot without a position makes its place
 * durable now and then only, so a running one may be further on.
 */
export function readPlace(layout: HomeLayout, accountId: AccountId, series: string): EpochMs | undefined {
  return lookIntoState(layout, accountId, ({ db, version }) => {
    if (version < 4) return undefined
    const bar = db.prepare('SELECT bar FROM checkpoints WHERE series = ?').pluck().get(series)
    return typeof bar === 'string' ? (JSON.parse(bar) as Bar).time : undefined
  })
}
