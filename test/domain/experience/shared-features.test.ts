import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Features, PoolSymbol } from '../../../src/contracts/cloud/pool.ts'
import { poolSymbolOf } from '../../../src/domain/experience/pool-symbol.ts'
import { isBundledStrategy, SHARED_FEATURES, sharedFeatures } from '../../../src/domain/experience/shared-features.ts'
import { KNOWN_INSTRUMENTS } from '../../../src/domain/instrument/known-instruments.ts'
import { STRATEGIES } from '../../../src/domain/strategy/index.ts'

describe('features that leave this computer', () => {
  it('are decided for every strategy that Slipway brings', () => {
    expect(Object.keys(SHARED_FEATURES).toSorted()).toEqual(Object.keys(STRATEGIES).toSorted())
  })

  it('are none of what a user has set', () => {
    expect(SHARED_FEATURES['segment-options']).toMatchObject({ itmOffset: false, stopLossPercent: false })
  })

  it('leave out what is not listed', () => {
    expect(sharedFeatures('vwap-bounce', { rsi: 30, account: 4711, price: 5_000.25 })).toEqual({ rsi: 30 })
    expect(sharedFeatures('vwap-bounce', { account: 4711 })).toBeUndefined()
    expect(sharedFeatures('vwap-bounce', { constructor: 1, __proto__: 2 } as never)).toBeUndefined()
  })

  it('tell no minute', () => {
    const minutes = Array.from({ length: 400 }, (_, at) => sharedFeatures('vwap-bounce', { minutesSinceOpen: at }))
    expect(new Set(minutes.map((one) => one?.minutesSinceOpen)).size).toBeLessThan(30)
  })

  it('of a user’s own strategy are rounded and as few as the cloud takes', () => {
    expect(isBundledStrategy('toString')).toBe(false)
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, i + 0.123456789]))
    const shared = sharedFeatures('my-edge', many)!
    expect(Object.keys(shared)).toHaveLength(12)
    expect(shared.f1).toBe(1.123)
  })

  it('of a setup are told whole or not at all: a name that would be lost on its way keeps all of it here', () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty']) {
      const given = JSON.parse(`{"rsi":30,"${name}":1}`) as Record<string, number>
      expect(sharedFeatures('my-edge', given)).toBeUndefined()
      expect(sharedFeatures('vwap-bounce', given)).toEqual({ rsi: 30 })
      if (name !== '__proto__') expect(Features.safeParse(given).success).toBe(false)
    }
  })

  it('are always what the cloud takes, whatever a strategy tells', () => {
    const anything = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom(...Object.keys(SHARED_FEATURES['vwap-bounce']!))),
      fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e300, -0, 5e-324)),
    )
    fc.assert(
      fc.property(fc.constantFrom('vwap-bounce', 'segment-options', 'own'), anything, (strategy, features) => {
        const shared = sharedFeatures(strategy, features)
        if (shared) expect(Features.safeParse(shared).success).toBe(true)
      }),
    )
  })
})

describe('the name of an instrument in the pool', () => {
  it('is one the cloud takes', () => {
    for (const instrument of KNOWN_INSTRUMENTS)
      expect(PoolSymbol.safeParse(poolSymbolOf(instrument)).success).toBe(true)
    for (const kind of ['future', 'equity', 'index', 'perpetual', 'option'] as const)
      expect(PoolSymbol.safeParse(poolSymbolOf({ root: 'MY OWN', kind })).success).toBe(true)
  })
})
