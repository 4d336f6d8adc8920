/** Vectors in a SIMD register: they lie side by side, feature by feature. */
export const LANES = 4
/** Most vectors in a leaf. Smaller ones are skipped more often, larger ones are asked less often. */
export const LEAF_SIZE = 128
/** Leaves that lie together, so that the boxes of many are read in one go. */
export const CHUNK_LEAVES = 32

export const LANE_BYTES = 4 * LANES

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
  /** The leaves' blocks: by feature the values of four vectors, then their four row numbers. NaN where there is none. */
  leaves: number
  boxGroupBytes: number
  blockBytes: number
  leafBytes: number
  chunkBytes: number
}>

/** @param dimensions features of a vector, 1 to 64 */
export function leafLayout(dimensions: number): LeafLayout {
  const boxGroupBytes = 2 * dimensions * LANE_BYTES
  const blockBytes = (dimensions + 1) * LANE_BYTES
  const leafBytes = (LEAF_SIZE / LANES) * blockBytes
  const blocks = 4 * CHUNK_LEAVES
  const sizes = 2 * blocks
  const boxes = 3 * blocks
  const leaves = boxes + (CHUNK_LEAVES / LANES) * boxGroupBytes
  return {
    dimensions,
    ...{ bounds: 0, blocks, sizes, boxes, leaves },
    ...{ boxGroupBytes, blockBytes, leafBytes, chunkBytes: leaves + CHUNK_LEAVES * leafBytes },
  }
}
