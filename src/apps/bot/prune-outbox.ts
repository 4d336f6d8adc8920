import { setTimeout as delay } from 'node:timers/promises'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { settledRows } from '../../adapters/outbox/settled-rows.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { AccountStore } from '../../domain/account/account-store.ts'

/** Rows looked at in one go (a millisecond or two), how long the bot has to itself in between, and goes in all. */
const ROWS = 100
const PAUSE_MS = 250
const MOST_GOES = 200

type Outbox = Pick<AccountStore, 'transact' | 'outboxAfter' | 'forgetOutbox'>

/**
 * Forgets rows of the outbox that the book of deliveries has as delivered or given up. Once after each start, a little at
 * a time; what is left is forgotten after the next.
 *
 * @returns how many were forgotten
 */
export async function pruneOutbox(
  layout: HomeLayout,
  accountId: AccountId,
  store: Outbox,
  pauseMs = PAUSE_MS,
): Promise<number> {
  let after = 0
  let forgotten = 0
  for (let go = 0; go < MOST_GOES; go++) {
    const rows = store.outboxAfter(after, ROWS)
    const settled = settledRows(layout, accountId, rows)
    if (settled.length > 0) store.transact(() => store.forgetOutbox(settled))
    forgotten += settled.length
    if (rows.length < ROWS) return forgotten
    after = rows.at(-1)!.seq
    await delay(pauseMs, undefined, { ref: false })
  }
  return forgotten
}
