/** Vectors in a SIMD register: they lie side by side, feature by feature. */
export const LANES = 4
/** Most vectors in a leaf. Smaller ones are skipped more often, larger ones are asked less often. */
export const LEAF_SIZE = 128
/** Leaves that lie together, so that the boxes of many are read in one go. */
export const CHUNK_LEAVES = 32

export const LANE_BYTES = 4 * LANES
/** Where a scan keeps the squares of the block at hand. */
export const SQUARES_AT = LANE_BYTES
/** A square's bits above its row's number. */
export const KEY_BYTES = 8

/** Where everything lies in a chunk; offsets are bytes from its begin. */
export type LeafLayout = Readonly<{
  dimensions: number
  /** By leaf: the least squared distance that the query may have to a vector in it, for the question at hand. */
  bounds: 0
  /** By leaf: blocks in use, then vectors in use. */
  blocks: number
  sizes: number
  /** By four leaves, by feature: the least value of each of the four, then the greatest of each. */
  boxes: number
  /** The leaves' blocks: by feature the values of four vectors, and what is said below. NaN where there is no vector. */
  leaves: number
  /** In a block: four times `halfSquare`, and four row numbers. */
  halves: number
  rows: number
  boxGroupBytes: number
  blockBytes: number
  leafBytes: number
  chunkBytes: number
}>

/** @param dimensions features of a vector, 1 to 64 */
export function leafLayout(dimensions: number): LeafLayout {
  const boxGroupBytes = 2 * dimensions * LANE_BYTES
  const halves = dimensions * LANE_BYTES
  const rows = halves + LANE_BYTES
  const blockBytes = rows + LANE_BYTES
  const leafBytes = (LEAF_SIZE / LANES) * blockBytes
  const blocks = 4 * CHUNK_LEAVES
  const sizes = 2 * blocks
  const boxes = 3 * blocks
  const leaves = boxes + (CHUNK_LEAVES / LANES) * boxGroupBytes
  return {
    dimensions,
    ...{ bounds: 0, blocks, sizes, boxes, leaves, halves, rows },
    ...{ boxGroupBytes, blockBytes, leafBytes, chunkBytes: leaves + CHUNK_LEAVES * leafBytes },
  }
}

/**
 * By how much single precision may be wrong about |x|² / 2 - q·x, as a share of |x|² / 2 + |q|² / 2, and more: 66 roundings
 * of 2^-24 each are below a quarter of it.
 */
export const SLACK = 2 ** -16

/**
 * |x|² / 2, less the slack: the four of a block, less x·q, are never above what they exactly are.
 *
 * @see Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed. (2002), §3.1: the error of an inner product
 */
export function halfSquare(vector: Float32Array, from: number, dimensions: number): number {
  let sum = 0
  for (let at = from; at < from + dimensions; at++) sum += vector[at]! * vector[at]!
  return (sum / 2) * (1 - SLACK)
}
