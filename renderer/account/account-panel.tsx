import type { AccountStatus } from '../../src/contracts/launcher-api.ts'
import { AccountLog } from './account-log.tsx'
import { RecentTrades } from './recent-trades.tsx'

/** What one account does: its log, live, and its last trades. */
export function AccountPanel({ account }: { account: AccountStatus }) {
  return (
    <div className="accountPanel">
      <AccountLog accountId={account.accountId} />
      <RecentTrades account={account} />
    </div>
  )
}
