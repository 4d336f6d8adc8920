import type { LogLine } from '../../contracts/launcher/logs.ts'
import { refuse } from '../../domain/failure/refusal.ts'

const SPAN = /^(\d{1,6})(s|m|h|d)$/
const SPAN_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Reads the time in `--since`.
 *
 * @returns undefined without one, and for a span, which `spanSince` reads
 * @throws {Refused} `bad-usage`: it is neither a time nor a span
 */
export function sinceTime(since: string | undefined): number | undefined {
  if (since === undefined || since === '' || SPAN.test(since)) return undefined
  // Without a zone a time is UTC here, as everywhere in the logs.
  const at = Date.parse(/[T ]\d\d:\d\d/.test(since) && !/(Z|[+-]\d\d:?\d\d)$/i.test(since) ? `${since}Z` : since)
  if (Number.isNaN(at))
    refuse(
      'bad-usage',
      `${JSON.stringify(since)} is no time.`,
      'Use 2026-01-02T15:04:05Z, 2026-01-02, or a span such as 15m, 2h or 3d.',
    )
  return at
}

/** A span counts back from the newest line, so that it means something on a log whose bot stopped long ago. */
export function spanSince(since: string | undefined, newestFirst: readonly LogLine[]): number | undefined {
  const match = SPAN.exec(since ?? '')
  const newest = newestFirst.map((line) => Date.parse(line.time ?? '')).find((time) => !Number.isNaN(time))
  if (!match || newest === undefined) return undefined
  return newest - Number(match[1]) * SPAN_MS[match[2] as keyof typeof SPAN_MS]
}

/** A line without a time belongs to the lines around it, so it counts as recent enough. */
export function isSince(line: LogLine, since: number | undefined): boolean {
  const time = Date.parse(line.time ?? '')
  return since === undefined || Number.isNaN(time) || time >= since
}
