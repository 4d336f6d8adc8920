import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { topicText } from '../../src/contracts/live-topic.ts'
import type { LiveStream, TopicPlan } from '../live/live-stream.ts'

export type LogsFollower = Readonly<{
  /** One of the logs has grown or is another one; also called when the launcher answers (again). */
  onChange: () => void
  /** The launcher is not heard any more; it is tried again by itself. */
  onLost: (why: RefusalShape) => void
  /** These logs can't be told of, e.g. because an account is gone. */
  onRefused: (why: RefusalShape) => void
}>

type News = Readonly<{ version: number; ended?: RefusalShape }>

/** Tells whenever there is something new in the logs of these accounts, until `signal` aborts. */
export function followLogs(
  live: LiveStream,
  accountIds: readonly string[],
  { onChange, onLost, onRefused }: LogsFollower,
  signal: AbortSignal,
): void {
  const plan: TopicPlan<News> = {
    topic: topicText({ kind: 'logs', accountIds: accountIds.toSorted() }),
    initial: { version: 0 },
    reduce: ({ version }, event) => ({
      version: version + 1,
      ...(event.type === 'topic-ended' ? { ended: event.why } : {}),
    }),
  }
  const news = live.follow(plan)
  let seen = news.get()
  let connection = live.connection.get()
  const look = () => {
    const before = { seen, connection }
    seen = news.get()
    connection = live.connection.get()
    if (connection !== before.connection && connection.kind === 'stale') onLost(connection.why)
    if (seen === before.seen) return
    if (seen.ended) onRefused(seen.ended)
    else onChange()
  }
  const forget = news.subscribe(look)
  signal.addEventListener('abort', forget, { once: true })
}
