import { createContext, useContext } from 'react'
import type { FleetView } from './fleet-view.ts'

export const FleetContext = createContext<FleetView | undefined>(undefined)

/** The fleet as it was last told of, and how fresh that is. */
export function useFleet(): FleetView {
  const fleet = useContext(FleetContext)
  if (!fleet) throw new Error('useFleet needs a FleetProvider above it')
  return fleet
}
