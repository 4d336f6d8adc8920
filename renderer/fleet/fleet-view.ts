import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { AccountStatus, FleetEvent } from '../../src/contracts/fleet.ts'

/** Whether what the page shows is what is. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  /** Nothing was heard since, epoch ms; undefined when nothing was ever heard. */
  | { readonly kind: 'stale'; readonly since: number | undefined; readonly why: RefusalShape }

export type FleetView = Readonly<{
  connection: Connection
  /** By account id; undefined until the launcher has told. */
  accounts: readonly AccountStatus[] | undefined
}>

/** The accounts after one more event; an account that did not change stays the same object. */
export function applyEvent(
  accounts: readonly AccountStatus[] | undefined,
  event: FleetEvent,
): readonly AccountStatus[] | undefined {
  switch (event.type) {
    case 'snapshot':
      return inOrder(event.accounts)
    case 'removed':
      return accounts?.filter(({ accountId }) => accountId !== event.accountId)
    case 'status': {
      const at = accounts?.findIndex(({ accountId }) => accountId === event.account.accountId) ?? -1
      return accounts && at >= 0 ? accounts.with(at, event.account) : inOrder([...(accounts ?? []), event.account])
    }
  }
}

const order = new Intl.Collator('en', { numeric: true })

/** bot-2 stands before bot-10. */
function inOrder(accounts: readonly AccountStatus[]): readonly AccountStatus[] {
  return accounts.toSorted((a, b) => order.compare(a.accountId, b.accountId))
}
