import { intlOffsets, type ZoneOffsets } from '../../domain/calendar/wall-time.ts'

const MINUTE_MS = 60_000

/**
 * Makes `zone` the zone of this process and answers its offsets from there; any other zone is asked of Intl.
 *
 * A process that trades one market has one zone, and its own `Date` knows that without Intl, whose first formatter costs
 * a bot a quarter of its start. For the entry point of such a process, before anything reads a local time.
 *
 * @param zone a valid IANA zone
 */
export function liveInZone(zone: string): ZoneOffsets {
  // Not tried on Windows: there every zone is asked of Intl.
  if (process.platform === 'win32') return intlOffsets
  process.env.TZ = zone
  const own = (at: number) => -new Date(at).getTimezoneOffset() * MINUTE_MS
  return (asked) => (asked === zone ? own : intlOffsets(asked))
}
