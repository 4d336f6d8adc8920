import type { NearestNeighbours, Neighbours } from '../../domain/pool/nearest-neighbours.ts'
import { CHUNK_LEAVES, halfSquare, KEY_BYTES, LANES } from './leaf-layout.ts'
import { openLeafMemory, type LeafMemory } from './leaf-memory.ts'
import { LeafTree } from './leaf-tree.ts'

/**
 * Exact k-nearest-neighbour search. Distances are Euclidean, in single precision and always summed in one order, so every
 * instance that was given the same rows answers the same to the last bit, in whatever order they came.
 */
export interface PoolIndex extends NearestNeighbours {
  /** What it holds of the memory. */
  readonly bytes: number
  /**
   * @param vector as many values as the index has dimensions, rounded to single precision
   * @param row    row number, 0 to 2^32 - 1; given back by `nearest`
   * @throws {RangeError} a value that is not finite or beyond ±1e18, another length, no row number: nothing was added
   */
  add(vector: ArrayLike<number>, row: number): void
  /**
   * The `k` rows nearest to `query`, or all where there are fewer, nearest first; equal distances by row number. Distances
   * are in the unit of the vectors. Valid until the next call.
   *
   * @throws {RangeError} as `add`, and for a `k` that is not a whole number from 0
   */
  nearest(query: ArrayLike<number>, k: number): Neighbours
  /** Takes everything out, and gives its memory back. It may be filled again: that is how rows are removed or changed. */
  close(): void
}

/** Beyond this a squared distance would overflow single precision, and equal what it is not. */
const GREATEST = 1e18
const MOST_ROWS = 2 ** 32
/** How many of the nearest leaves are looked through before the others: most of the answer is in them. */
const FIRST_LEAVES = 4

/**
 * An empty index: leaves of up to 128 vectors, each with its bounding box. A question computes how near each leaf may be,
 * looks through the nearest few, and then through those that may still hold one of the k nearest. Adding takes microseconds
 * at any size: nothing is ever built anew.
 *
 * @param memory where the vectors are kept; one memory may serve many indexes of its dimensions
 * @see Bentley, "Multidimensional binary search trees used for associative searching", CACM 18 (1975)
 * @see Weber, Schek, Blott, "A quantitative analysis … of similarity-search methods in high-dimensional spaces", VLDB 1998:
 *      why a flat scan of bounds beats a walk down a tree in so many dimensions
 */
export function openPoolIndex({ dimensions, memory = openLeafMemory(dimensions) }: Options): PoolIndex {
  if (memory.layout.dimensions !== dimensions) throw new RangeError(`memory for ${memory.layout.dimensions} features`)
  const tree = new LeafTree(memory)
  const { layout, scan, queryAt } = memory
  const given = new Float32Array(dimensions)
  // One for all answers: a typed array for each would cost more than finding what is in it.
  let rows = new Uint32Array(0)
  let distances = new Float32Array(0)
  let size = 0

  return {
    get size() {
      return size
    },
    get bytes() {
      return tree.chunks.length * layout.chunkBytes
    },
    add(vector, row) {
      if (!Number.isInteger(row) || row < 0 || row >= MOST_ROWS) throw new RangeError(`${row} is not a row number`)
      read(vector)
      tree.insert(given, row)
      size++
    },
    nearest(query, k) {
      if (!Number.isInteger(k) || k < 0) throw new RangeError(`${k} neighbours: must be a whole number from 0`)
      read(query)
      const most = Math.min(k, size)
      if (most === 0) return { rows, distances, length: 0 }
      const heap = memory.heapOf(most)
      const { floats } = memory
      let at = queryAt / 4
      for (let feature = 0; feature < dimensions; feature++)
        for (let lane = 0; lane < LANES; lane++) floats[at++] = given[feature]!
      floats[at] = halfSquare(given, 0, dimensions)
      for (const [number, chunk] of tree.chunks.entries()) {
        const groups = Math.ceil(leavesIn(number) / LANES)
        const box = chunk + layout.boxes
        scan.bounds(box, box + groups * layout.boxGroupBytes, chunk + layout.bounds)
      }
      const full = heap + most * KEY_BYTES
      let last = heap
      for (const leaf of nearestLeaves()) {
        const chunk = tree.chunks[Math.floor(leaf / CHUNK_LEAVES)]!
        const inChunk = leaf % CHUNK_LEAVES
        last = look(chunk, inChunk, inChunk + 1, heap, last, full)
        // Looked through: nearer than nothing from here on.
        floats[chunk / 4 + inChunk] = Number.NaN
      }
      for (const [number, chunk] of tree.chunks.entries()) last = look(chunk, 0, leavesIn(number), heap, last, full)
      scan.sort(heap, last)
      return kept(heap, most)
    },
    each: (visit) => tree.each(visit),
    close() {
      tree.clear()
      size = 0
    },
  }

  function read(vector: ArrayLike<number>): void {
    if (vector.length !== dimensions) throw new RangeError(`${vector.length} features instead of ${dimensions}`)
    for (let feature = 0; feature < dimensions; feature++) {
      const value = vector[feature]!
      if (!(Math.abs(value) <= GREATEST)) throw new RangeError(`feature ${feature} is ${value}`)
      given[feature] = value
    }
  }

  function leavesIn(chunk: number): number {
    return Math.min(tree.leaves - chunk * CHUNK_LEAVES, CHUNK_LEAVES)
  }

  /** The leaves with the least bounds, nearest first. */
  function nearestLeaves(): number[] {
    const leaves: number[] = []
    const bounds: number[] = []
    let most = Number.POSITIVE_INFINITY
    for (const [number, chunk] of tree.chunks.entries()) {
      for (let inChunk = 0, end = leavesIn(number); inChunk < end; inChunk++) {
        const bound = memory.floats[chunk / 4 + inChunk]!
        if (!(bound < most)) continue
        let at = bounds.length < FIRST_LEAVES ? bounds.length : FIRST_LEAVES - 1
        for (; at > 0 && bounds[at - 1]! > bound; at--) {
          bounds[at] = bounds[at - 1]!
          leaves[at] = leaves[at - 1]!
        }
        bounds[at] = bound
        leaves[at] = number * CHUNK_LEAVES + inChunk
        if (bounds.length === FIRST_LEAVES) most = bounds[FIRST_LEAVES - 1]!
      }
    }
    return leaves
  }

  /** Keeps what is near enough in the leaves [from, to) of a chunk. */
  function look(chunk: number, from: number, to: number, heap: number, last: number, full: number): number {
    const bounds = chunk + layout.bounds
    const leaf = chunk + layout.leaves + from * layout.leafBytes
    return scan.scan(bounds + from * 4, bounds + to * 4, leaf, heap, last, full)
  }

  function kept(heap: number, count: number): Neighbours {
    const { floats, words } = memory
    if (rows.length < count) {
      rows = new Uint32Array(count)
      distances = new Float32Array(count)
    }
    for (let place = 0, at = heap / 4; place < count; place++, at += KEY_BYTES / 4) {
      rows[place] = words[at]!
      distances[place] = Math.sqrt(floats[at + 1]!)
    }
    return { rows, distances, length: count }
  }
}

type Options = Readonly<{ dimensions: number; memory?: LeafMemory }>
