import { followLogFrom, type FollowLogOptions, type LogPlace } from '../../../adapters/log/follow-log.ts'
import type { TopicSource } from './merge-topics.ts'

/** Lines told at once at most; a reader that comes back after hours gets many events, not one of megabytes. */
const MOST_LINES = 500

/** An account's log as a topic. Its place is one in the files, so it is good over a restart of the launcher. */
export function logSource(topic: string, options: () => FollowLogOptions): TopicSource {
  return async function* (cursor, signal) {
    for await (const { begins, lines, log, end } of followLogFrom(placeOf(cursor), options(), signal)) {
      for (let from = 0; from === 0 || from < lines.length; from += MOST_LINES) {
        const some = lines.slice(from, from + MOST_LINES)
        const next = lines[from + MOST_LINES]
        const id = `${log}@${next ? next.offset : end}`
        yield { id, event: { type: 'log', topic, begins: begins && from === 0, lines: some } }
      }
    }
  }
}

function placeOf(cursor: string | undefined): LogPlace | undefined {
  const match = /^(.*)@(\d{1,16})$/.exec(cursor ?? '')
  return match ? { log: match[1]!, end: Number(match[2]) } : undefined
}
