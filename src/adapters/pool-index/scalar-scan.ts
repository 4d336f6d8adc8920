import { KEY_BYTES, LANES, LANE_BYTES, type LeafLayout } from './leaf-layout.ts'
import { CHAINS, type LeafScan } from './leaf-wat.ts'

const { fround } = Math

/** The loops of `leafWat` in JavaScript: every step rounded to single precision, so that both answer alike. */
export function scalarScan(layout: LeafLayout, queryAt: number, buffer: () => ArrayBuffer): LeafScan {
  const { dimensions, blocks, boxGroupBytes, blockBytes, leafBytes, rows } = layout
  const query = queryAt / 4
  let floats = new Float32Array(buffer())
  let words = new Uint32Array(buffer())
  const look = () => {
    if (floats.buffer === buffer()) return
    floats = new Float32Array(buffer())
    words = new Uint32Array(buffer())
  }

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
    scan(from, end, firstLeaf, heap, known, full) {
      look()
      let last = known
      let worst = last === full ? squareAt(heap) : Number.POSITIVE_INFINITY
      for (let at = from, leaf = firstLeaf; at < end; at += 4, leaf += leafBytes) {
        if (!(floats[at / 4]! <= worst)) continue
        const stop = leaf + words[(at + blocks) / 4]! * blockBytes
        for (let block = leaf; block < stop; block += blockBytes) {
          for (let lane = 0; lane < LANES; lane++) {
            const square = sumOfSquares(
              (feature) => floats[block / 4 + feature * LANES + lane]! - floats[query + feature * LANES]!,
            )
            // NaN, a lane without a vector, is not near either.
            if (!(square <= worst)) continue
            const row = words[(block + rows) / 4 + lane]!
            if (last < full) rise(heap, (last += KEY_BYTES), square, row)
            else if (isFarther(heap, square, row)) sink(heap, last, square, row)
            if (last === full) worst = squareAt(heap)
          }
        }
      }
      return last
    },
    sort(heap, end) {
      look()
      for (let last = end - KEY_BYTES; last > heap; last -= KEY_BYTES) {
        const [square, row] = [squareAt(last), words[last / 4]!]
        move(heap, last)
        sink(heap, last, square, row)
      }
    },
  }

  function squareAt(key: number): number {
    return floats[key / 4 + 1]!
  }

  function isFarther(key: number, square: number, row: number): boolean {
    const other = squareAt(key)
    return other > square || (other === square && words[key / 4]! > row)
  }

  function move(from: number, to: number): void {
    words.copyWithin(to / 4, from / 4, (from + KEY_BYTES) / 4)
  }

  function put(key: number, square: number, row: number): void {
    words[key / 4] = row
    floats[key / 4 + 1] = square
  }

  /** Adds a key as the last one before `last`. */
  function rise(heap: number, last: number, square: number, row: number): void {
    let hole = last - KEY_BYTES
    while (hole > heap) {
      const above = heap + KEY_BYTES * (((hole - heap) / KEY_BYTES - 1) >> 1)
      if (isFarther(above, square, row)) break
      move(above, hole)
      hole = above
    }
    put(hole, square, row)
  }

  /** Puts a key in the place of the top. */
  function sink(heap: number, last: number, square: number, row: number): void {
    let hole = heap
    for (;;) {
      let below = 2 * hole - heap + KEY_BYTES
      if (below >= last) break
      const right = below + KEY_BYTES
      if (right < last && isFarther(right, squareAt(below), words[below / 4]!)) below = right
      if (!isFarther(below, square, row)) break
      move(below, hole)
      hole = below
    }
    put(hole, square, row)
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
