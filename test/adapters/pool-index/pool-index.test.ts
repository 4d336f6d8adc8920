import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEAF_SIZE } from '../../../src/adapters/pool-index/leaf-layout.ts'
import { openLeafMemory, type LeafMemory } from '../../../src/adapters/pool-index/leaf-memory.ts'
import { openPoolIndex, type PoolIndex } from '../../../src/adapters/pool-index/pool-index.ts'
import { nearestByLoop, normalVectors } from '../../support/neighbours.ts'

const DIMENSIONS = 3

/** Few values, so that equal vectors and equal distances abound; and many, up to the greatest allowed. */
const value = (least: number) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -2, max: 2 }) },
    { weight: 3, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
    { weight: least, arbitrary: fc.double({ min: -1e18, max: 1e18, noNaN: true }) },
    { weight: least, arbitrary: fc.constantFrom(1e18, -1e18, 1e-40, -0, 1e-45) },
  )
const vector = (least: number) => fc.array(value(least), { minLength: DIMENSIONS, maxLength: DIMENSIONS })

const filled = (vectors: readonly (readonly number[])[], kind: LeafMemory['kind'] = 'fused'): PoolIndex => {
  const index = openPoolIndex({ dimensions: DIMENSIONS, memory: openLeafMemory(DIMENSIONS, kind) })
  for (const [row, one] of vectors.entries()) index.add(one, row)
  return index
}

/** An answer of its own: the index uses its arrays again. */
function nearest(index: PoolIndex, query: readonly number[] | Float32Array, k: number) {
  const { rows, distances, length } = index.nearest(query, k)
  return {
    rows: Uint32Array.from({ length }, (_, place) => rows[place]!),
    distances: Float32Array.from({ length }, (_, place) => distances[place]!),
    length,
  }
}

describe('the index of the pool', () => {
  it.each(['fused', 'simd', 'scalar'] as const)(
    'answers as a loop over all vectors would, to the last bit (%s)',
    (kind) => {
      fc.assert(
        fc.property(
          fc.array(vector(1), { maxLength: 4 * LEAF_SIZE, size: 'max' }),
          fc.array(vector(1), { minLength: 1, maxLength: 4 }),
          fc.integer({ min: 0, max: 70 }),
          (vectors, queries, k) => {
            const index = filled(vectors, kind)
            for (const query of queries) expect(nearest(index, query, k)).toEqual(nearestByLoop(vectors, query, k))
          },
        ),
        { numRuns: 150 },
      )
    },
  )

  it('runs on SIMD here', () => {
    expect(openLeafMemory(12).kind).toBe('fused')
    expect(openLeafMemory(12, 'simd').kind).toBe('simd')
  })

  it.each([
    ['normal', normalVectors({ count: 20_000, dimensions: 12, seed: 1 })],
    ['clustered', normalVectors({ count: 20_000, dimensions: 12, seed: 2, clusters: 40 })],
  ])('finds the same among many %s vectors', (_kind, vectors) => {
    const index = openPoolIndex({ dimensions: 12 })
    for (const [row, one] of vectors.entries()) index.add(one, row)
    for (const query of [...vectors.slice(0, 5), ...normalVectors({ count: 5, dimensions: 12, seed: 3 })]) {
      expect(nearest(index, query, 50)).toEqual(nearestByLoop(vectors, query, 50))
    }
  })

  it.each(['fused', 'simd'] as const)('finds the same where lengths are large and distances small (%s)', (kind) => {
    const dimensions = 64
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: -6, max: 12, noNaN: true }),
        fc.double({ min: -9, max: 1, noNaN: true }),
        (seed, far, near) => {
          const noise = normalVectors({ count: 1_001, dimensions, seed: seed >>> 0 })
          const place = (one: Float32Array) =>
            Float32Array.from(one, (value, at) => 10 ** far * (at % 2 === 0 ? 1 : -1) + 10 ** (far + near) * value)
          const [query, ...vectors] = noise.map(place)
          const index = openPoolIndex({ dimensions, memory: openLeafMemory(dimensions, kind) })
          for (const [row, one] of vectors.entries()) index.add(one, row)
          expect(nearest(index, query!, 20)).toEqual(nearestByLoop(vectors, query!, 20))
        },
      ),
      { numRuns: 12 },
    )
  })

  it('answers alike whatever order the rows came in', () => {
    fc.assert(
      fc.property(
        fc.array(vector(0), { minLength: 1, maxLength: 3 * LEAF_SIZE, size: 'max' }),
        vector(0),
        (all, query) => {
          const turned = openPoolIndex({ dimensions: DIMENSIONS })
          for (const [row, one] of [...all.entries()].toReversed()) turned.add(one, row)
          expect(nearest(turned, query, 20)).toEqual(nearest(filled(all), query, 20))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('gives equal distances in the order of their rows, and of too many the first', () => {
    const index = filled(Array.from({ length: 1_000 }, () => [1, 1, 1]))
    const { rows, distances } = nearest(index, [1, 1, 3], 5)
    expect([...rows]).toEqual([0, 1, 2, 3, 4])
    expect([...distances]).toEqual([2, 2, 2, 2, 2])
  })

  it('takes thousands of equal vectors as fast as others: no leaf is ever split in vain', () => {
    const index = openPoolIndex({ dimensions: DIMENSIONS })
    for (let row = 0; row < 50_000; row++) index.add([row % 2, 0, 0], row)
    expect([...nearest(index, [1, 0, 0], 3).rows]).toEqual([1, 3, 5])
    expect(index.bytes / index.size).toBeLessThan(40)
  })

  it('answers nothing where there is nothing, and all where more are asked for', () => {
    const index = openPoolIndex({ dimensions: DIMENSIONS })
    expect([...nearest(index, [0, 0, 0], 50).rows]).toEqual([])
    index.add([1, 0, 0], 4_294_967_295)
    expect([...nearest(index, [0, 0, 0], 50).rows]).toEqual([4_294_967_295])
    expect([...nearest(index, [0, 0, 0], 0).rows]).toEqual([])
    expect(index.size).toBe(1)
  })

  it.each([
    ['NaN', [0, Number.NaN, 0], 0],
    ['infinity', [0, 0, Number.POSITIVE_INFINITY], 0],
    ['a value whose square would overflow', [0, 0, 1.1e18], 0],
    ['too few features', [0, 0], 0],
    ['too many features', [0, 0, 0, 0], 0],
    ['no row number', [0, 0, 0], -1],
    ['half a row number', [0, 0, 0], 0.5],
    ['a row number beyond 32 bits', [0, 0, 0], 2 ** 32],
  ])('refuses %s and stays as it is', (_what, one, row) => {
    const index = filled([[1, 2, 3]])
    expect(() => index.add(one, row)).toThrow(RangeError)
    expect(index.size).toBe(1)
    expect([...nearest(index, [1, 2, 3], 2).rows]).toEqual([0])
    if (row === 0) expect(() => nearest(index, one, 1)).toThrow(RangeError)
  })

  it.each([-1, 0.5, Number.NaN])('refuses to find %s neighbours', (k) => {
    expect(() => nearest(filled([]), [0, 0, 0], k)).toThrow(RangeError)
  })

  it.each([0, 65, 1.5])('refuses vectors of %s features', (dimensions) => {
    expect(() => openPoolIndex({ dimensions })).toThrow(RangeError)
  })

  it('shows every vector once, as it was rounded', () => {
    fc.assert(
      fc.property(fc.array(vector(1), { maxLength: 3 * LEAF_SIZE, size: 'max' }), (all) => {
        const shown: number[][] = []
        filled(all).each((one, row) => (shown[row] = Array.from(one)))
        expect(shown).toEqual(all.map((one) => one.map(Math.fround)))
      }),
      { numRuns: 30 },
    )
  })

  it('is empty after it was closed, and can be filled again', () => {
    const index = filled(Array.from({ length: 500 }, (_, at) => [at, at, at]))
    index.close()
    expect(index.size).toBe(0)
    expect([...nearest(index, [0, 0, 0], 5).rows]).toEqual([])
    index.add([3, 3, 3], 7)
    expect([...nearest(index, [0, 0, 0], 5).rows]).toEqual([7])
  })

  it.each(['simd', 'scalar'] as const)('shares one memory with others, and gives back what it held (%s)', (kind) => {
    const memory = openLeafMemory(DIMENSIONS, kind)
    const [one, other] = [
      openPoolIndex({ dimensions: DIMENSIONS, memory }),
      openPoolIndex({ dimensions: DIMENSIONS, memory }),
    ]
    const vectors = normalVectors({ count: 9_000, dimensions: DIMENSIONS, seed: 4 })
    const fill = () => {
      for (const [row, vector] of vectors.entries()) (row % 2 === 0 ? one : other).add(vector, row)
    }
    const isEven = (row: number) => row % 2 === 0
    fill()
    expect(nearest(one, [0, 0, 0], 9)).toEqual(nearestByLoop(vectors, [0, 0, 0], 9, (row) => !isEven(row)))
    expect(nearest(other, [0, 0, 0], 9)).toEqual(nearestByLoop(vectors, [0, 0, 0], 9, isEven))

    const held = memory.words.byteLength
    one.close()
    other.close()
    fill()
    expect(memory.words.byteLength).toBe(held)
    expect(nearest(one, [0, 0, 0], 9)).toEqual(nearestByLoop(vectors, [0, 0, 0], 9, (row) => !isEven(row)))
  })

  it('refuses a memory made for vectors of another length', () => {
    expect(() => openPoolIndex({ dimensions: 4, memory: openLeafMemory(3) })).toThrow('3 features')
  })
})
