import { describe, expect, it } from 'vitest'
import { afterFailure, CLOSED, isOpen, restMs, type CircuitRules } from '../../../src/domain/failure/circuit.ts'

const RULES: CircuitRules = { opensAfter: 3, backoffMs: [100, 500], openMs: 30_000 }

describe('a circuit', () => {
  it('may be used at once while nothing has failed', () => {
    expect(restMs(CLOSED, 0)).toBe(0)
    expect(isOpen(CLOSED, RULES)).toBe(false)
  })

  it('rests longer after every failure, and opens after the third', () => {
    const first = afterFailure(CLOSED, 1_000, RULES)
    const second = afterFailure(first, 2_000, RULES)
    const third = afterFailure(second, 3_000, RULES)
    expect([restMs(first, 1_000), restMs(second, 2_000), restMs(third, 3_000)]).toEqual([100, 500, 30_000])
    expect([first, second, third].map((circuit) => isOpen(circuit, RULES))).toEqual([false, false, true])
  })

  it('is tried once when it has rested, and opens again for as long when that fails', () => {
    const open = { failures: 3, until: 33_000 }
    expect(restMs(open, 33_000)).toBe(0)
    const again = afterFailure(open, 34_000, RULES)
    expect(restMs(again, 34_000)).toBe(30_000)
    expect(isOpen(again, RULES)).toBe(true)
  })
})
