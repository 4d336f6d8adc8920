/**
 * The heap of the nearest, in the memory of the vectors: 64-bit keys, a square's bits above its row's number, the greatest
 * at the top. Squares are never negative, and so their bits stand in their order: one comparison tells which of two is
 * nearer, and of equal ones which has the smaller row.
 *
 * These are parts of functions with the locals $heap and $last (where the keys lie), $key:i64 (the one at hand), and
 * $other:i64, $hole and $below for what they do.
 */

/** Puts $key in the place of the top of the keys from $heap to $last. */
export const SINK = `
    local.get $heap
    local.set $hole
    block $sunk
    loop $sinks
      ;; The left child of the key at 8 × i lies at 8 × (2 × i + 1).
      local.get $hole
      i32.const 1
      i32.shl
      local.get $heap
      i32.sub
      i32.const 8
      i32.add
      local.tee $below
      local.get $last
      i32.ge_u
      br_if $sunk
      local.get $below
      i32.const 8
      i32.add
      local.get $last
      i32.lt_u
      if $hasRight
        ;; A number, not a branch: which child is greater no processor can guess.
        local.get $below
        i64.load offset=8
        local.get $below
        i64.load
        i64.gt_u
        i32.const 3
        i32.shl
        local.get $below
        i32.add
        local.set $below
      end
      local.get $below
      i64.load
      local.tee $other
      local.get $key
      i64.lt_u
      br_if $sunk
      local.get $hole
      local.get $other
      i64.store
      local.get $below
      local.set $hole
      br $sinks
    end
    end
    local.get $hole
    local.get $key
    i64.store`

/** Adds $key behind the keys from $heap to $last. */
const RISE = `
    local.get $last
    local.set $hole
    block $risen
    loop $rises
      local.get $hole
      local.get $heap
      i32.eq
      br_if $risen
      ;; The parent of the key at 8 × i lies at 8 × ((i - 1) / 2).
      local.get $hole
      local.get $heap
      i32.sub
      i32.const 8
      i32.sub
      i32.const 4
      i32.shr_u
      i32.const 3
      i32.shl
      local.get $heap
      i32.add
      local.tee $below
      i64.load
      local.tee $other
      local.get $key
      i64.gt_u
      br_if $risen
      local.get $hole
      local.get $other
      i64.store
      local.get $below
      local.set $hole
      br $rises
    end
    end
    local.get $hole
    local.get $key
    i64.store
    local.get $last
    i32.const 8
    i32.add
    local.set $last`

/**
 * Keeps $key while there is room up to $full, and then in the place of the farthest. Then does what `changed` says.
 */
export const keep = (changed: string): string => `
    local.get $last
    local.get $full
    i32.lt_u
    if $hasRoom
      ${RISE}
      local.get $last
      local.get $full
      i32.eq
      if $isFull
        ${changed}
      end
    else
      local.get $key
      local.get $heap
      i64.load
      i64.lt_u
      if $isNearer
        ${SINK}
        ${changed}
      end
    end`
