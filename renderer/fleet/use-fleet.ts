import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'
import type { FleetView } from './fleet-view.ts'
import { watchFleet } from './watch-fleet.ts'

/** The fleet, kept up to date while somebody can see the page. */
export function useWatchedFleet(): FleetView {
  const { client } = useLauncher()
  const isVisible = usePageVisible()
  const fleet = useMemo(() => watchFleet(client, Date.now), [client])
  useEffect(() => {
    if (!isVisible) return undefined
    const end = new AbortController()
    void fleet.watch(end.signal)
    return () => end.abort()
  }, [fleet, isVisible])
  return useSyncExternalStore(fleet.subscribe, fleet.get)
}
