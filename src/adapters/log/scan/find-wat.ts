import { SPLAT_NEWLINE } from './newlines-wat.ts'

/** The scanner's search: two bytes of the needle at 32 places at once (WebAssembly SIMD), then byte by byte. */
export const FIND_WAT = `
;; Lines that hold the needle: for each, the address of its first byte and of its newline (or $end) are stored.
;; The needle's bytes lie at $needle, and $length bytes behind it what is or-ed to a byte before it is compared (32 for a
;; letter whose case does not matter). $a and $b are the places of its two rarest bytes: both are looked for at once.
;; Answers the bytes stored: 8 for each line.
func findLines $at $end $needle $length $a $b $out -> i32
  locals $newline:v128 $byteA:v128 $byteB:v128 $foldA:v128 $foldB:v128 $hits:v128 $more:v128 $mask $first $last $floor $hit $i
  ${SPLAT_NEWLINE}
  local.get $out
  local.set $first
  local.get $at
  local.set $floor
  local.get $needle
  local.get $a
  i32.add
  i32.load8_u
  i8x16.splat
  local.set $byteA
  local.get $needle
  local.get $b
  i32.add
  i32.load8_u
  i8x16.splat
  local.set $byteB
  local.get $needle
  local.get $length
  i32.add
  local.get $a
  i32.add
  i32.load8_u
  i8x16.splat
  local.set $foldA
  local.get $needle
  local.get $length
  i32.add
  local.get $b
  i32.add
  i32.load8_u
  i8x16.splat
  local.set $foldB
  block $done
  ;; $last is the address behind the last place where the needle could begin
  local.get $end
  local.get $at
  i32.sub
  local.get $length
  i32.lt_u
  br_if $done
  local.get $end
  local.get $length
  i32.sub
  i32.const 1
  i32.add
  local.set $last
  loop $blocks
    local.get $at
    local.get $last
    i32.ge_u
    br_if $done
    ;; 32 places at once
    local.get $at
    local.get $a
    i32.add
    v128.load
    local.get $foldA
    v128.or
    local.get $byteA
    i8x16.eq
    local.get $at
    local.get $b
    i32.add
    v128.load
    local.get $foldB
    v128.or
    local.get $byteB
    i8x16.eq
    v128.and
    local.tee $hits
    local.get $at
    local.get $a
    i32.add
    v128.load offset=16
    local.get $foldA
    v128.or
    local.get $byteA
    i8x16.eq
    local.get $at
    local.get $b
    i32.add
    v128.load offset=16
    local.get $foldB
    v128.or
    local.get $byteB
    i8x16.eq
    v128.and
    local.tee $more
    v128.or
    v128.any_true
    if $maybe
      local.get $hits
      i8x16.bitmask
      local.get $more
      i8x16.bitmask
      i32.const 16
      i32.shl
      i32.or
      local.set $mask
      block $none
      loop $bits
        local.get $mask
        i32.eqz
        br_if $none
        local.get $at
        local.get $mask
        i32.ctz
        i32.add
        local.tee $hit
        local.get $last
        i32.ge_u
        br_if $none
        block $differs
        i32.const 0
        local.set $i
        loop $bytes
          local.get $hit
          local.get $i
          i32.add
          i32.load8_u
          local.get $needle
          local.get $length
          i32.add
          local.get $i
          i32.add
          i32.load8_u
          i32.or
          local.get $needle
          local.get $i
          i32.add
          i32.load8_u
          i32.ne
          br_if $differs
          local.get $i
          i32.const 1
          i32.add
          local.tee $i
          local.get $length
          i32.lt_u
          br_if $bytes
        end
        ;; found: back to the newline before it, 16 bytes at a time ...
        local.get $hit
        local.set $i
        block $begins
        loop $back
          local.get $i
          local.get $floor
          i32.le_u
          if $atFloor
            local.get $floor
            local.set $i
            br $begins
          end
          local.get $i
          i32.const 16
          i32.sub
          v128.load
          local.get $newline
          i8x16.eq
          i8x16.bitmask
          local.tee $mask
          if $newlineBefore
            local.get $i
            i32.const 16
            i32.add
            local.get $mask
            i32.clz
            i32.sub
            local.tee $i
            local.get $floor
            i32.lt_u
            if $tooFar
              local.get $floor
              local.set $i
            end
            br $begins
          end
          local.get $i
          i32.const 16
          i32.sub
          local.set $i
          br $back
        end
        end
        local.get $out
        local.get $i
        i32.store
        ;; ... and on to the newline behind it
        local.get $hit
        local.set $i
        block $ends
        loop $on
          local.get $i
          local.get $end
          i32.ge_u
          if $atEnd
            local.get $end
            local.set $i
            br $ends
          end
          local.get $i
          v128.load
          local.get $newline
          i8x16.eq
          i8x16.bitmask
          local.tee $mask
          if $newlineBehind
            local.get $i
            local.get $mask
            i32.ctz
            i32.add
            local.set $i
            br $ends
          end
          local.get $i
          i32.const 16
          i32.add
          local.set $i
          br $on
        end
        end
        local.get $out
        local.get $i
        i32.store offset=4
        local.get $out
        i32.const 8
        i32.add
        local.set $out
        local.get $i
        i32.const 1
        i32.add
        local.tee $at
        local.set $floor
        br $blocks
        end
        local.get $mask
        local.get $mask
        i32.const 1
        i32.sub
        i32.and
        local.set $mask
        br $bits
      end
      end
    end
    local.get $at
    i32.const 32
    i32.add
    local.set $at
    br $blocks
  end
  end
  local.get $out
  local.get $first
  i32.sub
`
