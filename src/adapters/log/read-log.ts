import type { LogLine } from '../../contracts/launcher/logs.ts'
import { logFilter, type LogFilterOptions } from './log-filter.ts'
import { closeParts, openParts } from './log-parts.ts'
import { sinceTime } from './log-since.ts'
import { tailOf } from './log-tail.ts'

export { followLog, type FollowLogOptions } from './follow-log.ts'
export { logFiles, logFilesIn } from './log-files.ts'

export type ReadLogOptions = LogFilterOptions &
  Readonly<{
    /** Files in reading order (`logFiles`). */
    files: readonly string[]
    /** Most lines to return. */
    limit: number
    /** Only lines at or after this time: an ISO time, or a span back from the newest line such as 15m, 2h, 3d. */
    since?: string | undefined
  }>

/**
 * The last lines that pass the filter, oldest first, read backward from the end.
 *
 * Memory depends on the lines returned, not on the size of the log.
 *
 * @returns the lines, and the end of the log: bytes from the beginning of its oldest file
 * @throws {Refused} `bad-usage`: level, pattern or time can't be understood
 */
export async function readLogTail(options: ReadLogOptions): Promise<{ lines: LogLine[]; end: number }> {
  const passes = logFilter(options)
  const since = sinceTime(options.since)
  const parts = await openParts(() => options.files)
  try {
    const { lines, end } = await tailOf(parts, { passes, limit: options.limit, since, span: options.since })
    return { lines, end }
  } finally {
    await closeParts(parts)
  }
}
