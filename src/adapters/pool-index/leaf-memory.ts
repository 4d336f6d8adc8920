import { assembleWat } from '../wasm/assemble-wat.ts'
import { runModule } from '../wasm/run-module.ts'
import { LANES, LANE_BYTES, LEAF_SIZE, leafLayout, type LeafLayout } from './leaf-layout.ts'
import { leafWat, type LeafScan } from './leaf-wat.ts'
import { scalarScan } from './scalar-scan.ts'

/**
 * The one copy of the vectors: chunks of leaves in linear memory, lent to as many indexes as like, because a machine can
 * reserve address space for some hundred memories only.
 */
export type LeafMemory = {
  readonly layout: LeafLayout
  readonly kind: 'simd' | 'scalar'
  readonly scan: LeafScan
  /** Where `scan` is to store its hits, and where the query lies. */
  readonly hitsAt: number
  readonly queryAt: number
  /** The whole memory; other ones after each `take`. */
  floats: Float32Array
  words: Uint32Array
  /** The address of a chunk that is now the caller's; what lies in it is arbitrary. */
  take: () => number
  give: (chunk: number) => void
}

const PAGE = 65_536
/** 4 GiB, some fifty million vectors of twelve features. */
const MOST_PAGES = 65_536
const QUERY_AT = 64

/**
 * @param dimensions features of a vector, 1 to 64
 * @throws {RangeError} another number of features
 */
export function openLeafMemory(dimensions: number, allowed: LeafMemory['kind'] = 'simd'): LeafMemory {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 64) {
    throw new RangeError(`${dimensions} features: must be 1 to 64`)
  }
  const layout = leafLayout(dimensions)
  const hitsAt = QUERY_AT + dimensions * LANE_BYTES
  const firstChunk = hitsAt + (LEAF_SIZE / LANES) * 2 * LANE_BYTES
  const pages = Math.ceil((firstChunk + layout.chunkBytes) / PAGE)
  const heap = (allowed === 'simd' && simdHeap(layout, pages)) || scalarHeap(layout, pages)
  const free: number[] = []
  let end = firstChunk
  const memory: LeafMemory = {
    layout,
    ...{ kind: heap.kind, scan: heap.scan, hitsAt, queryAt: QUERY_AT },
    ...views(heap.buffer()),
    take() {
      const again = free.pop()
      if (again !== undefined) return again
      const chunk = end
      const missing = chunk + layout.chunkBytes - memory.words.byteLength
      if (missing > 0) {
        // By a quarter, because V8 takes each growth for as much garbage as there was memory, and collects; pages that are
        // not written to cost nothing.
        const held = memory.words.byteLength / PAGE
        heap.grow(Math.max(Math.ceil(missing / PAGE), Math.min(Math.ceil(held / 4), MOST_PAGES - held)))
        Object.assign(memory, views(heap.buffer()))
      }
      end = chunk + layout.chunkBytes
      return chunk
    },
    give: (chunk) => void free.push(chunk),
  }
  return memory
}

type Heap = Readonly<{
  kind: LeafMemory['kind']
  scan: LeafScan
  buffer: () => ArrayBuffer
  grow: (pages: number) => void
}>

const views = (buffer: ArrayBuffer) => ({ floats: new Float32Array(buffer), words: new Uint32Array(buffer) })

function simdHeap(layout: LeafLayout, pages: number): Heap | undefined {
  type Exports = LeafScan & { memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number } }
  const module = runModule<Exports>(assembleWat(leafWat(layout, QUERY_AT), pages))
  if (!module) return undefined
  const { memory, bounds, scan } = module
  return { kind: 'simd', scan: { bounds, scan }, buffer: () => memory.buffer, grow: (more) => void memory.grow(more) }
}

/** For a machine without SIMD: slower, and with the same answers to the last bit. */
function scalarHeap(layout: LeafLayout, pages: number): Heap {
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
