import { useInfiniteQuery } from '@tanstack/react-query'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useReadAgain } from '../live/use-read-again.ts'

/** Rows read at a time. */
export const ROWS_AT_ONCE = 100

/** Reads rows of one listing, oldest first: the last there are, or those before a row. */
export type ReadRecords<Row> = (
  client: LauncherClient,
  page: Readonly<{ id: string; limit: number; newest: true; before?: string }>,
  options: Readonly<{ signal: AbortSignal }>,
) => Promise<readonly Row[]>

/**
 * The last rows of one of an account's listings, newest first, and as many older ones as somebody asked for: read when they
 * come into view, and whenever the account has done something.
 *
 * @param listing tells one listing from another, whatever narrows it included
 */
export function useRecords<Row>(
  listing: string,
  accountId: string,
  read: ReadRecords<Row>,
  keyOf: (row: Row) => string,
) {
  const { client } = useLauncher()
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
  })
  useReadAgain(accountId, query.refetch)
  return { ...query, rows: query.data?.pages.flatMap((page) => page.toReversed()) }
}
