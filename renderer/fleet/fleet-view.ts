import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { AccountPatch, LiveEvent } from '../../src/contracts/launcher/live.ts'
import type { Connection } from '../live/connection.ts'

export type { Connection } from '../live/connection.ts'

export type FleetView = Readonly<{
  connection: Connection
  /** By account id; undefined until the launcher has told. */
  accounts: readonly AccountStatus[] | undefined
}>

/** The accounts after one more event; an account that did not change stays the same object. */
export function applyLive(
  accounts: readonly AccountStatus[] | undefined,
  event: LiveEvent,
): readonly AccountStatus[] | undefined {
  if (event.type === 'fleet') return inOrder(event.accounts)
  if (event.type !== 'accounts' || !accounts) return accounts
  const known = new Map(accounts.map((account) => [account.accountId, account]))
  let isOther = event.removed.length > 0
  for (const row of event.rows) {
    isOther ||= !known.has(row.accountId)
    known.set(row.accountId, row)
  }
  for (const patch of event.patches) {
    const before = known.get(patch.accountId)
    if (before) known.set(patch.accountId, merged(before, patch))
  }
  for (const accountId of event.removed) known.delete(accountId)
  return isOther ? inOrder([...known.values()]) : [...known.values()]
}

/** A field that a patch does not name keeps its value. */
function merged(before: AccountStatus, patch: AccountPatch): AccountStatus {
  const named = Object.entries(patch).filter(([, value]) => value !== undefined)
  return { ...before, ...(Object.fromEntries(named) as Partial<AccountStatus>) }
}

const order = new Intl.Collator('en', { numeric: true })

/** bot-2 stands before bot-10. */
function inOrder(accounts: readonly AccountStatus[]): readonly AccountStatus[] {
  return accounts.toSorted((a, b) => order.compare(a.accountId, b.accountId))
}
