import type { LogFilter, LogLine } from '../../../contracts/launcher/logs.ts'
import type { ListLogFiles } from '../log-parts.ts'
import { isSince, sinceTime, spanSince } from '../log-since.ts'
import { readLogTail } from '../read-log.ts'
import type { LogReader } from './log-reader.ts'
import type { LogRef } from './open-views.ts'

export type ReadLogFiltered = Readonly<{
  reader: Pick<LogReader, 'call'>
  log: LogRef
  files: ListLogFiles
  wish: LogFilter
  limit: number
  since: string | undefined
}>

const WAIT_MS = 2_000
/** Rows of one answer. */
const MOST_AT_ONCE = 200
/** Among so many of the last lines one has a time. */
const LINES_WITH_A_TIME = 500

/** The last lines that pass a filter, oldest first: all files are searched by the log reader, whatever their size. */
export async function readLogFiltered(
  { reader, log, files, wish, limit, since }: ReadLogFiltered,
  signal?: AbortSignal,
): Promise<{ lines: LogLine[]; end: number }> {
  const from = sinceTime(since) ?? (await spanFrom(files, since))
  const ask = (row: number, count: number) =>
    reader.call(
      'window',
      {
        ...{ logs: [log], wishes: [wish], place: { at: 'row', row }, before: 0, count },
        ...{ isWhole: true, waitMs: WAIT_MS },
      },
      signal,
    )
  let known = await ask(Number.MAX_SAFE_INTEGER - MOST_AT_ONCE, 1)
  while (!known.isComplete) known = await ask(Number.MAX_SAFE_INTEGER - MOST_AT_ONCE, 1)
  const lines: LogLine[] = []
  for (let end = known.total; end > 0 && lines.length < limit;) {
    const count = Math.min(MOST_AT_ONCE, limit - lines.length, end)
    const { rows } = await ask(end - count, count)
    const recent = rows.filter((row) => isSince(row, from))
    lines.unshift(...recent.map(asLine))
    if (recent.length < rows.length || rows.length === 0) break
    end -= count
  }
  return { lines, end: known.size }
}

function asLine({ offset, time, level, event, message, raw }: LogLine): LogLine {
  return { offset, time, level, event, message, raw }
}

async function spanFrom(files: ListLogFiles, since: string | undefined): Promise<number | undefined> {
  if (since === undefined || since === '') return undefined
  const { lines } = await readLogTail({ files: files(), limit: LINES_WITH_A_TIME })
  return spanSince(since, lines.toReversed())
}
