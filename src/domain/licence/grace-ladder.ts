import type { DurationMs, EpochMs } from '../units/units.ts'
import type { Lease } from './lease.ts'

const HOUR = 3_600_000

/** Steps of the ladder, from the top. Exits, stops and cancels are allowed on every one of them and never ask. */
export type GraceRung = 'fresh' | 'silent' | 'warn' | 'ended'

/**
 * The one table: what a lease is worth by its age. Servers make leases by it, bots judge leases by it, docs/licences.md
 * shows it.
 *
 * A bot asks for a new lease every hour, so on the first rung it is in touch; on the second the server was away for a day
 * and nobody needs to know; on the third somebody should look; on the last no entry is made.
 */
export const GRACE_LADDER = [
  { rung: 'fresh', untilAgeMs: 24 * HOUR, entries: true, isSaid: false },
  { rung: 'silent', untilAgeMs: 72 * HOUR, entries: true, isSaid: false },
  { rung: 'warn', untilAgeMs: 168 * HOUR, entries: true, isSaid: true },
  { rung: 'ended', untilAgeMs: Number.POSITIVE_INFINITY, entries: false, isSaid: true },
] as const satisfies readonly Readonly<{
  rung: GraceRung
  untilAgeMs: number
  entries: boolean
  /** A person is told. */
  isSaid: boolean
}>[]

/** How often a running bot asks for a new lease. */
export const RENEW_EVERY_MS = HOUR as DurationMs

export type GraceStep = Readonly<{
  rung: GraceRung
  /** When the next rung begins, by trusted time; undefined on the last. */
  until: EpochMs | undefined
  /** When no entry is made any more. */
  entriesUntil: EpochMs
  entries: boolean
  isSaid: boolean
}>

/**
 * Where a lease stands.
 *
 * Its own times bind: a licence that ends soon gives leases that end with it. A lease from the future counts as new, since
 * the server's clock is the better one.
 *
 * @param trustedNow see trusted-clock.ts; never the wall clock as it is
 */
export function graceStep(lease: Pick<Lease, 'iat' | 'exp' | 'grace_until'>, trustedNow: EpochMs): GraceStep {
  const ends = endsOf(lease)
  const at = ends.findIndex((end) => trustedNow < end)
  const step = GRACE_LADDER[at] ?? GRACE_LADDER[3]
  const { rung, entries, isSaid } = step
  return { rung, entries, isSaid, until: at === -1 ? undefined : ends[at]!, entriesUntil: ends[2] }
}

/** When the first three rungs end. */
function endsOf({ iat, exp, grace_until }: Pick<Lease, 'iat' | 'exp' | 'grace_until'>): [EpochMs, EpochMs, EpochMs] {
  const last = grace_until * 1_000
  const fresh = Math.min(exp * 1_000, last)
  const silent = Math.min(Math.max(iat * 1_000 + GRACE_LADDER[1].untilAgeMs, fresh), last)
  return [fresh as EpochMs, silent as EpochMs, last as EpochMs]
}

/**
 * Times of a lease made now.
 *
 * @param licenceEnds the licence's own end: nothing of it outlives that
 * @returns epoch seconds
 */
export function leaseTimes(now: EpochMs, licenceEnds: EpochMs | null): Pick<Lease, 'iat' | 'exp' | 'grace_until'> {
  const iat = Math.floor(now / 1_000)
  const latest = licenceEnds === null ? Number.POSITIVE_INFINITY : Math.floor(licenceEnds / 1_000)
  const after = (ageMs: number) => Math.min(iat + ageMs / 1_000, latest)
  return { iat, exp: after(GRACE_LADDER[0].untilAgeMs), grace_until: after(GRACE_LADDER[2].untilAgeMs) }
}
