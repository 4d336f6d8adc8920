import { DIMENSIONS, namesOf, scaleOf, standardise, unscaled, type FeatureScale } from './feature-scale.ts'
import type { NearestNeighbours, Vector } from './nearest-neighbours.ts'
import { FEWEST_SAMPLES } from './pool-settings.ts'

export type OpenIndex = () => NearestNeighbours

/** A scale is taken anew when there are so many times as many trades as at the last one. */
const RESCALES_AT = 4
/** From so many on another scale would be the same to a hair, and taking it would keep callers waiting. */
const SCALE_STAYS_FROM = 20_480
/** A median of so many is as good as one of all. */
const SAMPLE = 4_096

/**
 * The vectors of a cell, in two indexes (what people gave, what came with Slipway) of one scale.
 *
 * The scale is taken from the trades themselves, when there are 20 and as often as they have quadrupled, up to 20,480. It depends on
 * nothing but the trades in their order, and every instance that has seen the same ones compares alike, to the bit. It is
 * taken from the vectors, which are the only copy of the features; a name that comes to matter only later is missing in
 * earlier ones.
 */
export class CellVectors {
  #people: NearestNeighbours
  #seeds: NearestNeighbours
  readonly #open: OpenIndex
  readonly #contributorOf: (row: number) => number
  readonly #share: number
  readonly #counts = new Map<string, number>()
  #early: { features: Readonly<Record<string, number>>; row: number; isSeed: boolean }[] = []
  #scale: FeatureScale | undefined
  #nextScaleAt = FEWEST_SAMPLES
  readonly #vector = new Float32Array(DIMENSIONS)

  /**
   * @param contributorOf who gave a row
   * @param share         largest share of what a scale is taken from that one contributor may have
   */
  constructor(open: OpenIndex, contributorOf: (row: number) => number, share: number) {
    this.#open = open
    this.#contributorOf = contributorOf
    this.#share = share
    this.#people = open()
    this.#seeds = open()
  }

  get people(): NearestNeighbours {
    return this.#people
  }

  get seeds(): NearestNeighbours {
    return this.#seeds
  }

  get names(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /**
   * @param row    of the cell, counting from 0
   * @param isSeed it came with Slipway
   * @param names  its names count among those that the cell compares by
   */
  add(features: Readonly<Record<string, number>>, row: number, isSeed: boolean, names: boolean): void {
    if (names) for (const name in features) this.#countName(name)
    if (this.#scale) this.#put(this.#scale, features, row, isSeed)
    else this.#early.push({ features, row, isSeed })
    if (row + 1 < this.#nextScaleAt) return
    this.#rescale()
    this.#nextScaleAt = row + 1 < SCALE_STAYS_FROM ? this.#nextScaleAt * RESCALES_AT : Number.POSITIVE_INFINITY
  }

  /** The vector of a question; undefined while there are too few trades to compare with. Valid until the next call. */
  vectorOf(features: Readonly<Record<string, number>>): Float32Array | undefined {
    if (!this.#scale) return undefined
    standardise(this.#scale, features, this.#vector)
    return this.#vector
  }

  close(): void {
    this.#people.close?.()
    this.#seeds.close?.()
  }

  /** Names are limited, so that made-up ones can't fill the memory: what came first stays. */
  #countName(name: string): void {
    const count = this.#counts.get(name)
    if (count !== undefined) this.#counts.set(name, count + 1)
    else if (this.#counts.size < MOST_NAMES) this.#counts.set(name, 1)
  }

  #put(scale: FeatureScale, features: Readonly<Record<string, number>>, row: number, isSeed: boolean): void {
    standardise(scale, features, this.#vector)
    const index = isSeed ? this.#seeds : this.#people
    index.add(this.#vector, row)
  }

  #rescale(): void {
    const names = namesOf(this.#counts)
    const before = this.#scale
    if (!before) {
      const scale = scaleOf(
        names,
        names.map((name) => Float64Array.from(this.#early.flatMap(valueOf(name)))),
      )
      for (const { features, row, isSeed } of this.#early) this.#put(scale, features, row, isSeed)
      this.#early = []
      this.#scale = scale
      return
    }
    const places = names.map((name) => before.names.indexOf(name))
    const scale = scaleOf(names, this.#sample(before, places))
    this.#people = this.#moved(this.#people, before, scale, places)
    this.#seeds = this.#moved(this.#seeds, before, scale, places)
    this.#scale = scale
  }

  /** Values of some trades, spread over all and over who gave them, by name. */
  #sample(scale: FeatureScale, places: readonly number[]): Float64Array[] {
    const total = this.#people.size + this.#seeds.size
    const stride = Math.ceil(total / SAMPLE)
    const people: { row: number; values: number[] }[] = []
    const taken: number[][] = []
    const valuesIn = (vector: Vector) =>
      places.map((place) => (place < 0 ? Number.NaN : unscaled(scale, vector, place)))
    this.#people.each((vector, row) => {
      if (row % stride === 0) people.push({ row, values: valuesIn(vector) })
    })
    this.#seeds.each((vector, row) => {
      if (row % stride === 0) taken.push(valuesIn(vector))
    })
    const most = this.#share >= 1 ? people.length : Math.ceil(this.#share * (people.length + taken.length))
    const of = new Map<number, number>()
    // An index shows its vectors in an order of its own.
    for (const { row, values } of people.sort((a, b) => a.row - b.row)) {
      const contributor = this.#contributorOf(row)
      const had = of.get(contributor) ?? 0
      if (had >= most) continue
      of.set(contributor, had + 1)
      taken.push(values)
    }
    return places.map((_, column) =>
      Float64Array.from(taken.map((values) => values[column]!).filter((value) => !Number.isNaN(value))),
    )
  }

  #moved(from: NearestNeighbours, before: FeatureScale, after: FeatureScale, places: readonly number[]) {
    const to = this.#open()
    const features: Record<string, number> = {}
    from.each((vector, row) => {
      for (const [column, place] of places.entries())
        if (place >= 0) features[after.names[column]!] = unscaled(before, vector, place)
      standardise(after, features, this.#vector)
      to.add(this.#vector, row)
    })
    from.close?.()
    return to
  }
}

const MOST_NAMES = 64

const valueOf = (name: string) => (early: { features: Readonly<Record<string, number>> }) => {
  const value = early.features[name]
  return value === undefined ? [] : [value]
}
