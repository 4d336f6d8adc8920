import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { AccountStatus, TradeRow } from '../../src/contracts/launcher-api.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'

/** Trades kept on the page. */
export const MOST_TRADES = 100
const PAGE = 5_000

type Seen = Readonly<{ trades: readonly TradeRow[]; stamp: string }>

/** The last closed trades of an account, oldest first; read on whenever its figures say that there are more. */
export function useRecentTrades({ accountId, realizedPnl, tradesToday }: AccountStatus) {
  const { client } = useLauncher()
  const queries = useQueryClient()
  const stamp = `${realizedPnl} ${tradesToday}`
  const queryKey = ['trades', accountId]
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Seen> => ({
      stamp,
      trades: await readOn(client, accountId, queries.getQueryData<Seen>(queryKey)?.trades ?? [], signal),
    }),
  })
  const { data, isFetching, isError, refetch } = query
  const isBehind = data !== undefined && data.stamp !== stamp
  useEffect(() => {
    if (isBehind && !isFetching && !isError) void refetch()
  }, [isBehind, isFetching, isError, refetch])
  return query
}

/** The listing goes from old to new, so it is read on from the last known trade, or from the beginning without one. */
async function readOn(
  client: LauncherClient,
  id: string,
  known: readonly TradeRow[],
  signal: AbortSignal,
): Promise<readonly TradeRow[]> {
  let trades = known
  while (true) {
    const after = trades.at(-1)?.tradeId
    const page = await client.trades({ id, limit: PAGE, ...(after === undefined ? {} : { after }) }, { signal })
    trades = [...trades, ...page].slice(-MOST_TRADES)
    if (page.length < PAGE) return trades
  }
}
