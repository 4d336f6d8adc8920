/**
 * The scanner's loops over newlines: 16 bytes at a time (WebAssembly SIMD).
 *
 * Positions are addresses in the module's memory. What lies in the 64 bytes behind `$end` must be zeros, because whole
 * blocks are read. `$mask` has one bit for each of 64 bytes: set where it is a newline (10).
 */
const NEWLINE_MASK = `
    local.get $at
    v128.load
    local.get $newline
    i8x16.eq
    i8x16.bitmask
    i64.extend_i32_u
    local.get $at
    v128.load offset=16
    local.get $newline
    i8x16.eq
    i8x16.bitmask
    i64.extend_i32_u
    i64.const 16
    i64.shl
    i64.or
    local.get $at
    v128.load offset=32
    local.get $newline
    i8x16.eq
    i8x16.bitmask
    i64.extend_i32_u
    i64.const 32
    i64.shl
    i64.or
    local.get $at
    v128.load offset=48
    local.get $newline
    i8x16.eq
    i8x16.bitmask
    i64.extend_i32_u
    i64.const 48
    i64.shl
    i64.or
    local.set $mask
`

/** Clears the lowest set bit of $mask. */
const NEXT_BIT = `
    local.get $mask
    local.get $mask
    i64.const 1
    i64.sub
    i64.and
    local.set $mask
`

export const SPLAT_NEWLINE = `
  i32.const 10
  i8x16.splat
  local.set $newline
`

export const NEWLINES_WAT = `
;; Goes behind the $wanted-th newline; its address is stored at 0.
;; Answers how many newlines were missing: then the stored address is $end.
func skipLines $at $end $wanted -> i32
  locals $newline:v128 $mask:i64 $found
  ${SPLAT_NEWLINE}
  block $out
  loop $blocks
    local.get $at
    local.get $end
    i32.ge_u
    br_if $out
    ${NEWLINE_MASK}
    local.get $mask
    i64.popcnt
    i32.wrap_i64
    local.tee $found
    local.get $wanted
    i32.ge_u
    if $here
      block $last
      loop $bits
        local.get $wanted
        i32.const 1
        i32.le_u
        br_if $last
        ${NEXT_BIT}
        local.get $wanted
        i32.const 1
        i32.sub
        local.set $wanted
        br $bits
      end
      end
      i32.const 0
      local.get $at
      local.get $mask
      i64.ctz
      i32.wrap_i64
      i32.add
      i32.const 1
      i32.add
      i32.store
      i32.const 0
      return
    end
    local.get $wanted
    local.get $found
    i32.sub
    local.set $wanted
    local.get $at
    i32.const 64
    i32.add
    local.set $at
    br $blocks
  end
  end
  i32.const 0
  local.get $end
  i32.store
  local.get $wanted

;; Stores the address of every newline from $out on; answers how many there are.
func newlines $at $end $out -> i32
  locals $newline:v128 $mask:i64 $first
  ${SPLAT_NEWLINE}
  local.get $out
  local.set $first
  block $done
  loop $blocks
    local.get $at
    local.get $end
    i32.ge_u
    br_if $done
    ${NEWLINE_MASK}
    block $none
    loop $bits
      local.get $mask
      i64.eqz
      br_if $none
      local.get $out
      local.get $at
      local.get $mask
      i64.ctz
      i32.wrap_i64
      i32.add
      i32.store
      local.get $out
      i32.const 4
      i32.add
      local.set $out
      ${NEXT_BIT}
      br $bits
    end
    end
    local.get $at
    i32.const 64
    i32.add
    local.set $at
    br $blocks
  end
  end
  local.get $out
  local.get $first
  i32.sub
`
