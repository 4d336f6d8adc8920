import type { Estimate } from './estimate.ts'

/** From so many trades of people on (effective), what came with Slipway counts half. */
const SEEDS_HALVE_AT = 8

/**
 * What people's trades and those that Slipway brought with it say together. Seeds are the first guess: alone they count in
 * full, and they fade as people's trades come in.
 */
export function blend(people: Estimate | undefined, seeds: Estimate | undefined): Estimate | undefined {
  if (!people || !seeds) return people ?? seeds
  const seedSize = seeds.size / (1 + people.size / SEEDS_HALVE_AT)
  const size = people.size + seedSize
  const mixed = (of: 'winRate' | 'meanR' | 'win' | 'loss') => (people[of] * people.size + seeds[of] * seedSize) / size
  return {
    winRate: mixed('winRate'),
    meanR: mixed('meanR'),
    win: mixed('win'),
    loss: mixed('loss'),
    size,
    count: people.count + seeds.count,
  }
}
