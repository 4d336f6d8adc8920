import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'

/** Rows read at a time. */
export const ROWS_AT_ONCE = 100
/** How often the rows of a bot at work are read again, ms. */
const READ_AGAIN_MS = 3_000

/** Reads rows of one listing, oldest first: the last there are, or those before a row. */
export type ReadRecords<Row> = (
  client: LauncherClient,
  page: Readonly<{ id: string; limit: number; newest: true; before?: string }>,
  options: Readonly<{ signal: AbortSignal }>,
) => Promise<readonly Row[]>

/**
 * The last rows of one of an account's listings, newest first, and as many older ones as somebody asked for: read when they
 * come into view, whenever the account's figures change, and every few seconds while its bot works.
 *
 * @param listing tells one listing from another, whatever narrows it included
 */
export function useRecords<Row>(
  listing: string,
  account: AccountStatus,
  read: ReadRecords<Row>,
  keyOf: (row: Row) => string,
) {
  const { client } = useLauncher()
  const isVisible = usePageVisible()
  const { accountId, state, position, realizedPnl, tradesToday } = account
  const isAtWork = state !== 'stopped' && state !== 'crashed'
  const query = useInfiniteQuery({
    queryKey: ['records', listing, accountId],
    queryFn: ({ signal, pageParam }) =>
      read(
        client,
        { id: accountId, limit: ROWS_AT_ONCE, newest: true, ...(pageParam === undefined ? {} : { before: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => {
      const [oldest] = page
      return oldest === undefined || page.length < ROWS_AT_ONCE ? undefined : keyOf(oldest)
    },
    refetchInterval: isAtWork && isVisible ? READ_AGAIN_MS : false,
  })
  const { refetch } = query
  useEffect(() => {
    void refetch()
  }, [refetch, state, position, realizedPnl, tradesToday])
  return { ...query, rows: query.data?.pages.flatMap((page) => page.toReversed()) }
}
