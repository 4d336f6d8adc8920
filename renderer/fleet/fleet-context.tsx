import { createContext, useContext, type ReactNode } from 'react'
import type { FleetView } from './fleet-view.ts'
import { useWatchedFleet } from './use-fleet.ts'

const FleetContext = createContext<FleetView | undefined>(undefined)

/** One watch of the fleet for everything on the page. */
export function FleetProvider({ children }: { children: ReactNode }) {
  return <FleetContext value={useWatchedFleet()}>{children}</FleetContext>
}

/** The fleet as it was last told of, and how fresh that is. */
export function useFleet(): FleetView {
  const fleet = useContext(FleetContext)
  if (!fleet) throw new Error('useFleet needs a FleetProvider above it')
  return fleet
}
