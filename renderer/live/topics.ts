import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import type { KillMarkRow } from '../../src/contracts/kill-switch.ts'
import type { Notice } from '../../src/contracts/launcher/live.ts'
import { topicText } from '../../src/contracts/live-topic.ts'
import { useTopic } from './live-context.tsx'
import type { TopicPlan } from './live-stream.ts'

const NO_MARKS: readonly KillMarkRow[] = []
const KILL_SWITCH: TopicPlan<readonly KillMarkRow[]> = {
  topic: topicText({ kind: 'kill-switch' }),
  initial: NO_MARKS,
  reduce: (marks, event) => (event.type === 'kill-switch' ? event.marks : marks),
}

/** Every kill switch that is engaged, whoever engaged it. */
export function useKillMarks(): readonly KillMarkRow[] {
  return useTopic(KILL_SWITCH)
}

/**
 * A number that is another one whenever the account may have done something: its listings are worth asking for again.
 * It is another one, too, after the page was away.
 */
export function useRecordsVersion(accountId: string): number {
  const plan = useMemo<TopicPlan<number>>(
    () => ({
      topic: topicText({ kind: 'records', accountId }),
      initial: 0,
      reduce: (version, event) => (event.type === 'records' ? version + 1 : version),
    }),
    [accountId],
  )
  return useTopic(plan)
}

const NOTICES: TopicPlan<readonly Notice[] | undefined> = {
  topic: topicText({ kind: 'notices' }),
  initial: undefined,
  reduce: (seen, event) => {
    if (event.type !== 'notices') return seen
    return event.begins ? event.notices : [...(seen ?? []), ...event.notices].slice(-100)
  },
}

/** Calls back for every notice that comes from now on; those of before are history, and shown by what they are about. */
export function useNotices(onNotice: (notice: Notice) => void): void {
  const notices = useTopic(NOTICES)
  const [since] = useState(() => Date.now())
  const known = useRef<ReadonlySet<string>>(new Set())
  const tell = useEffectEvent(onNotice)
  useEffect(() => {
    if (!notices) return
    const before = known.current
    known.current = new Set(notices.map(({ id }) => id))
    for (const notice of notices) if (notice.at >= since && !before.has(notice.id)) tell(notice)
  }, [notices, since])
}
