import type { RefusalShape } from '../../../contracts/bot-protocol.ts'
import type { LiveEvent } from '../../../contracts/launcher/live.ts'
import type { Stamped } from '../event-ring.ts'
import { cursorText, cursorsOf } from './cursors.ts'

/**
 * Where the events of one topic come from.
 *
 * @param cursor where the reader was; undefined or one that is not known any more begins with the whole
 */
export type TopicSource = (cursor: string | undefined, signal: AbortSignal) => AsyncIterator<Stamped<LiveEvent>, void>

/** Something is said at least this often, milliseconds, so that a reader can tell silence from quiet. */
const BEAT_MS = 2_000

/**
 * Several topics as one stream, in turn, at the reader's own pace: of each topic at most one event waits for a reader
 * that is slow.
 *
 * Each event's id says how far every topic has been told, so a reader may come back with other topics and goes on with
 * those it had.
 *
 * @param sources by topic
 * @param describe what a topic whose source throws has to say
 */
export async function* mergeTopics(
  sources: ReadonlyMap<string, TopicSource>,
  lastEventId: string | undefined,
  parts: Readonly<{ now: () => number; describe: (error: unknown) => RefusalShape }>,
  signal: AbortSignal,
): AsyncGenerator<Stamped<LiveEvent>, void> {
  const known = cursorsOf(lastEventId)
  const cursors = new Map<string, string>()
  const readers = new Map<string, AsyncIterator<Stamped<LiveEvent>, void>>()
  const ready: { topic: string; event: LiveEvent; cursor: string | undefined }[] = []
  let wake = (): void => undefined
  const end = new AbortController()
  const hangUp = () => {
    end.abort()
    wake()
  }
  signal.addEventListener('abort', hangUp)

  const put = (topic: string, event: LiveEvent, cursor: string | undefined) => {
    ready.push({ topic, event, cursor })
    wake()
  }
  const ask = (topic: string) => {
    const reader = readers.get(topic)
    if (!reader) return
    reader.next().then(
      (next) => {
        if (!next.done) put(topic, next.value.event, next.value.id)
      },
      (error: unknown) => {
        readers.delete(topic)
        if (!end.signal.aborted) put(topic, { type: 'topic-ended', topic, why: parts.describe(error) }, undefined)
      },
    )
  }

  try {
    for (const [topic, source] of sources) {
      const cursor = known.get(topic)
      if (cursor !== undefined) cursors.set(topic, cursor)
      readers.set(topic, source(cursor, end.signal))
      ask(topic)
    }
    while (!signal.aborted) {
      const next = ready.shift()
      if (next) {
        if (next.cursor !== undefined) cursors.set(next.topic, next.cursor)
        yield { id: cursorText(cursors), event: next.event }
        ask(next.topic)
        continue
      }
      const isQuiet = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(resolve, BEAT_MS, true)
        wake = () => {
          clearTimeout(timer)
          resolve(false)
        }
      })
      wake = () => undefined
      if (isQuiet) yield { id: cursorText(cursors), event: { type: 'beat', at: parts.now() } }
    }
  } finally {
    signal.removeEventListener('abort', hangUp)
    end.abort()
  }
}
