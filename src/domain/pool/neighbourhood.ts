import { NEIGHBOURS } from './pool-settings.ts'

/** So many trades say roughly what a contributor sees in a place. */
const OF_EACH = 8
const MOST = 512

/**
 * How many neighbours to ask for. One voice is asked for 50; many are asked for as many as let each say something, because
 * a median of contributors with one trade each is a median of coin tosses.
 *
 * @param contributors who gave to the cell and are heard
 * @param share        largest share of one of them; 1 where nobody is guarded against
 */
export function neighbourhoodSize(contributors: number, share: number): number {
  if (share >= 1) return NEIGHBOURS
  return Math.min(MOST, Math.max(NEIGHBOURS, OF_EACH * contributors))
}

/** Most neighbours of one contributor among them. */
export function quotaOf(size: number, share: number): number {
  return share >= 1 ? Number.POSITIVE_INFINITY : Math.max(OF_EACH, Math.ceil(size * share))
}
