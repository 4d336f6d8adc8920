import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'
import type { Connection } from './connection.ts'
import { doubts } from './doubts.ts'
import { openLiveStream, type LiveStream, type TopicPlan } from './live-stream.ts'

const LiveContext = createContext<LiveStream | undefined>(undefined)

/** One stream for everything below it, open while somebody can see the page. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { client } = useLauncher()
  const isVisible = usePageVisible()
  const live = useMemo(() => openLiveStream(client, Date.now, doubts), [client])
  useEffect(() => {
    if (!isVisible) return undefined
    const end = new AbortController()
    // The topics of the first pages are subscribed to in the same breath.
    const timer = setTimeout(() => void live.run(end.signal))
    return () => {
      clearTimeout(timer)
      end.abort()
    }
  }, [live, isVisible])
  return <LiveContext value={live}>{children}</LiveContext>
}

/** The stream itself, for what follows topics outside of rendering. */
export function useLiveStream(): LiveStream {
  const live = useContext(LiveContext)
  if (!live) throw new Error('This needs a LiveProvider above it')
  return live
}

/** Whether what the page shows is what is. */
export function useConnection(): Connection {
  const { connection } = useLiveStream()
  return useSyncExternalStore(connection.subscribe, connection.get)
}

/** What is known of a topic, live. `plan` must be the same object as long as it means the same. */
export function useTopic<S>(plan: TopicPlan<S>): S {
  const live = useLiveStream()
  const followed = useMemo(() => live.follow(plan), [live, plan])
  return useSyncExternalStore(followed.subscribe, followed.get)
}
