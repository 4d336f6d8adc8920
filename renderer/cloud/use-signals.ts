import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useTopic } from '../live/live-context.tsx'
import { newsOf } from '../live/topics.ts'

/** Another number whenever there is something new to read. */
const NEWS = newsOf({ kind: 'signals' })
/** What no news tells of: a lease that came, an account that was changed. */
const AGAIN_MS = 15_000

/** Signals that were heard and shared, read again as they come. */
export function useSignals() {
  const { client } = useLauncher()
  const query = useQuery({
    queryKey: ['cloud', 'signals'],
    queryFn: ({ signal }) => client.signals(undefined, { signal }),
    refetchInterval: AGAIN_MS,
  })
  const news = useTopic(NEWS)
  const readAgain = useEffectEvent(() => void query.refetch())
  useEffect(() => {
    if (news > 0) readAgain()
  }, [news])
  return query
}
