import { CHUNK_LEAVES, halfSquare, LANES, LEAF_SIZE } from './leaf-layout.ts'
import type { LeafMemory } from './leaf-memory.ts'

/** Where a node's child is: a node, or (below 0) the leaf whose complement this is. */
type Child = number
const ROOT_IS_LEAF: Child = ~0

/**
 * Decides which leaf a vector goes to, and keeps the leaves' boxes tight: a k-d tree whose leaves are split when they are
 * full, at the median of the feature that they spread over most. No other leaf is touched, so no insertion ever takes
 * longer than the split of one leaf, however many vectors there are. Questions don't use the tree: they read the boxes.
 */
export class LeafTree {
  readonly chunks: number[] = []
  leaves = 0
  readonly #memory: LeafMemory
  /** By node: the feature that decides, from which value on it goes above, and both children. */
  readonly #feature: number[] = []
  readonly #value: number[] = []
  readonly #below: Child[] = []
  readonly #above: Child[] = []
  #root: Child = ROOT_IS_LEAF
  readonly #readVectors: Float32Array
  readonly #readRows = new Uint32Array(LEAF_SIZE)
  readonly #column = new Float32Array(LEAF_SIZE)

  constructor(memory: LeafMemory) {
    this.#memory = memory
    this.#readVectors = new Float32Array(LEAF_SIZE * memory.layout.dimensions)
  }

  /** @param vector finite values, one for each feature */
  insert(vector: Float32Array, row: number): void {
    if (this.leaves === 0) this.#root = ~this.#newLeaf()
    for (;;) {
      let node = -1
      let child = this.#root
      while (child >= 0) {
        node = child
        child = vector[this.#feature[node]!]! < this.#value[node]! ? this.#below[node]! : this.#above[node]!
      }
      const leaf = ~child
      if (this.#sizeOf(leaf) < LEAF_SIZE) return this.#append(leaf, vector, 0, row)
      this.#replace(node, child, this.#split(leaf))
    }
  }

  /** Shows every vector and its row; the vector is overwritten by the next. */
  each(visit: (vector: Float32Array, row: number) => void): void {
    const { dimensions } = this.#memory.layout
    for (let leaf = 0; leaf < this.leaves; leaf++) {
      this.#read(leaf)
      for (let at = 0, size = this.#sizeOf(leaf); at < size; at++) {
        visit(this.#readVectors.subarray(at * dimensions, (at + 1) * dimensions), this.#readRows[at]!)
      }
    }
  }

  clear(): void {
    for (const chunk of this.chunks) this.#memory.give(chunk)
    for (const list of [this.chunks, this.#feature, this.#value, this.#below, this.#above]) list.length = 0
    this.leaves = 0
  }

  #replace(node: number, child: Child, by: Child): void {
    if (node < 0) this.#root = by
    else if (this.#below[node] === child) this.#below[node] = by
    else this.#above[node] = by
  }

  /** What stands in the place of a full leaf: a node over its two halves. */
  #split(leaf: number): Child {
    const { dimensions } = this.#memory.layout
    this.#read(leaf)
    const feature = this.#widest(leaf)
    for (let at = 0; at < LEAF_SIZE; at++) this.#column[at] = this.#readVectors[at * dimensions + feature]!
    const value = middle(this.#column.sort())
    // All alike, and no plane parts them: the full leaf keeps its box and is asked on, the next ones go to a new leaf.
    if (value === undefined) return ~this.#newLeaf()

    const other = this.#newLeaf()
    this.#empty(leaf)
    for (let at = 0; at < LEAF_SIZE; at++) {
      const from = at * dimensions
      const to = this.#readVectors[from + feature]! < value ? leaf : other
      this.#append(to, this.#readVectors, from, this.#readRows[at]!)
    }
    this.#feature.push(feature)
    this.#value.push(value)
    this.#below.push(~leaf)
    return this.#above.push(~other) - 1
  }

  #newLeaf(): number {
    const leaf = this.leaves++
    if (leaf % CHUNK_LEAVES === 0) {
      const chunk = this.#memory.take()
      this.chunks.push(chunk)
      const { boxes, leaves } = this.#memory.layout
      // A box of NaN is near nothing.
      this.#memory.floats.fill(Number.NaN, (chunk + boxes) / 4, (chunk + leaves) / 4)
    }
    this.#empty(leaf)
    return leaf
  }

  #empty(leaf: number): void {
    const { words, floats, layout } = this.#memory
    const head = this.#chunkOf(leaf) / 4 + (leaf % CHUNK_LEAVES)
    words[head + layout.blocks / 4] = 0
    words[head + layout.sizes / 4] = 0
    const box = this.#boxOf(leaf)
    for (let feature = 0; feature < layout.dimensions; feature++) {
      floats[box + feature * 2 * LANES] = Number.NaN
      floats[box + feature * 2 * LANES + LANES] = Number.NaN
    }
  }

  #append(leaf: number, vectors: Float32Array, from: number, row: number): void {
    const { words, floats, layout } = this.#memory
    const { dimensions, blockBytes, halves, rows } = layout
    const head = this.#chunkOf(leaf) / 4 + (leaf % CHUNK_LEAVES)
    const size = words[head + layout.sizes / 4]!
    const block = this.#leafAt(leaf) + (Math.floor(size / LANES) * blockBytes) / 4
    const lane = size % LANES
    // NaN is near nothing: the lanes without a vector need no other mark.
    if (lane === 0) floats.fill(Number.NaN, block, block + rows / 4)
    const box = this.#boxOf(leaf)
    for (let feature = 0; feature < dimensions; feature++) {
      const value = vectors[from + feature]!
      floats[block + feature * LANES + lane] = value
      const least = box + feature * 2 * LANES
      if (!(floats[least]! <= value)) floats[least] = value
      if (!(floats[least + LANES]! >= value)) floats[least + LANES] = value
    }
    floats[block + halves / 4 + lane] = halfSquare(vectors, from, dimensions)
    words[block + rows / 4 + lane] = row
    words[head + layout.sizes / 4] = size + 1
    words[head + layout.blocks / 4] = Math.floor(size / LANES) + 1
  }

  /** Copies a leaf, feature beside feature, to where it may be changed from; what lies behind its size is arbitrary. */
  #read(leaf: number): void {
    const { words, floats, layout } = this.#memory
    const { dimensions, blockBytes, rows } = layout
    for (let at = 0; at < LEAF_SIZE; at++) {
      const block = this.#leafAt(leaf) + (Math.floor(at / LANES) * blockBytes) / 4
      const lane = at % LANES
      for (let feature = 0; feature < dimensions; feature++) {
        this.#readVectors[at * dimensions + feature] = floats[block + feature * LANES + lane]!
      }
      this.#readRows[at] = words[block + rows / 4 + lane]!
    }
  }

  #widest(leaf: number): number {
    const { floats, layout } = this.#memory
    const box = this.#boxOf(leaf)
    let widest = 0
    let most = -1
    for (let feature = 0; feature < layout.dimensions; feature++) {
      const spread = floats[box + feature * 2 * LANES + LANES]! - floats[box + feature * 2 * LANES]!
      if (spread > most) {
        most = spread
        widest = feature
      }
    }
    return widest
  }

  #sizeOf(leaf: number): number {
    return this.#memory.words[(this.#chunkOf(leaf) + this.#memory.layout.sizes) / 4 + (leaf % CHUNK_LEAVES)]!
  }

  #chunkOf(leaf: number): number {
    return this.chunks[Math.floor(leaf / CHUNK_LEAVES)]!
  }

  /** In floats: where its box begins, its own lane. */
  #boxOf(leaf: number): number {
    const { boxes, boxGroupBytes } = this.#memory.layout
    const inChunk = leaf % CHUNK_LEAVES
    return (this.#chunkOf(leaf) + boxes + Math.floor(inChunk / LANES) * boxGroupBytes) / 4 + (inChunk % LANES)
  }

  /** In floats: where its blocks begin. */
  #leafAt(leaf: number): number {
    const { leaves, leafBytes } = this.#memory.layout
    return (this.#chunkOf(leaf) + leaves + (leaf % CHUNK_LEAVES) * leafBytes) / 4
  }
}

/** The value nearest to the median that has a smaller one before it; undefined where all are equal. */
function middle(sorted: Float32Array): number | undefined {
  const half = sorted.length / 2
  for (let away = 0; away < half; away++) {
    for (const at of [half - away, half + away]) {
      if (sorted[at - 1]! < sorted[at]!) return sorted[at]!
    }
  }
  return undefined
}
