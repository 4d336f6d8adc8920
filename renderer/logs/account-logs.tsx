import { useMemo } from 'react'
import { LogViewer } from './log-viewer.tsx'

/** The log of one account, as a part of its page. */
export function AccountLogs({ accountId, symbol }: { accountId: string; symbol?: string }) {
  const accountIds = useMemo(() => [accountId], [accountId])
  return <LogViewer key={accountId} what={`the log of ${accountId}`} accountIds={accountIds} symbol={symbol} />
}
