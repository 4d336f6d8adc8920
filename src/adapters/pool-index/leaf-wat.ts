import { LANE_BYTES, type LeafLayout } from './leaf-layout.ts'

/** What both kinds of machine can do; addresses are bytes. `leafWat` says what each means. */
export type LeafScan = Readonly<{
  bounds: (box: number, end: number, out: number) => void
  scan: (at: number, end: number, leaf: number, out: number, worst: number) => number
}>

/**
 * Squares are added up in so many sums, each of every so-maniest feature, which are then added up in their order: an
 * addition waits for the one before it, and so four go on at once.
 */
export const CHAINS = 4

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
 * @param queryAt address of the query: each feature four times
 */
export function leafWat(
  { dimensions, blocks, boxGroupBytes, blockBytes, leafBytes }: LeafLayout,
  queryAt: number,
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

;; Looks through the leaves whose bound, from $at to $end, is not above $worst; $leaf is the first one's address. Stops
;; behind the first leaf that has a vector whose squared distance is not above $worst; the address of the next bound is
;; stored at 0. Stores at $out, for each block with such a vector, four squared distances and four row numbers.
;; Answers the bytes stored.
func scan $at $end $leaf $out $worst:f32 -> i32
  locals ${query} $gap:v128 $sum:v128 $most:v128 $first $block $stop
  ${loadQuery}
  local.get $worst
  f32x4.splat
  local.set $most
  local.get $out
  local.set $first
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
    if $near
      local.get $leaf
      local.tee $block
      local.get $at
      i32.load offset=${blocks}
      i32.const ${blockBytes}
      i32.mul
      i32.add
      local.set $stop
      loop $blocks
        ${sumOfSquares(
          (feature) => `
        local.get $block
        v128.load offset=${feature * LANE_BYTES}
        local.get $q${feature}
        f32x4.sub`,
        )}
        local.tee $sum
        local.get $most
        f32x4.le
        v128.any_true
        if $hit
          local.get $out
          local.get $sum
          v128.store
          local.get $out
          local.get $block
          v128.load offset=${dimensions * LANE_BYTES}
          v128.store offset=${LANE_BYTES}
          local.get $out
          i32.const ${2 * LANE_BYTES}
          i32.add
          local.set $out
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
    local.get $out
    local.get $first
    i32.eq
    br_if $leaves
  end
  end
  i32.const 0
  local.get $at
  i32.store
  local.get $out
  local.get $first
  i32.sub
`
}
