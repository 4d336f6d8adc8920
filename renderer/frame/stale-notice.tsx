import type { Connection } from '../fleet/fleet-view.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useTimes } from '../preferences/use-times.ts'

/** Says that what is shown may not be so any more, and since when. */
export function StaleNotice({ connection }: { connection: Connection & { kind: 'stale' } }) {
  const { since, why } = connection
  const times = useTimes()
  const title =
    since === undefined
      ? 'Not connected to the launcher. Trying again by itself.'
      : `What you see is as of ${times.timeOfDay(since)} ${times.zoneName}. Connecting again by itself.`
  return (
    <div className="staleNotice">
      <NoticePanel title={title} why={why} color="orange" />
    </div>
  )
}
