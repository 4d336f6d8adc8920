import type { ContributionRoom } from './contribution-room.ts'

/** What a deployment lets the pool learn from, and how much one voice counts. */
export type PoolSettings = Readonly<{
  /** Contributors that a cell needs before what people gave to it is used; only those with a verified licence count. */
  contributorsBeforeUse: number
  /** True where a contributor without a licence counts like one with it: on one's own machine. */
  trustsUnlicensed: boolean
  /** Largest share of an answer that one contributor may have, 0..1. */
  contributorShare: number
  /** Largest share of an answer that one instrument may have where at least three took part, 0..1. */
  instrumentShare: number
  /** Trades of one contributor, of one kind, that count on a UTC day; Infinity for all. */
  tradesADay: number
  /** What is stored of those whom no paid licence vouches for. */
  room: ContributionRoom
  /**
   * How long after it was stored a person's trade is used, milliseconds: so that nobody can tell from an answer what somebody
   * has just done, nor see at once what a made-up trade changes, and an operator can exclude its contributor before.
   */
  delayMs: number
  /** Trades on made-up prices count like those on real ones. */
  usesSynthetic: boolean
  /** Confidence from which a setup is worth trading, where no licence says another: 0.5 is very likely no loss. */
  threshold: number
}>

/** Many users: nobody is believed alone, and nobody's trades can be told from an answer. */
export const HOSTED_POOL: PoolSettings = {
  contributorsBeforeUse: 20,
  trustsUnlicensed: false,
  contributorShare: 0.1,
  instrumentShare: 0.8,
  tradesADay: 100,
  // A bot on minutes closes some tens of trades a day, and tells of each twice; a row is about a kilobyte.
  room: { aGiverADay: 500, unprovenADay: 20_000 },
  delayMs: 86_400_000,
  usesSynthetic: false,
  threshold: 0.5,
}

/**
 * The local cloud: one person's own trades, which need no protection from that person. Made-up prices count too, because a
 * first run trades on them, and what it learns stays on this machine.
 */
export const EMBEDDED_POOL: PoolSettings = {
  contributorsBeforeUse: 1,
  trustsUnlicensed: true,
  contributorShare: 1,
  instrumentShare: 1,
  tradesADay: Number.POSITIVE_INFINITY,
  room: { aGiverADay: Number.POSITIVE_INFINITY, unprovenADay: Number.POSITIVE_INFINITY },
  delayMs: 0,
  usesSynthetic: true,
  threshold: 0.5,
}

/** Fewer experiences than this say nothing: the answer is neutral. */
export const FEWEST_SAMPLES = 20
/** Neighbours that an answer looks at. */
export const NEIGHBOURS = 50
/** Results beyond this many R count as this many: one lucky or made-up trade moves nothing. */
export const MOST_R = 3

/** Weight of a contributor's trades by who vouches for it: 0..1. */
export function contributorWeight(
  settings: PoolSettings,
  by: Readonly<{ kind: 'licence'; ageDays: number } | { kind: 'user' } | { kind: 'seed' }>,
): number {
  if (by.kind === 'seed' || settings.trustsUnlicensed) return 1
  if (by.kind === 'user') return UNLICENSED_WEIGHT
  return NEW_LICENCE_WEIGHT + (1 - NEW_LICENCE_WEIGHT) * Math.min(1, Math.max(0, by.ageDays) / FULL_AGE_DAYS)
}

/** A user id costs nothing: whoever has no licence is hardly heard. */
const UNLICENSED_WEIGHT = 0.02
/** A licence that was bought today, against one of three months. */
const NEW_LICENCE_WEIGHT = 0.25
const FULL_AGE_DAYS = 90
