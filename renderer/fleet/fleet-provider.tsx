import { useMemo, type ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { LiveProvider, useConnection, useTopic } from '../live/live-context.tsx'
import type { TopicPlan } from '../live/live-stream.ts'
import { BulkProvider } from './bulk.tsx'
import { FleetContext } from './fleet-context.tsx'
import { applyLive } from './fleet-view.ts'
import { KillBanner } from './kill-banner.tsx'
import { NoticeToasts } from './notice-toasts.tsx'

const FLEET: TopicPlan<readonly AccountStatus[] | undefined> = {
  topic: 'fleet',
  initial: undefined,
  reduce: applyLive,
}

/** One live stream, one watch of the fleet, and what must be at hand on every page: stop all, and the kill switch. */
export function FleetProvider({ children }: { children: ReactNode }) {
  return (
    <LiveProvider>
      <WatchedFleet>
        <BulkProvider>
          <KillBanner />
          <NoticeToasts />
          {children}
        </BulkProvider>
      </WatchedFleet>
    </LiveProvider>
  )
}

function WatchedFleet({ children }: { children: ReactNode }) {
  const connection = useConnection()
  const accounts = useTopic(FLEET)
  const view = useMemo(() => ({ connection, accounts }), [connection, accounts])
  return <FleetContext value={view}>{children}</FleetContext>
}
