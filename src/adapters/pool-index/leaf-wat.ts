import { keep, SINK } from './heap-wat.ts'
import { LANE_BYTES, SLACK, SQUARES_AT, type LeafLayout } from './leaf-layout.ts'

/** What both kinds of machine can do; addresses are bytes. `leafWat` says what each means. */
export type LeafScan = Readonly<{
  bounds: (box: number, end: number, out: number) => void
  scan: (at: number, end: number, leaf: number, heap: number, last: number, full: number) => number
  sort: (heap: number, last: number) => void
}>

/**
 * Squares are added up in so many sums, each of every so-maniest feature, which are then added up in their order: an
 * addition waits for the one before it, and so four go on at once.
 */
export const CHAINS = 4

/** Far above every rounding of a number that is nearly 0. */
const LEAST = 1e-37

const SQUARE = `
    local.tee $gap
    local.get $gap
    f32x4.mul
    `

/**
 * The index's two loops (WebAssembly SIMD): how near each leaf may be, and which vectors are near.
 *
 * Squares are summed in one order and in single precision, here as there. Rounding never turns an order around, so the
 * bound of a leaf is never above the distance of a vector in it, and a vector has one distance wherever it lies.
 *
 * A block is looked at twice: |x|² / 2 - q·x takes two thirds of the instructions of |x - q|², or a third where multiplying
 * and subtracting are one, and is not above (worst - |q|²) / 2 where |x - q|² is not above the worst. What it is wrong about
 * in single precision is on the safe side (`SLACK`), so that it only ever sends a block too many to be looked at exactly.
 *
 * @param queryAt address of the query: each feature four times, then its `halfSquare`
 * @param fused   the machine multiplies and subtracts in one
 */
export function leafWat(
  { dimensions, blocks, boxGroupBytes, blockBytes, leafBytes, halves, rows }: LeafLayout,
  queryAt: number,
  fused: boolean,
): string {
  const features = Array.from({ length: dimensions }, (_, feature) => feature)
  const query = features.map((feature) => `$q${feature}:v128`).join(' ')
  const loadQuery = features
    .map(
      (feature) => `
  i32.const ${queryAt + feature * LANE_BYTES}
  v128.load
  local.set $q${feature}`,
    )
    .join('')
  /** Squares of what `gap` leaves on the stack, summed as `CHAINS` says. */
  const sumOfSquares = (gap: (feature: number) => string) =>
    Array.from({ length: Math.min(CHAINS, dimensions) }, (_, chain) => {
      const own = features.filter((feature) => feature % CHAINS === chain)
      const squares = own.map((feature, at) => `${gap(feature)}${SQUARE}${at === 0 ? '' : 'f32x4.add'}`)
      return `${squares.join('')}${chain === 0 ? '' : '\n    f32x4.add'}`
    }).join('')
  /** Takes x·q off $left and $right: two sums, because each step waits for the one before it. */
  const lessProducts = features
    .map((feature) => {
      const sum = feature % 2 === 0 ? '$left' : '$right'
      const factors = `
        local.get $block
        v128.load offset=${feature * LANE_BYTES}
        local.get $q${feature}`
      return fused
        ? `${factors}
        local.get ${sum}
        f32x4.relaxed_nmadd
        local.set ${sum}`
        : `
        local.get ${sum}${factors}
        f32x4.mul
        f32x4.sub
        local.set ${sum}`
    })
    .join('')
  /** What follows from $worst. The least number is for squares so small that the slack of them is 0. */
  const takeWorst = `
    local.tee $worst
    f32x4.splat
    local.set $near
    local.get $worst
    f32.const ${0.5 + SLACK}
    f32.mul
    f32.const ${LEAST}
    f32.add
    local.get $half
    f32.sub
    f32x4.splat
    local.set $limit`
  return `
;; Stores at $out the least squared distance to the box of each leaf, four leaves at a time.
func bounds $box $end $out
  locals ${query} $gap:v128 $zero:v128
  ${loadQuery}
  loop $groups
    local.get $out
    ${sumOfSquares(
      (feature) => `
    local.get $box
    v128.load offset=${feature * 2 * LANE_BYTES}
    local.get $q${feature}
    f32x4.sub
    local.get $q${feature}
    local.get $box
    v128.load offset=${(feature * 2 + 1) * LANE_BYTES}
    f32x4.sub
    f32x4.pmax
    local.get $zero
    f32x4.pmax`,
    )}
    v128.store
    local.get $out
    i32.const ${LANE_BYTES}
    i32.add
    local.set $out
    local.get $box
    i32.const ${boxGroupBytes}
    i32.add
    local.tee $box
    local.get $end
    i32.lt_u
    br_if $groups
  end

;; Looks through the leaves whose bound, from $at to $end, is not above the worst that is kept; $leaf is the first one's
;; address. Keeps the nearest at $heap, where keys lie up to $last and have room up to $full. Answers where they end now.
func scan $at $end $leaf $heap $last $full -> i32
  locals ${query} $gap:v128 $sum:v128 $near:v128 $left:v128 $right:v128 $zero:v128 $limit:v128
  locals $worst:f32 $half:f32 $block $stop $lanes $lane $key:i64 $other:i64 $hole $below
  ${loadQuery}
  i32.const ${queryAt + dimensions * LANE_BYTES}
  f32.load
  local.set $half
  local.get $last
  local.get $full
  i32.eq
  if $isFull
    local.get $heap
    i32.load offset=4
    local.set $lane
  else
    ;; Infinity: all are near enough.
    i32.const 0x7f800000
    local.set $lane
  end
  local.get $lane
  f32.reinterpret_i32
  ${takeWorst}
  block $done
  loop $leaves
    local.get $at
    local.get $end
    i32.ge_u
    br_if $done
    local.get $at
    f32.load
    local.get $worst
    f32.le
    if $isNear
      local.get $leaf
      local.tee $block
      local.get $at
      i32.load offset=${blocks}
      i32.const ${blockBytes}
      i32.mul
      i32.add
      local.set $stop
      loop $blocks
        local.get $block
        v128.load offset=${halves}
        local.set $left
        local.get $zero
        local.set $right
        ${lessProducts}
        local.get $left
        local.get $right
        f32x4.add
        local.get $limit
        f32x4.le
        v128.any_true
        if $mayHit
        ${sumOfSquares(
          (feature) => `
        local.get $block
        v128.load offset=${feature * LANE_BYTES}
        local.get $q${feature}
        f32x4.sub`,
        )}
        local.tee $sum
        local.get $near
        f32x4.le
        i32x4.bitmask
        local.tee $lanes
        if $hit
          i32.const ${SQUARES_AT}
          local.get $sum
          v128.store
          loop $eachLane
            local.get $lanes
            i32.ctz
            i32.const 2
            i32.shl
            local.set $lane
            local.get $lane
            i32.load offset=${SQUARES_AT}
            i64.extend_i32_u
            i64.const 32
            i64.shl
            local.get $block
            local.get $lane
            i32.add
            i32.load offset=${rows}
            i64.extend_i32_u
            i64.or
            local.set $key
            ${keep(`
              local.get $heap
              f32.load offset=4
              ${takeWorst}`)}
            local.get $lanes
            local.get $lanes
            i32.const 1
            i32.sub
            i32.and
            local.tee $lanes
            br_if $eachLane
          end
        end
        end
        local.get $block
        i32.const ${blockBytes}
        i32.add
        local.tee $block
        local.get $stop
        i32.lt_u
        br_if $blocks
      end
    end
    local.get $at
    i32.const 4
    i32.add
    local.set $at
    local.get $leaf
    i32.const ${leafBytes}
    i32.add
    local.set $leaf
    br $leaves
  end
  end
  local.get $last

;; Puts the keys from $heap to $last in order, least first.
func sort $heap $last
  locals $key:i64 $other:i64 $hole $below
  block $done
  loop $keys
    local.get $last
    local.get $heap
    i32.sub
    i32.const 16
    i32.lt_u
    br_if $done
    local.get $last
    i32.const 8
    i32.sub
    local.tee $last
    i64.load
    local.set $key
    local.get $last
    local.get $heap
    i64.load
    i64.store
    ${SINK}
    br $keys
  end
  end
`
}
