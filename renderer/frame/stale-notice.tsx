import type { Connection } from '../fleet/fleet-view.ts'
import { utcTimeOfDay } from '../format/times.ts'
import { NoticePanel } from '../page/notice-panel.tsx'

/** Says that what is shown may not be so any more, and since when. */
export function StaleNotice({ connection }: { connection: Connection & { kind: 'stale' } }) {
  const { since, why } = connection
  const title =
    since === undefined
      ? 'Not connected to the launcher. Trying again by itself.'
      : `What you see is as of ${utcTimeOfDay(since)} UTC. Connecting again by itself.`
  return (
    <div className="staleNotice">
      <NoticePanel title={title} why={why} color="orange" />
    </div>
  )
}
