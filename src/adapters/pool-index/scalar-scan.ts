import { LANES, LANE_BYTES, type LeafLayout } from './leaf-layout.ts'
import { CHAINS, type LeafScan } from './leaf-wat.ts'

const { fround } = Math

/** The loops of `leafWat` in JavaScript: every step rounded to single precision, so that both answer alike. */
export function scalarScan(layout: LeafLayout, queryAt: number, buffer: () => ArrayBuffer): LeafScan {
  const { dimensions, blocks, boxGroupBytes, blockBytes, leafBytes } = layout
  const query = queryAt / 4
  let floats = new Float32Array(buffer())
  let words = new Uint32Array(buffer())
  const look = () => {
    if (floats.buffer === buffer()) return
    floats = new Float32Array(buffer())
    words = new Uint32Array(buffer())
  }
  const sums = new Float32Array(LANES)

  return {
    bounds(box, end, first) {
      look()
      for (let group = box, out = first; group < end; group += boxGroupBytes, out += LANE_BYTES) {
        for (let lane = 0; lane < LANES; lane++) {
          floats[out / 4 + lane] = sumOfSquares((feature) => {
            const at = group / 4 + feature * 2 * LANES + lane
            const wanted = floats[query + feature * LANES]!
            return Math.max(fround(floats[at]! - wanted), fround(wanted - floats[at + LANES]!), 0)
          })
        }
      }
    },
    scan(from, end, firstLeaf, first, worst) {
      look()
      let out = first
      let at = from
      for (let leaf = firstLeaf; at < end && out === first; at += 4, leaf += leafBytes) {
        if (!(floats[at / 4]! <= worst)) continue
        const stop = leaf + words[(at + blocks) / 4]! * blockBytes
        for (let block = leaf; block < stop; block += blockBytes) {
          if (!isNear(block / 4, worst)) continue
          floats.set(sums, out / 4)
          const rows = block / 4 + dimensions * LANES
          words.copyWithin(out / 4 + LANES, rows, rows + LANES)
          out += 2 * LANE_BYTES
        }
      }
      words[0] = at
      return out - first
    },
  }

  function isNear(block: number, worst: number): boolean {
    let near = false
    for (let lane = 0; lane < LANES; lane++) {
      const sum = sumOfSquares((feature) => floats[block + feature * LANES + lane]! - floats[query + feature * LANES]!)
      sums[lane] = sum
      if (sum <= worst) near = true
    }
    return near
  }

  function sumOfSquares(gapOf: (feature: number) => number): number {
    let all = 0
    for (let chain = 0; chain < CHAINS; chain++) {
      let sum = 0
      for (let feature = chain; feature < dimensions; feature += CHAINS) {
        const gap = fround(gapOf(feature))
        sum = fround(sum + fround(gap * gap))
      }
      all = fround(all + sum)
    }
    return all
  }
}
