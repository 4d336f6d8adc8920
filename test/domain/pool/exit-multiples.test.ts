import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exitMultiples, type Path } from '../../../src/domain/pool/exit-multiples.ts'
import { EXIT_WORDS } from '../../../src/domain/pool/pool-experience.ts'
import { EMBEDDED_POOL } from '../../../src/domain/pool/pool-settings.ts'
import { Pool } from '../../../src/domain/pool/pool.ts'
import { experienceOf, normals } from '../../support/pool-experiences.ts'
import { openExactScan } from '../../support/exact-scan.ts'

const path = (over: Partial<Path> = {}): Path => ({ r: 1, mfe: 1, mae: -0.2, exit: 'target', weight: 1, ...over })
const many = (count: number, of: Partial<Path>) => Array.from({ length: count }, () => path(of))

describe('suggested exits', () => {
  it('leave a setup alone that ends as well as can be', () => {
    const paths = [...many(30, { mae: -0.95 }), ...many(20, { r: -1, mfe: 0.1, mae: -1, exit: 'stop' })]
    expect(exitMultiples(paths, 20)).toEqual({ stop: 1, target: 1 })
  })

  it('bring the target nearer where most come near it and fall back', () => {
    const paths = [
      ...many(10, { r: 2, mfe: 2, exit: 'target' }),
      ...many(40, { r: -1, mfe: 1.5, mae: -1, exit: 'stop' }),
    ]
    expect(exitMultiples(paths, 20)).toEqual({ stop: 1, target: 0.7 })
  })

  it('bring the stop nearer where what went against the trade that far never came back', () => {
    const paths = [...many(25, { r: 1, mfe: 1, mae: -0.3 }), ...many(25, { r: -1, mfe: 0.1, mae: -1, exit: 'stop' })]
    expect(exitMultiples(paths, 20)).toEqual({ stop: 0.5, target: 1 })
  })

  it('move a target farther away only where the trades themselves went there', () => {
    const wide = [...many(30, { r: 1, mfe: 2.1 }), ...many(10, { r: -1, mfe: 0.2, mae: -1, exit: 'stop' })]
    expect(exitMultiples(wide, 20)!.target).toBe(2)
    const unknown = [...many(30, { r: 1, mfe: 1 }), ...many(10, { r: -1, mfe: 0.2, mae: -1, exit: 'stop' })]
    expect(exitMultiples(unknown, 20)!.target).toBe(1)
  })

  it('are left out where too few paths are known', () => {
    expect(exitMultiples(many(19, {}), 20)).toBeUndefined()
  })

  it('never put more at risk and stay within 0.5 and 2, whatever the paths were', () => {
    const one = fc.record({
      r: fc.double({ min: -20, max: 20, noNaN: true }),
      mfe: fc.double({ min: 0, max: 50, noNaN: true }),
      mae: fc.double({ min: -50, max: 0, noNaN: true }),
      exit: fc.constantFrom(...EXIT_WORDS),
      weight: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(one, { minLength: 20, maxLength: 60 }), (paths) => {
        const { stop, target } = exitMultiples(paths, 20)!
        expect(stop).toBeGreaterThanOrEqual(0.5)
        expect(stop).toBeLessThanOrEqual(1)
        expect(target).toBeGreaterThanOrEqual(0.5)
        expect(target).toBeLessThanOrEqual(2)
      }),
    )
  })

  it('come with the answer to an exit question, and with no other', () => {
    const pool = new Pool(EMBEDDED_POOL, () => openExactScan(12))
    const normal = normals(3)
    for (let n = 0; n < 120; n++) {
      const won = n % 3 === 0
      const way = won
        ? { r: 2, mfe: 2, mae: -0.3, exit: 'target' as const }
        : { r: -1, mfe: 1.5, mae: -1, exit: 'stop' as const }
      for (const kind of ['signal', 'exit'] as const)
        pool.add(experienceOf({ kind, ...way, features: { bestR: normal(), worstR: normal() } }))
    }
    const question = {
      symbolClass: 'us-equity',
      side: 'buy',
      strategy: 'vwap-bounce',
      features: { bestR: 0, worstR: 0 },
    } as const
    expect(pool.ask({ ...question, kind: 'exit' })).toMatchObject({ stopMultiple: 1, targetMultiple: 0.7 })
    expect(pool.ask({ ...question, kind: 'signal' })).toMatchObject({
      stopMultiple: undefined,
      targetMultiple: undefined,
    })
  })
})
