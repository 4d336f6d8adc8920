import type { AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import { lookIntoState } from './read-only-state.ts'

/** What waits to be delivered; `oldestAt` in epoch ms. */
export type OutboxView = Readonly<{ waiting: number; oldestAt: number | undefined }>

const EMPTY: OutboxView = { waiting: 0, oldestAt: undefined }

/** @throws {Refused} the state can't be read */
export function readOutbox(layout: HomeLayout, accountId: AccountId): OutboxView {
  const found = lookIntoState(layout, accountId, ({ db }) =>
    db.prepare('SELECT count(*) AS waiting, min(created_at) AS oldest FROM outbox').get(),
  ) as { waiting: number; oldest: number | null } | undefined
  return found ? { waiting: found.waiting, oldestAt: found.oldest ?? undefined } : EMPTY
}
