import type { RiskReport } from '../../src/contracts/risk-report.ts'

/** What nobody tells of, such as what other accounts of the user hold, is seen by then; milliseconds. */
const SLOWEST_MS = 60_000
/** The launcher's clock may be a little behind, milliseconds. */
const MARGIN_MS = 500

/**
 * How long a report of limits stays true if nothing happens, milliseconds: days, pauses and blackouts begin and end by the
 * clock alone. What an account does is told by the live stream.
 *
 * @param now epoch ms
 */
export function trueForMs(report: RiskReport | undefined, now: number): number {
  if (!report) return SLOWEST_MS
  const { day, breaches, pauses, emergency, blackout } = report
  const moments = [
    day.endsAt,
    ...[...breaches, ...pauses].map(({ until }) => until),
    emergency?.until,
    ...[blackout?.next?.from, blackout?.next?.until],
  ]
  const waits = moments.flatMap((at) => (at ? Date.parse(at) - now : [])).filter((wait) => wait > 0)
  return Math.min(SLOWEST_MS, ...waits.map((wait) => wait + MARGIN_MS))
}
