import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import type { KillMarkRow } from '../../src/contracts/kill-switch.ts'
import type { Notice } from '../../src/contracts/launcher/live.ts'
import { topicText, type LiveTopic } from '../../src/contracts/live-topic.ts'
import { useTopic } from './live-context.tsx'
import type { TopicPlan } from './live-stream.ts'

const NO_MARKS: readonly KillMarkRow[] = []
const KILL_SWITCH: TopicPlan<readonly KillMarkRow[]> = {
  topic: topicText({ kind: 'kill-switch' }),
  initial: NO_MARKS,
  reduce: (marks, event) => (event.type === 'kill-switch' ? event.marks : marks),
}

/** A topic that says only that there is something new to read, as a number that is another one each time; 0 before the first. */
export function newsOf(topic: Extract<LiveTopic, { kind: 'records' | 'lock' | 'signals' }>): TopicPlan<number> {
  return {
    topic: topicText(topic),
    initial: 0,
    reduce: (version, event) => (event.type === topic.kind ? version + 1 : version),
  }
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
  return useTopic(useMemo(() => newsOf({ kind: 'records', accountId }), [accountId]))
}

/** Another number whenever the account may be held by another one, or its holder is not as he was; and after an absence. */
export function useLockVersion(accountId: string): number {
  return useTopic(useMemo(() => newsOf({ kind: 'lock', accountId }), [accountId]))
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
