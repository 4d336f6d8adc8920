import { useQuery } from '@tanstack/react-query'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'

/** Rows kept on the page. */
export const MOST_ROWS = 100
/** How often the rows of a bot at work are read again, ms. */
const READ_AGAIN_MS = 3_000

/** Reads the last rows of one listing, oldest first. */
export type ReadRecords<Row> = (
  client: LauncherClient,
  page: Readonly<{ id: string; limit: number; newest: true }>,
  options: Readonly<{ signal: AbortSignal }>,
) => Promise<readonly Row[]>

/**
 * The last rows of one of an account's listings, oldest first: read when they come into view, whenever the account's
 * figures change, and every few seconds while its bot works.
 */
export function useRecords<Row>(listing: string, account: AccountStatus, read: ReadRecords<Row>) {
  const { client } = useLauncher()
  const isVisible = usePageVisible()
  const { accountId, state, position, realizedPnl, tradesToday } = account
  const isAtWork = state !== 'stopped' && state !== 'crashed'
  return useQuery({
    queryKey: ['records', listing, accountId, state, position, realizedPnl, tradesToday],
    queryFn: ({ signal }) => read(client, { id: accountId, limit: MOST_ROWS, newest: true }, { signal }),
    // The rows of another account must never stand in for this one's, not even for a moment.
    placeholderData: (before, query) => (query?.queryKey[2] === accountId ? before : undefined),
    refetchInterval: isAtWork && isVisible ? READ_AGAIN_MS : false,
  })
}
