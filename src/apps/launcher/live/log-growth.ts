import { logChanges } from '../../../adapters/log/log-changes.ts'
import type { LogRef } from '../../../adapters/log/reader/open-views.ts'
import type { TopicSource } from './merge-topics.ts'

/** Whose logs have grown, as a topic. It begins with all of them, wherever the reader was: then each is looked at once more. */
export function logGrowth(topic: string, logs: () => readonly LogRef[]): TopicSource {
  return async function* (_cursor, signal) {
    for await (const accountIds of logChanges(logs(), signal))
      yield { id: 'now', event: { type: 'logs', topic, accountIds: [...accountIds] } }
  }
}
