import { assembleWat } from '../../wasm/assemble-wat.ts'
import { runModule } from '../../wasm/run-module.ts'
import { FIND_WAT } from './find-wat.ts'
import { LONGEST_NEEDLE, type Needle } from './needle.ts'
import { NEWLINES_WAT } from './newlines-wat.ts'

/**
 * Finds newlines and text in a block of bytes. One block at a time: read into `block`, then ask; what is answered is valid
 * until the next question. All positions are places in `block`.
 */
export type Scanner = Readonly<{
  /** Where to read to; `capacity` bytes may be used. */
  block: Buffer
  capacity: number
  kind: 'simd' | 'scalar'
  /** Goes behind the `wanted`-th newline of [from, to). `missing` is how many there were too few; then `at` is `to`. */
  skipLines(from: number, to: number, wanted: number): Readonly<{ at: number; missing: number }>
  /** The place of every newline of [from, to). */
  newlines(from: number, to: number): Uint32Array
  /**
   * The lines of [from, to) that hold the needle: pairs of where each begins and where its newline is (`to` where it has
   * none). `from` must be where a line begins.
   */
  findLines(from: number, to: number, needle: Needle): Uint32Array
}>

const NEWLINE = 0x0a
const PAGE = 65_536
/** Bytes behind a block that are read with it. */
const PADDING = 64

type Exports = {
  memory: { readonly buffer: ArrayBuffer }
  skipLines: (at: number, end: number, wanted: number) => number
  newlines: (at: number, end: number, out: number) => number
  findLines: (...args: [number, number, number, number, number, number, number]) => number
}

/**
 * A scanner for blocks of up to `capacity` bytes: with SIMD where the machine has it, else with what Node has.
 *
 * @param capacity bytes; the memory taken is about five times that
 */
export function openScanner(capacity: number, allowed: 'simd' | 'scalar' = 'simd'): Scanner {
  return (allowed === 'simd' && simdScanner(capacity)) || scalarScanner(capacity)
}

function simdScanner(capacity: number): Scanner | undefined {
  // Address 0 takes a result, the needle and its folds come next, then the block, then answers: 4 bytes for each of its own.
  const needleAt = 64
  const blockAt = needleAt + 2 * LONGEST_NEEDLE + PADDING
  const outAt = Math.ceil((blockAt + capacity + PADDING) / 16) * 16
  const pages = Math.ceil((outAt + 4 * capacity + PADDING) / PAGE)
  const bytes = assembleWat(NEWLINES_WAT + FIND_WAT, pages)
  const module = runModule<Exports>(bytes)
  if (!module) return undefined
  const { memory, ...wasm } = module
  const all = new Uint8Array(memory.buffer)
  const block = Buffer.from(memory.buffer, blockAt, capacity + PADDING)
  const result = new Uint32Array(memory.buffer, 0, 1)
  const found = (length: number): Uint32Array => {
    const places = new Uint32Array(memory.buffer, outAt, length / 4)
    for (let at = 0; at < places.length; at++) places[at]! -= blockAt
    return places
  }
  const end = (to: number): number => {
    block.fill(0, to, to + PADDING)
    return blockAt + to
  }
  return {
    kind: 'simd',
    block,
    capacity,
    skipLines(from, to, wanted) {
      const missing = wasm.skipLines(blockAt + from, end(to), wanted)
      return { at: result[0]! - blockAt, missing }
    },
    newlines: (from, to) => found(wasm.newlines(blockAt + from, end(to), outAt)),
    findLines(from, to, { bytes: text, folds, rarest }) {
      all.set(text, needleAt)
      all.set(folds, needleAt + text.length)
      return found(wasm.findLines(blockAt + from, end(to), needleAt, text.length, ...rarest, outAt))
    },
  }
}

function scalarScanner(capacity: number): Scanner {
  const block = Buffer.alloc(capacity + PADDING)
  const newlineFrom = (at: number, to: number): number => {
    const newline = at < to ? block.indexOf(NEWLINE, at) : -1
    return newline < 0 || newline >= to ? to : newline
  }
  return {
    kind: 'scalar',
    block,
    capacity,
    skipLines(from, to, wanted) {
      let at = from
      for (let missing = wanted; missing > 0; missing--) {
        const newline = newlineFrom(at, to)
        if (newline === to) return { at: to, missing }
        at = newline + 1
      }
      return { at, missing: 0 }
    },
    newlines(from, to) {
      const places: number[] = []
      for (let at = newlineFrom(from, to); at < to; at = newlineFrom(at + 1, to)) places.push(at)
      return Uint32Array.from(places)
    },
    findLines(from, to, needle) {
      const places: number[] = []
      const isExact = needle.folds.every((fold) => fold === 0)
      let floor = from
      for (let hit = nextHit(floor); hit >= 0; hit = nextHit(floor)) {
        const before = hit === 0 ? -1 : block.lastIndexOf(NEWLINE, hit - 1)
        const ends = newlineFrom(hit, to)
        places.push(Math.max(before + 1, floor), ends)
        floor = ends + 1
      }
      return Uint32Array.from(places)

      function nextHit(at: number): number {
        const last = to - needle.bytes.length
        if (!isExact) return foldedIndexOf(block, needle, at, last)
        const hit = at > last ? -1 : block.indexOf(needle.bytes, at)
        return hit > last ? -1 : hit
      }
    },
  }
}

function foldedIndexOf(block: Buffer, { bytes, folds }: Needle, from: number, last: number): number {
  for (let at = from; at <= last; at++) {
    let same = 0
    while (same < bytes.length && (block[at + same]! | folds[same]!) === bytes[same]) same++
    if (same === bytes.length) return at
  }
  return -1
}
