import type { AccountRegistry } from '../../adapters/account-registry/account-registry.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { LogRef } from '../../adapters/log/reader/open-views.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { accountOf } from './known-account.ts'
import { logSegment, logSegments } from './log-segment.ts'

/** Which logs are meant by the name of an account; an unknown one is refused. */
export type AccountLogs = Readonly<{
  /** One market's; the first one's where none is named. */
  one(id: string, segment: string | undefined): LogRef
  /** The logs of several accounts: of each all it has, or that of one market. */
  all(asked: Readonly<{ ids: readonly string[]; segment?: string | undefined }>): readonly LogRef[]
}>

export function accountLogs({
  layout,
  registry,
}: Readonly<{ layout: HomeLayout; registry: AccountRegistry }>): AccountLogs {
  const settingsOf = (accountId: AccountId) => {
    const entry = registry.list().find((one) => one.accountId === accountId)
    return entry && 'settings' in entry ? entry.settings : undefined
  }
  const refOf = (accountId: AccountId, segment: string | undefined): LogRef => ({
    id: accountId,
    folder: layout.logs(accountId),
    prefix: segment === undefined ? 'live_trader_' : `live_trader_${segment}_`,
    ...(segment === undefined ? {} : { segment }),
  })
  const one = (id: string, asked: string | undefined): LogRef => {
    const accountId = accountOf(registry, id)
    const settings = settingsOf(accountId)
    return refOf(accountId, settings && logSegment(layout, settings, asked))
  }
  return {
    one,
    all: ({ ids, segment }) =>
      [...new Set(ids)].flatMap((id) => {
        if (segment !== undefined) return [one(id, segment)]
        const accountId = accountOf(registry, id)
        const settings = settingsOf(accountId)
        const segments = settings ? logSegments(layout, settings) : []
        return segments.length < 2 ? [refOf(accountId, undefined)] : segments.map((name) => refOf(accountId, name))
      }),
  }
}
