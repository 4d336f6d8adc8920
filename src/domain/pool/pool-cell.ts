import { addToRecord, oddContributors, type Record as GivenRecord } from './audit-contributors.ts'
import { blend } from './blend.ts'
import { CellRows } from './cell-rows.ts'
import { CellVectors, type OpenIndex } from './cell-vectors.ts'
import { confidenceOf } from './confidence-of.ts'
import { DriftWatch } from './drift.ts'
import { estimateOf, weightsOf, type Estimate, type Voices } from './estimate.ts'
import { exitMultiples, type ExitMultiples, type Path } from './exit-multiples.ts'
import { neighbourhoodSize, quotaOf } from './neighbourhood.ts'
import type { NearestNeighbours } from './nearest-neighbours.ts'
import { isSeed, USER_PREFIX, type PoolExperience } from './pool-experience.ts'
import { FEWEST_SAMPLES, NEIGHBOURS, type PoolSettings } from './pool-settings.ts'
import { Witnesses } from './witnesses.ts'

/** Nearer neighbours than this (in spreads of a feature) must exist, or nothing in the pool is like the question. */
const FAR = 8
/** Names of features count in so many trades of a contributor: who floods a cell does not choose what it compares by. */
const NAMES_FROM = 50
/** Once people with a licence gave so many trades, what came with Slipway adds nothing. */
const SEEDS_RETIRE_AT = 1_000
/**
 * All who have no licence, as one voice: their names cost nothing, so that many of them standing close together would
 * leave nobody else among the neighbours of a question.
 */
const STRANGERS = -1
/** Most neighbours looked through for those of other contributors, where one has filled the neighbourhood. */
const MOST_LOOKED_THROUGH = 16_384

export type CellAnswer =
  | Readonly<{ kind: 'neutral'; why: 'few' | 'unlike' | 'few-contributors'; samples: number }>
  | Readonly<{
      kind: 'known'
      confidence: number
      estimate: Estimate
      /** Of the samples, how many came with Slipway. */
      seeds: number
      multiples: ExitMultiples | undefined
    }>

/**
 * Experiences that are compared with each other: one class of symbols, side, strategy and kind.
 *
 * A fold over experiences in their order; its answers depend on nothing else.
 */
export class PoolCell {
  readonly #settings: PoolSettings
  readonly #rows: CellRows
  readonly #keepsPaths: boolean
  readonly #vectors: CellVectors
  readonly #records = new Map<number, GivenRecord>()
  readonly #drift = new DriftWatch()
  readonly #strangers = new Set<number>()
  #vouched = 0
  #odd: ReadonlySet<number> = new Set()
  #auditAt = FEWEST_SAMPLES
  #peopleRows = 0
  #vouchedRows = 0
  // Of the question at hand; kept, because their columns cost more to make than to fill.
  readonly #people = new Witnesses()
  readonly #seeds = new Witnesses()

  constructor(settings: PoolSettings, open: OpenIndex, keepsPaths: boolean) {
    this.#settings = settings
    this.#rows = new CellRows(keepsPaths)
    this.#keepsPaths = keepsPaths
    const voiceOf = (row: number) => this.#voiceOf(this.#rows.contributor(row))
    this.#vectors = new CellVectors(open, voiceOf, settings.contributorShare)
  }

  get size(): number {
    return this.#rows.length
  }

  get names(): ReadonlyMap<string, number> {
    return this.#vectors.names
  }

  /** What is worth an operator's look. */
  get health(): Readonly<{ drift: number; drifts: boolean; odd: number; contributors: number }> {
    const { z, alarmed } = this.#drift
    return { drift: z, drifts: alarmed, odd: this.#odd.size, contributors: this.#records.size }
  }

  add(experience: PoolExperience, contributor: number, instrument: number): void {
    const seed = isSeed(experience.contributor)
    const row = this.#rows.add({ ...experience, contributor, instrument })
    if (!seed) this.#record(experience, contributor)
    const isKnownWell = (this.#records.get(contributor)?.count ?? 0) > NAMES_FROM
    const mayName = !isKnownWell && !this.#strangers.has(contributor)
    this.#vectors.add(experience.features, row, seed, mayName || this.#settings.contributorShare >= 1)
    if (seed) return
    this.#drift.see(experience.r > 0)
    this.#peopleRows++
    if (!this.#strangers.has(contributor)) this.#vouchedRows++
    if (this.#peopleRows < this.#auditAt || this.#settings.contributorShare >= 1) return
    this.#auditAt = Math.ceil(this.#auditAt * 1.1) + FEWEST_SAMPLES
    this.#odd = oddContributors(this.#records, this.#strangers)
  }

  ask(features: Readonly<Record<string, number>>): CellAnswer {
    const vector = this.#vectors.vectorOf(features)
    if (!vector) return { kind: 'neutral', why: 'few', samples: this.#rows.length }
    const mayUsePeople = this.#vouched >= this.#settings.contributorsBeforeUse
    const [people, seeds] = [this.#people, this.#seeds]
    people.count = 0
    seeds.count = 0
    if (mayUsePeople) this.#peopleNear(vector)
    const retired = mayUsePeople && this.#vouchedRows >= SEEDS_RETIRE_AT
    if (!retired) this.#near(seeds, this.#vectors.seeds, vector, NEIGHBOURS, Number.POSITIVE_INFINITY)
    const samples = people.count + seeds.count
    if (samples < FEWEST_SAMPLES) {
      const isHeld = !mayUsePeople && this.#peopleRows + seeds.count >= FEWEST_SAMPLES
      return { kind: 'neutral', why: isHeld ? 'few-contributors' : 'few', samples }
    }
    if (Math.min(nearestOf(people), nearestOf(seeds)) > FAR) return { kind: 'neutral', why: 'unlike', samples }
    const { contributorShare, instrumentShare } = this.#settings
    const estimate = blend(
      people.count > 0 ? estimateOf(people, { contributorShare, instrumentShare }) : undefined,
      seeds.count > 0 ? estimateOf(seeds, TRUSTED) : undefined,
    )!
    const multiples = this.#keepsPaths ? this.#multiples() : undefined
    return { kind: 'known', confidence: confidenceOf(estimate), estimate, seeds: seeds.count, multiples }
  }

  close(): void {
    this.#vectors.close()
  }

  #record({ r, weight, contributor: name }: PoolExperience, contributor: number): void {
    let record = this.#records.get(contributor)
    if (!record) {
      record = { count: 0, sumR: 0, weight }
      this.#records.set(contributor, record)
      // A user id costs nothing, so that many of them are not many people.
      if (this.#settings.trustsUnlicensed || !name.startsWith(USER_PREFIX)) this.#vouched++
      else this.#strangers.add(contributor)
    }
    record.weight = weight
    addToRecord(record, r)
  }

  #voiceOf(contributor: number): number {
    return this.#strangers.has(contributor) ? STRANGERS : contributor
  }

  #peopleNear(vector: Float32Array): void {
    const heard = this.#records.size - this.#odd.size
    const wanted = neighbourhoodSize(heard, this.#settings.contributorShare)
    const quota = quotaOf(wanted, this.#settings.contributorShare)
    this.#near(this.#people, this.#vectors.people, vector, wanted, quota)
  }

  /**
   * The nearest of those who are heard, at most `quota` of each: who has flooded a neighbourhood is passed over, and what
   * others gave is found behind it.
   */
  #near(taken: Witnesses, index: NearestNeighbours, vector: Float32Array, wanted: number, quota: number): void {
    for (let look = wanted; ; look *= 4) {
      const found = index.nearest(vector, Math.min(look, index.size))
      taken.count = 0
      const of = quota < wanted ? new Map<number, number>() : undefined
      for (let place = 0; place < found.length && taken.count < wanted; place++) {
        const row = found.rows[place]!
        const contributor = this.#rows.contributor(row)
        if (this.#odd.size > 0 && this.#odd.has(contributor)) continue
        if (of) {
          const voice = this.#voiceOf(contributor)
          const had = of.get(voice) ?? 0
          if (had >= quota) continue
          of.set(voice, had + 1)
        }
        taken.add(this.#rows, row, found.distances[place]!)
      }
      if (taken.count >= wanted || found.length >= index.size || look >= MOST_LOOKED_THROUGH) return
    }
  }

  #multiples(): ExitMultiples | undefined {
    const { contributorShare, instrumentShare } = this.#settings
    const paths = [
      ...this.#pathsOf(this.#people, { contributorShare, instrumentShare }),
      ...this.#pathsOf(this.#seeds, TRUSTED),
    ]
    return exitMultiples(paths, FEWEST_SAMPLES)
  }

  #pathsOf(witnesses: Witnesses, voices: Voices): Path[] {
    return weightsOf(witnesses, voices).flatMap((weight, place) => {
      const path = this.#rows.path(witnesses.rows[place]!)
      return path ? [{ ...path, weight }] : []
    })
  }
}

function nearestOf({ count, distances }: Witnesses): number {
  return count > 0 ? distances[0]! : Number.POSITIVE_INFINITY
}

const TRUSTED = { contributorShare: 1, instrumentShare: 1 }
