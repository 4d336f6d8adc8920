import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { AccountLog } from './account-log.tsx'
import { AccountRecords } from './account-records.tsx'

/** What one account does: its log, live, and what it has traded, ordered and decided. */
export function AccountPanel({ account }: { account: AccountStatus }) {
  return (
    <div className="accountPanel">
      <AccountLog accountId={account.accountId} />
      <AccountRecords account={account} />
    </div>
  )
}
