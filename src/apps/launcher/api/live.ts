import { withEventMeta } from '@orpc/server'
import type { ApiParts, Implementer } from './procedures.ts'

export function liveHandlers(api: Implementer, parts: ApiParts) {
  return {
    stream: api.live.stream.handler(async function* ({ input, lastEventId, signal }) {
      const ends = signal ?? new AbortController().signal
      for await (const { id, event } of parts.fleet.live.read(input, lastEventId, ends))
        yield withEventMeta(event, { id })
    }),
  }
}
