import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { topicText } from '../../src/contracts/live-topic.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useTopic } from '../live/live-context.tsx'
import type { TopicPlan } from '../live/live-stream.ts'

/** Another number whenever there is something new to read. */
const NEWS: TopicPlan<number> = {
  topic: topicText({ kind: 'signals' }),
  initial: 0,
  reduce: (count, event) => (event.type === 'signals' ? count + 1 : count),
}
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
