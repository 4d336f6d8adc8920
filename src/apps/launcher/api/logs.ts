import { ORPCError } from '@orpc/server'
import { followLog } from '../../../adapters/log/follow-log.ts'
import { logFilesIn, readLogTail } from '../../../adapters/log/read-log.ts'
import type { WindowPlace } from '../../../adapters/log/reader/log-desk.ts'
import { openLogReader, type LogReader } from '../../../adapters/log/reader/log-reader.ts'
import { readLogFiltered } from '../../../adapters/log/reader/read-log-filtered.ts'
import type { LogRef } from '../../../adapters/log/reader/open-views.ts'
import type { LogFilter, LogPlace } from '../../../contracts/launcher/logs.ts'
import { accountLogs } from '../account-logs.ts'
import { type ApiParts, type Implementer } from './procedures.ts'

/** Lines a reader of an export takes at once wait no longer than this for the files, milliseconds. */
const EXPORT_WAIT_MS = 1_000

export function logHandlers(api: Implementer, parts: ApiParts) {
  const reader = readerFor(openLogReader())
  const logs = accountLogs(parts)
  const filesOf = ({ folder, prefix }: LogRef) => logFilesIn(folder, (log) => log.startsWith(prefix))

  return {
    read: api.logs.read.handler(({ input, signal }) => {
      const { id, segment, limit, since, ...wish } = input
      const log = logs.one(id, segment)
      const files = () => filesOf(log)
      return isFilter(wish)
        ? readLogFiltered({ reader, log, files, wish, limit, since }, signal)
        : readLogTail({ files: files(), limit, since })
    }),
    follow: api.logs.follow.handler(async function* ({ input, signal = NEVER }) {
      const { id, segment, tail, ...wish } = input
      const log = logs.one(id, segment)
      const test = (texts: readonly string[]) =>
        reader.call('match', { grep: wish.grep ?? '', ignoreCase: wish.ignoreCase ?? false, texts }, signal)
      yield* followLog({ files: () => filesOf(log), folder: log.folder, tail, test, ...wish }, signal)
    }),
    window: api.logs.window.handler(({ input, signal }) => {
      const { place, before, count, find, waitMs } = input
      const ask = { logs: logs.all(input), wishes: wishesOf(input), place: placeOf(place), before, count, find, waitMs }
      return reader.call('window', ask, signal)
    }),
    find: api.logs.find.handler(({ input, signal }) => {
      const { find, from, direction, waitMs } = input
      return reader.call(
        'find',
        { logs: logs.all(input), wishes: wishesOf(input), find, from, direction, waitMs },
        signal,
      )
    }),
    line: api.logs.line.handler(({ input, signal }) =>
      reader.call('line', { log: logs.one(input.id, input.segment), offset: input.offset }, signal),
    ),
    export: api.logs.export.handler(async function* ({ input, signal = NEVER }) {
      const view = { logs: logs.all(input), wishes: wishesOf(input) }
      let { from } = input
      const last = from + input.most
      while (!signal.aborted) {
        const ask = { ...view, from, most: last - from, waitMs: EXPORT_WAIT_MS }
        const piece = await reader.call('export', ask, signal)
        from = piece.next
        const isDone = piece.isDone || from >= last
        yield { ...piece, isDone }
        if (isDone) return
      }
    }),
  }
}

/** Whoever has gone away is no failure of ours, and not worth a line in the launcher's own log. */
function readerFor(reader: LogReader): Pick<LogReader, 'call'> {
  return {
    call: (name, ask, signal) =>
      reader.call(name, ask, signal).catch((error: unknown) => {
        throw signal?.aborted ? new ORPCError('CLIENT_CLOSED_REQUEST') : error
      }),
  }
}

const NEVER = new AbortController().signal

const isFilter = ({ level, event, text, grep }: LogFilter): boolean => Boolean(level || event || text || grep)

/** One wish with all that is wanted; none where everything is. */
function wishesOf({ level, event, text, grep, ignoreCase }: LogFilter): LogFilter[] {
  const wish = { level, event, text, grep, ignoreCase }
  return isFilter(wish) ? [wish] : []
}

function placeOf(place: LogPlace): WindowPlace {
  switch (place.at) {
    case 'time':
      return { at: 'time', time: Date.parse(place.time) }
    case 'line':
      return { ...place, segment: place.segment ?? undefined }
    case 'end':
    case 'row':
      return place
  }
}
