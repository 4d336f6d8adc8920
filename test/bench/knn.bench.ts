import { openPoolIndex, type PoolIndex } from '../../src/adapters/pool-index/pool-index.ts'
import { scaleOf, standardise } from '../../src/domain/pool/feature-scale.ts'
import { vwapBounce } from '../../src/domain/strategy/vwap-bounce/vwap-bounce.ts'
import { normalVectors } from '../support/neighbours.ts'
import { generatedBars, instrumentOf } from '../support/sample-bars.ts'
import { FLAT, openRun, sessionClockOf } from '../support/strategy-replay.ts'
import type { Neighbours } from '../../src/domain/pool/nearest-neighbours.ts'
import type { Bench, Figure } from './figure.ts'

export const name: Bench['name'] = 'nearest experiences'

const DIMENSIONS = 12
const K = 50
const SIZES = [
  { count: 10_000, limit: 0.25, queries: 400 },
  { count: 100_000, limit: 0.25, queries: 100 },
  { count: 1_000_000, limit: 0.15, queries: 24 },
]
const ROUNDS = 5
/** Questions asked of one before it is the other's turn: each then works in a cache of its own making. */
const IN_A_ROW = 20
const MOST = Math.max(...SIZES.map(({ count }) => count))
const ASKED = Math.max(...SIZES.map(({ queries }) => queries))
/** Setups that middle and spread of each feature are taken from. */
const SCALE_SAMPLE = 10_000
/** What a vector and its row number need at least. */
const BARE_BYTES = 4 * (DIMENSIONS + 1)

/**
 * The nearest 50 of the pool against a plain loop over one Float32Array with a heap, taking turns; of each question the best
 * of several rounds counts, because a busy machine only adds to it. Two kinds of vectors: setups that vwap-bounce finds in
 * generated bars, standardised as the pool does it, and independent normal numbers, which no feature of a market is as spread
 * out as. The questions are vectors that the pool does not have.
 */
export const run: Bench['run'] = async () => {
  const kinds: [string, () => Float32Array][] = [
    ['setups of vwap-bounce', bounceSetups],
    ['standard normal', () => flat(normalVectors({ count: MOST + ASKED, dimensions: DIMENSIONS, seed: 5 }))],
  ]
  return { figures: kinds.flatMap(([kind, vectors]) => figuresOf(kind, vectors())) }
}

function figuresOf(kind: string, vectors: Float32Array): Figure[] {
  const questions = Array.from({ length: ASKED }, (_, at) => vectorOf(vectors, MOST + at))
  return SIZES.flatMap(({ count, limit, queries }) => {
    const pool = vectors.subarray(0, count * DIMENSIONS)
    const filled = fill(pool)
    const { index } = filled
    const asked = questions.slice(0, queries)
    // Both are compiled, and right, before they are measured.
    for (const query of asked) agree(index.nearest(query, K), nearestByHeap(pool, query).squares)
    const base = new Float64Array(queries).fill(Number.POSITIVE_INFINITY)
    const ours = base.slice()
    const measure = (best: Float64Array, from: number, work: (query: Float32Array) => void) => {
      for (let at = from; at < Math.min(from + IN_A_ROW, queries); at++)
        best[at] = Math.min(
          best[at]!,
          timed(() => work(asked[at]!)),
        )
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (let from = 0; from < queries; from += IN_A_ROW) {
        measure(base, from, (query) => nearestByHeap(pool, query))
        measure(ours, from, (query) => index.nearest(query, K))
      }
    }
    const ratios = Array.from(ours, (one, at) => one / base[at]!).toSorted((x, y) => x - y)
    return [
      {
        name: `nearest ${K} of ${count.toLocaleString('en')}, ${kind}`,
        ...{ value: mean(ours) / mean(base), limit, unit: 'x baseline', baseline: Math.round(mean(base) * 1_000) },
        note: `${Math.round(mean(ours) * 1_000)} µs, baseline in µs; the worst question ${ratios.at(-1)!.toFixed(3)}`,
      },
      {
        name: `memory of an experience, of ${count.toLocaleString('en')}, ${kind}`,
        ...{ value: Math.round(index.bytes / count), limit: 2 * BARE_BYTES, unit: 'bytes', baseline: BARE_BYTES },
        note: `process grew by ${filled.grown.toFixed(1)} MiB; added in ${filled.mean.toFixed(2)} µs each, the slowest in ${(filled.slowest * 1_000).toFixed(0)} µs`,
      },
    ]
  })
}

function fill(pool: Float32Array): { index: PoolIndex; mean: number; slowest: number; grown: number } {
  const times = new Float64Array(pool.length / DIMENSIONS).fill(Number.POSITIVE_INFINITY)
  addAll(openPoolIndex({ dimensions: DIMENSIONS }), pool, times)
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  const index = openPoolIndex({ dimensions: DIMENSIONS })
  addAll(index, pool, times)
  globalThis.gc?.()
  const grown = (process.memoryUsage.rss() - before) / 2 ** 20
  return { index, mean: mean(times) * 1_000, slowest: times.reduce((most, one) => Math.max(most, one), 0), grown }
}

/** Keeps the shorter time of each row: what a row costs, it costs every time. */
function addAll(index: PoolIndex, pool: Float32Array, times: Float64Array): void {
  for (let row = 0; row < times.length; row++) {
    const vector = vectorOf(pool, row)
    const started = performance.now()
    index.add(vector, row)
    times[row] = Math.min(times[row]!, performance.now() - started)
  }
}

const squares = new Float64Array(K)
const rows = new Uint32Array(K)

/** The baseline: every vector in turn, the nearest so far in a heap with the farthest on top. */
function nearestByHeap(pool: Float32Array, query: Float32Array): { squares: Float64Array; rows: Uint32Array } {
  squares.fill(Number.POSITIVE_INFINITY)
  for (let at = 0, row = 0; at < pool.length; at += DIMENSIONS, row++) {
    let sum = 0
    for (let feature = 0; feature < DIMENSIONS; feature++) {
      const gap = pool[at + feature]! - query[feature]!
      sum += gap * gap
    }
    if (sum < squares[0]!) replaceTop(sum, row)
  }
  return { squares, rows }
}

function replaceTop(square: number, row: number): void {
  let at = 0
  for (let below = 1; below < K; below = 2 * at + 1) {
    if (below + 1 < K && squares[below + 1]! > squares[below]!) below++
    if (squares[below]! <= square) break
    squares[at] = squares[below]!
    rows[at] = rows[below]!
    at = below
  }
  squares[at] = square
  rows[at] = row
}

/** Of one neighbour or another at the same distance, up to rounding, either is right. */
function agree({ distances, length }: Neighbours, expected: Float64Array): void {
  const sorted = expected.toSorted()
  if (length !== sorted.length) throw new Error(`${length} neighbours instead of ${sorted.length}`)
  for (let at = 0; at < length; at++) {
    const distance = distances[at]!
    const wanted = Math.sqrt(sorted[at]!)
    if (Math.abs(distance - wanted) > 1e-5 * wanted + 1e-12) throw new Error(`${distance} instead of ${wanted}`)
  }
}

/** Setups of many years of generated bars, standardised. */
function bounceSetups(): Float32Array {
  const vectors = new Float32Array((MOST + ASKED) * DIMENSIONS)
  const first: Readonly<Record<string, number>>[] = []
  let write: ((features: Readonly<Record<string, number>>) => void) | undefined
  let filled = 0
  for (let seed = 1; filled < vectors.length; seed++) {
    for (const features of setupsOf(seed)) {
      if (filled === vectors.length) break
      if (write) write(features)
      else if (first.push(features) === SCALE_SAMPLE) {
        write = writerFor(first)
        for (const one of first) write(one)
      }
    }
  }
  return vectors

  function writerFor(sample: typeof first): NonNullable<typeof write> {
    const names = Object.keys(sample[0]!)
    if (names.length !== DIMENSIONS) throw new Error(`${names.length} features instead of ${DIMENSIONS}`)
    const scale = scaleOf(
      names,
      names.map((feature) => Float64Array.from(sample, (features) => features[feature]!)),
    )
    return (features) => {
      standardise(scale, features, vectors.subarray(filled, filled + DIMENSIONS))
      filled += DIMENSIONS
    }
  }
}

function* setupsOf(seed: number): Generator<Readonly<Record<string, number>>> {
  const spy = instrumentOf('SPY')
  const clock = sessionClockOf(spy)
  const strategy = openRun(vwapBounce, spy)
  for (const bar of generatedBars({ symbol: 'SPY', days: 1_000, seed })) {
    const proposal = strategy.onBar(bar, clock.sessionAt(bar.time), FLAT)
    if (proposal && proposal.kind !== 'exit' && proposal.features) yield proposal.features
  }
}

const vectorOf = (vectors: Float32Array, row: number) => vectors.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS)

function flat(vectors: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(vectors.length * DIMENSIONS)
  for (const [row, vector] of vectors.entries()) all.set(vector, row * DIMENSIONS)
  return all
}

function timed(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
