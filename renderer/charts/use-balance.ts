import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { EquityAnswer } from '../../src/contracts/launcher/charts.ts'
import { useReadAgain } from '../live/use-read-again.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'

/** Points kept while they grow one by one; beyond them the whole is asked for again, thinned. */
const MOST_KEPT = 6_000

/** Balance of an account over time: the whole once, then what was booked since. */
export function useBalance(account: AccountStatus) {
  const { client } = useLauncher()
  const queries = useQueryClient()
  const { accountId, instanceId } = account
  const queryKey = ['balance', accountId, instanceId]
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const before = queries.getQueryData<EquityAnswer>(queryKey)
      const isLong = (before?.points.length ?? 0) > MOST_KEPT
      const after = before === undefined || isLong ? {} : { after: before.cursor }
      const answer = await client.chart.equity({ id: accountId, ...after }, { signal })
      return before === undefined || isLong ? answer : withNewer(before, answer)
    },
    placeholderData: (before, found) => (found?.queryKey[1] === accountId ? before : undefined),
    // What is kept goes on where it ended.
    staleTime: 0,
  })
  useReadAgain(accountId, query.refetch)
  return query
}

function withNewer(before: EquityAnswer, answer: EquityAnswer): EquityAnswer {
  return {
    ...answer,
    opening: answer.opening,
    points: answer.points.length === 0 ? before.points : [...before.points, ...answer.points],
    bookings: before.bookings + answer.bookings,
  }
}
