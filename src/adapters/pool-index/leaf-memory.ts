import { assembleWat } from '../wasm/assemble-wat.ts'
import { runModule } from '../wasm/run-module.ts'
import { KEY_BYTES, LANE_BYTES, leafLayout, type LeafLayout } from './leaf-layout.ts'
import { leafWat, type LeafScan } from './leaf-wat.ts'
import { scalarScan } from './scalar-scan.ts'

/**
 * The one copy of the vectors: chunks of leaves in linear memory, lent to as many indexes as like, because a machine can
 * reserve address space for some hundred memories only.
 */
export type LeafMemory = {
  readonly layout: LeafLayout
  /** SIMD that multiplies and subtracts in one, SIMD that does not, or none: the answers are the same. */
  readonly kind: 'fused' | 'simd' | 'scalar'
  readonly scan: LeafScan
  /** Where the query lies: each feature four times, then its `halfSquare`. */
  readonly queryAt: number
  /** The whole memory; other ones after each `take` and `heapOf`. */
  floats: Float32Array
  words: Uint32Array
  /** The address of a chunk that is now the caller's; what lies in it is arbitrary. */
  take: () => number
  give: (chunk: number) => void
  /** The address of room for so many keys, for one question. */
  heapOf: (keys: number) => number
}

const PAGE = 65_536
/** 4 GiB, some fifty million vectors of twelve features. */
const MOST_PAGES = 65_536
const QUERY_AT = 64
/** Room that is there from the start: more neighbours are asked for only where one contributor has filled a neighbourhood. */
const USUAL_KEYS = 512

/**
 * @param dimensions features of a vector, 1 to 64
 * @throws {RangeError} another number of features
 */
export function openLeafMemory(dimensions: number, allowed: LeafMemory['kind'] = 'fused'): LeafMemory {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 64) {
    throw new RangeError(`${dimensions} features: must be 1 to 64`)
  }
  const layout = leafLayout(dimensions)
  const usualHeap = QUERY_AT + (dimensions + 1) * LANE_BYTES
  const firstChunk = usualHeap + USUAL_KEYS * KEY_BYTES
  const pages = Math.ceil((firstChunk + layout.chunkBytes) / PAGE)
  const backing =
    (allowed === 'fused' && simdBacking(layout, pages, 'fused')) ||
    (allowed !== 'scalar' && simdBacking(layout, pages, 'simd')) ||
    scalarBacking(layout, pages)
  const free: number[] = []
  let end = firstChunk
  let heap = { at: usualHeap, keys: USUAL_KEYS }
  /** The next bytes that nobody has. */
  const extend = (bytes: number): number => {
    const at = end
    const missing = at + bytes - memory.words.byteLength
    if (missing > 0) {
      // By a quarter, because V8 takes each growth for as much garbage as there was memory, and collects; pages that are
      // not written to cost nothing.
      const held = memory.words.byteLength / PAGE
      backing.grow(Math.max(Math.ceil(missing / PAGE), Math.min(Math.ceil(held / 4), MOST_PAGES - held)))
      Object.assign(memory, views(backing.buffer()))
    }
    end = at + bytes
    return at
  }
  const memory: LeafMemory = {
    layout,
    ...{ kind: backing.kind, scan: backing.scan, queryAt: QUERY_AT },
    ...views(backing.buffer()),
    take: () => free.pop() ?? extend(layout.chunkBytes),
    give: (chunk) => void free.push(chunk),
    heapOf(keys) {
      // Twice as much each time, so that all that was left behind is no more than what is in use.
      if (keys > heap.keys) {
        const room = Math.max(keys, 2 * heap.keys)
        heap = { at: extend(room * KEY_BYTES), keys: room }
      }
      return heap.at
    },
  }
  return memory
}

type Backing = Readonly<{
  kind: LeafMemory['kind']
  scan: LeafScan
  buffer: () => ArrayBuffer
  grow: (pages: number) => void
}>

const views = (buffer: ArrayBuffer) => ({ floats: new Float32Array(buffer), words: new Uint32Array(buffer) })

function simdBacking(layout: LeafLayout, pages: number, kind: 'fused' | 'simd'): Backing | undefined {
  type Exports = LeafScan & { memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number } }
  const module = runModule<Exports>(assembleWat(leafWat(layout, QUERY_AT, kind === 'fused'), pages))
  if (!module) return undefined
  const { memory, bounds, scan, sort } = module
  return {
    kind,
    scan: { bounds, scan, sort },
    buffer: () => memory.buffer,
    grow: (more) => void memory.grow(more),
  }
}

/** For a machine without SIMD: slower, and with the same answers to the last bit. */
function scalarBacking(layout: LeafLayout, pages: number): Backing {
  let buffer = new ArrayBuffer(pages * PAGE)
  return {
    kind: 'scalar',
    scan: scalarScan(layout, QUERY_AT, () => buffer),
    buffer: () => buffer,
    grow(more) {
      buffer = buffer.transfer(buffer.byteLength + more * PAGE)
    },
  }
}
