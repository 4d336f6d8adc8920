import { capShares } from './cap-shares.ts'
import { tricube } from './kernel.ts'
import { MOST_R } from './pool-settings.ts'
import { weightedMedian } from './weighted-median.ts'
import { effectiveSize } from './wilson.ts'
import type { Witnesses } from './witnesses.ts'

/** What neighbours say together. */
export type Estimate = Readonly<{
  /** Weighted share of trades that won. */
  winRate: number
  /** Weighted mean result, R. */
  meanR: number
  /** Mean R of what won, and of what lost (positive); 1 where there was none. */
  win: number
  loss: number
  /** Unweighted sample that is worth as much. */
  size: number
  /** Neighbours that counted. */
  count: number
}>

export type Voices = Readonly<{ contributorShare: number; instrumentShare: number }>

/** A contributor with as many neighbours speaks alone; others speak together in groups of at least the second. */
const SPEAKS_ALONE = 4
const SPEAK_TOGETHER = 8
/** From so many groups on, the median of what they say is used instead of the mean. */
const GROUPS_FOR_MEDIAN = 5

/** How much each witness weighs: nearness × who vouches, cut so that neither one contributor nor one instrument decides. */
export function weightsOf(witnesses: Witnesses, voices: Voices): number[] {
  const { count, distances } = witnesses
  let farthest = 0
  for (let place = 0; place < count; place++) if (distances[place]! > farthest) farthest = distances[place]!
  const reach = farthest * REACH
  let weights: number[] = []
  for (let place = 0; place < count; place++)
    weights.push(witnesses.weights[place]! * tricube(distances[place]!, reach))
  weights = capped(weights, witnesses.contributors, voices.contributorShare, 2)
  // Where a class has but two instruments, one of them may well be nearly all.
  return capped(weights, witnesses.instruments, voices.instrumentShare, 3)
}

/** Just beyond the farthest: it counts little, not nothing. */
const REACH = 1.05

/**
 * Win rate and expected R of what the witnesses saw.
 *
 * With enough contributors both are medians of what each contributor (or group of small ones) says, so that less than
 * half of the voices, whatever they say, leave the answer among what the others say.
 *
 * @param witnesses at least one
 * @see Lugosi, Mendelson, "Mean estimation and regression under heavy-tailed distributions" (2019), §4: median of means
 */
export function estimateOf(witnesses: Witnesses, voices: Voices): Estimate {
  const weights = weightsOf(witnesses, voices)
  const everything = sumUp(witnesses, weights)
  const groups = voices.contributorShare < 1 ? groupsOf(witnesses) : []
  const said = groups.map((members) => sumUp(witnesses, weights, members)).filter(({ mass }) => mass > 0)
  const size = effectiveSize(everything.mass, everything.square)
  const { win, loss } = everything
  const rest = { win, loss, size, count: witnesses.count }
  if (said.length < GROUPS_FOR_MEDIAN) return { winRate: everything.winRate, meanR: everything.meanR, ...rest }
  const masses = said.map(({ mass }) => mass)
  return {
    winRate: weightedMedian(
      said.map((one) => one.winRate),
      masses,
    ),
    meanR: weightedMedian(
      said.map((one) => one.meanR),
      masses,
    ),
    ...rest,
  }
}

type Sum = Readonly<{ mass: number; square: number; winRate: number; meanR: number; win: number; loss: number }>

/** @param members places of those that are summed up; left out for all */
function sumUp(witnesses: Witnesses, weights: readonly number[], members?: readonly number[]): Sum {
  let mass = 0
  let square = 0
  let wonMass = 0
  let won = 0
  let lost = 0
  for (let at = 0, count = members ? members.length : witnesses.count; at < count; at++) {
    const place = members ? members[at]! : at
    const weight = weights[place]!
    const r = clipR(witnesses.results[place]!)
    mass += weight
    square += weight * weight
    if (r > 0) {
      wonMass += weight
      won += weight * r
    } else lost -= weight * r
  }
  const lostMass = mass - wonMass
  return {
    mass,
    square,
    winRate: mass > 0 ? wonMass / mass : 0,
    meanR: mass > 0 ? (won - lost) / mass : 0,
    win: wonMass > 0 ? won / wonMass : 1,
    loss: lostMass > 1e-12 && lost > 0 ? lost / lostMass : 1,
  }
}

/** One lucky, or made up, result moves no more than this. */
export function clipR(r: number): number {
  return Math.min(MOST_R, Math.max(-MOST_R, r))
}

/** Places of the witnesses by who speaks: contributors with enough of them alone, the others together. */
function groupsOf({ count, contributors }: Witnesses): readonly (readonly number[])[] {
  const of = new Map<number, number[]>()
  for (let place = 0; place < count; place++) {
    const contributor = contributors[place]!
    const known = of.get(contributor)
    if (known) known.push(place)
    else of.set(contributor, [place])
  }
  const groups: number[][] = []
  let together: number[] = []
  for (const [, places] of [...of].sort(([a], [b]) => scattered(a) - scattered(b) || a - b)) {
    if (places.length >= SPEAKS_ALONE) groups.push(places)
    else together.push(...places)
    if (together.length < SPEAK_TOGETHER) continue
    groups.push(together)
    together = []
  }
  if (together.length > 0) groups.push(together)
  return groups
}

/** Puts contributors that came one after another (as made-up ones do) into different groups. */
function scattered(contributor: number): number {
  return Math.imul(contributor ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0
}

/** @param of number of the contributor, or of the instrument, of each witness */
function capped(weights: number[], of: ArrayLike<number>, share: number, fewest: number): number[] {
  if (share >= 1) return weights
  const places = new Map<number, number>()
  const masses: number[] = []
  const placeOf = weights.map((weight, index) => {
    const who = of[index]!
    let place = places.get(who)
    if (place === undefined) places.set(who, (place = masses.push(0) - 1))
    masses[place]! += weight
    return place
  })
  if (masses.length < fewest) return weights
  const factors = capShares(masses, share)
  return weights.map((weight, index) => weight * factors[placeOf[index]!]!)
}
