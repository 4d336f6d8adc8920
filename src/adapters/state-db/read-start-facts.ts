import type { AccountId } from '../../domain/account/account-id.ts'
import type { AccountStore } from '../../domain/account/account-store.ts'
import type { HomeLayout } from '../home/layout.ts'
import { lateStatements } from '../sqlite/late-statements.ts'
import { orderQueries } from './order-queries.ts'
import { nothingRead } from './read-before.ts'
import { lookIntoState } from './read-only-state.ts'
import { recordQueries } from './record-queries.ts'
import { STATE_MIGRATIONS } from './schema.ts'
import { venueAccountQueries } from './venue-account.ts'

/** What an account's state has to say about the settings that its bot would start with. */
export type StartFacts = Pick<
  AccountStore,
  'instrument' | 'orderStatusCounts' | 'openPositionSymbols' | 'openOrders' | 'checkpoints' | 'venueAccount'
>

/**
 * Shows these facts without disturbing the bot that holds the account.
 *
 * @param look called at once; the facts are there only meanwhile
 * @returns undefined for an account that has never run, or whose last bot was of an older version: its state is
 *   understood once a bot has opened it
 * @throws {Refused} the state can't be read, and whatever `look` throws
 */
export function withStartFacts<T>(
  layout: HomeLayout,
  accountId: AccountId,
  look: (facts: StartFacts) => T,
): T | undefined {
  return lookIntoState(layout, accountId, ({ db, version }) => {
    if (version !== STATE_MIGRATIONS.length) return undefined
    const statements = lateStatements(db)
    return look({
      ...orderQueries(statements, 0),
      ...recordQueries(statements, nothingRead()),
      ...venueAccountQueries(statements),
    })
  })
}
