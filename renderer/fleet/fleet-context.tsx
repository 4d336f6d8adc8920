import { createContext, useContext, useMemo, type ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { LiveProvider, useConnection, useTopic } from '../live/live-context.tsx'
import type { TopicPlan } from '../live/live-stream.ts'
import { applyLive, type FleetView } from './fleet-view.ts'

const FLEET: TopicPlan<readonly AccountStatus[] | undefined> = {
  topic: 'fleet',
  initial: undefined,
  reduce: applyLive,
}

const FleetContext = createContext<FleetView | undefined>(undefined)

/** One live stream, and one watch of the fleet, for everything on the page. */
export function FleetProvider({ children }: { children: ReactNode }) {
  return (
    <LiveProvider>
      <WatchedFleet>{children}</WatchedFleet>
    </LiveProvider>
  )
}

function WatchedFleet({ children }: { children: ReactNode }) {
  const connection = useConnection()
  const accounts = useTopic(FLEET)
  const view = useMemo(() => ({ connection, accounts }), [connection, accounts])
  return <FleetContext value={view}>{children}</FleetContext>
}

/** The fleet as it was last told of, and how fresh that is. */
export function useFleet(): FleetView {
  const fleet = useContext(FleetContext)
  if (!fleet) throw new Error('useFleet needs a FleetProvider above it')
  return fleet
}
