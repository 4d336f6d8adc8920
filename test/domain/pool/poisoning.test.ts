import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PoolExperience } from '../../../src/domain/pool/pool-experience.ts'
import { HOSTED_POOL, NEIGHBOURS } from '../../../src/domain/pool/pool-settings.ts'
import { Pool } from '../../../src/domain/pool/pool.ts'
import { market } from '../../support/pool-experiences.ts'
import { openExactScan } from '../../support/exact-scan.ts'

/** How far one contributor may move what is published: win rate, confidence (0..1), and expected R. */
const EPSILON = { winRate: 0.06, confidence: 0.06, expectedR: 0.15 }

const HONEST = 40
const TRADES = 60
const PLACES = [-1.5, -0.75, 0, 0.75, 1.5]

function poolOf(experiences: Iterable<PoolExperience>): Pool {
  const pool = new Pool(HOSTED_POOL, () => openExactScan(12))
  for (const experience of experiences) pool.add(experience)
  return pool
}

const asked = (pool: Pool, x: number) =>
  pool.ask({
    kind: 'signal',
    symbolClass: 'us-equity',
    side: 'buy',
    strategy: 'vwap-bounce',
    features: { x, noise: 400 },
  })

/** What honest contributors saw, one after another as days go by. */
function honestTrades(
  seed: number,
  {
    contributors = HONEST,
    trades = TRADES,
    ...how
  }: Partial<Record<'contributors' | 'trades' | 'edge' | 'bias', number>> = {},
): PoolExperience[] {
  const { trade } = market(seed, how)
  return Array.from({ length: contributors * trades }, (_, n) => trade(`lic_${n % contributors}`))
}

/** Puts the attacker's trades among the honest ones, as they would have come. */
function among(honest: readonly PoolExperience[], attack: readonly PoolExperience[]): PoolExperience[] {
  const every = Math.max(1, Math.floor(honest.length / (attack.length + 1)))
  const mixed: PoolExperience[] = []
  let next = 0
  for (const [index, trade] of honest.entries()) {
    mixed.push(trade)
    if (index % every === 0 && next < attack.length) mixed.push(attack[next++]!)
  }
  return [...mixed, ...attack.slice(next)]
}

/** Ways in which one licence may try to move an answer; each gives trades around `x`. */
const ATTACKS: Readonly<Record<string, (x: number, seed: number) => PoolExperience[]>> = {
  'says that all is lost': (_, seed) => lying(seed, 60, () => -1),
  'says that all is won': (_, seed) => lying(seed, 60, () => 1),
  'tells of enormous results': (_, seed) => lying(seed, 60, (n) => (n % 2 ? 20 : -20)),
  'floods the place with losses': (x, seed) => lying(seed, 1_500, () => -1, x),
  'floods the place with wins of 20 R': (x, seed) => lying(seed, 1_500, () => 20, x),
  'gives wild features': (_, seed) => lying(seed, 300, () => -1, undefined, 1e6),
  'tells one trade again and again under new keys': (x) => {
    const [one] = lying(1, 1, () => -1, x)
    return Array<PoolExperience>(500).fill(one!)
  },
}

function lying(seed: number, count: number, r: (n: number) => number, x?: number, wild = 0): PoolExperience[] {
  const { trade } = market(seed + 1_000)
  return Array.from({ length: count }, (_, n) => {
    const made = trade('lic_liar')
    const at = x ?? made.features['x']! + wild * (n % 2 ? 1 : -1)
    return { ...made, r: r(n), features: { x: at, noise: made.features['noise']! + wild } }
  })
}

describe('a pool of many contributors', () => {
  it.each(Object.keys(ATTACKS))('hardly moves when one of them %s', (name) => {
    for (const seed of [1, 2, 3]) {
      const honest = honestTrades(seed)
      const before = poolOf(honest)
      for (const x of [-1.5, 0, 1.5]) {
        const after = asked(poolOf(among(honest, ATTACKS[name]!(x, seed))), x)
        const was = asked(before, x)
        expect(Math.abs(after.winRate! - was.winRate!)).toBeLessThanOrEqual(EPSILON.winRate)
        expect(Math.abs(after.confidence - was.confidence)).toBeLessThanOrEqual(EPSILON.confidence)
        expect(Math.abs(after.expectedR! - was.expectedR!)).toBeLessThanOrEqual(EPSILON.expectedR)
      }
    }
  })

  it('hardly moves whatever one of them says', () => {
    const honest = honestTrades(11)
    const before = poolOf(honest)
    const lie = fc.record({
      x: fc.double({ min: -4, max: 4, noNaN: true }),
      noise: fc.double({ min: 200, max: 600, noNaN: true }),
      r: fc.double({ min: -20, max: 20, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(lie, { minLength: 1, maxLength: 300 }), fc.constantFrom(...PLACES), (lies, x) => {
        const attack = lies.map(({ r, ...features }) => ({ ...honest[0]!, contributor: 'lic_liar', r, features }))
        const after = asked(poolOf(among(honest, attack)), x)
        const was = asked(before, x)
        expect(Math.abs(after.winRate! - was.winRate!)).toBeLessThanOrEqual(EPSILON.winRate)
        expect(Math.abs(after.expectedR! - was.expectedR!)).toBeLessThanOrEqual(EPSILON.expectedR)
      }),
      { numRuns: 40 },
    )
  })

  it.each([
    ['a market that pays', 1.1, 1],
    ['a market that does not', -1.1, -1],
  ])('keeps its sign in %s although 30 % are sybils', (_, bias, sign) => {
    for (const seed of [1, 2, 3, 4, 5])
      for (const aim of ['everywhere', 'one place'] as const) {
        const honest = honestTrades(seed, { contributors: 42, edge: 0.3, bias })
        const { trade } = market(seed + 500, { edge: 0.3, bias })
        // 18 of 60: as old, as verified and as busy as the others; all say the opposite of what is, where they attack.
        const sybils = Array.from({ length: 18 * TRADES }, (_, n) => {
          const made = trade(`lic_sybil${n % 18}`)
          const attacks = aim === 'everywhere' || Math.abs(made.features['x']!) < 0.5
          return attacks ? { ...made, r: -sign * 3 } : made
        })
        const pool = poolOf(among(honest, sybils))
        const places = aim === 'everywhere' ? PLACES : [0]
        for (const x of places) {
          const { expectedR, winRate } = asked(pool, x)
          expect(Math.sign(expectedR!), `seed ${seed}, ${aim}, ${x}`).toBe(sign)
          expect(Math.sign(winRate! - 0.5), `seed ${seed}, ${aim}, ${x}`).toBe(sign)
        }
      }
  })

  it('does not hear crowds without a licence', () => {
    const honest = honestTrades(5)
    const { trade } = market(77)
    const crowd = Array.from({ length: 3_000 }, (_, n) => ({ ...trade(`user:${n % 300}`), weight: 0.02, r: -1 }))
    const before = poolOf(honest)
    const after = poolOf(among(honest, crowd))
    for (const x of PLACES)
      expect(Math.abs(asked(after, x).winRate! - asked(before, x).winRate!)).toBeLessThanOrEqual(0.1)
  })

  it('does not hear crowds without a licence that stand closer to a question than all others', () => {
    const honest = honestTrades(5)
    const before = poolOf(honest)
    for (const x of PLACES) {
      const { trade } = market(78)
      const crowd = Array.from({ length: 3_000 }, (_, n) => {
        const made = trade(`user:${n % 1_500}`)
        return { ...made, weight: 0.02, r: -1, features: { x: x + (n % 7) / 1_000, noise: 400 + (n % 5) } }
      })
      const [is, was] = [asked(poolOf(among(honest, crowd)), x), asked(before, x)]
      expect(Math.abs(is.winRate! - was.winRate!), `at ${x}`).toBeLessThanOrEqual(0.1)
      expect(Math.abs(is.confidence - was.confidence), `at ${x}`).toBeLessThanOrEqual(0.1)
    }
  })

  it('goes on hearing those with a licence, however many without one say the opposite', () => {
    const honest = honestTrades(6, { bias: 1.1 })
    const { trade } = market(79, { bias: 1.1 })
    // Weighed by who vouches, the crowd is more than all others together.
    const crowd = Array.from({ length: 30_000 }, (_, n) => ({ ...trade(`user:${n % 3_000}`), weight: 0.02, r: -3 }))
    const [is, was] = [poolOf([...honest, ...crowd]), poolOf(honest)]
    for (const x of [-1.5, 0, 1.5])
      expect(Math.abs(asked(is, x).winRate! - asked(was, x).winRate!), `at ${x}`).toBeLessThanOrEqual(0.1)
  }, 60_000)

  it('makes no room for a strategy that only those without a licence have told of, however many they name', () => {
    const { trade } = market(5)
    const flood = Array.from({ length: 500 }, (_, n) => ({ ...trade(`user:${n}`), strategy: `made-up-${n}` }))
    const pool = poolOf([...flood, trade('lic_one'), trade('user:late')])
    expect(pool.health().map(({ size }) => size)).toEqual([2])
    expect(pool.size).toBe(2)
  })

  it('says when what comes in ends otherwise than before', () => {
    const pool = poolOf(honestTrades(6, { bias: 1.5 }))
    expect(pool.drifting()).toEqual([])
    for (const trade of honestTrades(7, { contributors: 20, trades: 6, bias: -2 })) pool.add(trade)
    expect(pool.drifting()).toEqual(['signal us-equity buy vwap-bounce'])
  })
})

describe('a pool', () => {
  it('is told nothing new by a name, a unit or an order of features', () => {
    const trades = honestTrades(8, { contributors: 20, trades: 20 })
    const scaled = trades.map((trade) => ({
      ...trade,
      features: { noise: trade.features['noise']! * 1_000, x: trade.features['x']! / 50 },
    }))
    const [plain, other] = [poolOf(trades), poolOf(scaled)]
    for (const x of PLACES) {
      const answer = other.ask({
        ...{ kind: 'signal', symbolClass: 'us-equity', side: 'buy', strategy: 'vwap-bounce' },
        features: { noise: 400_000, x: x / 50 },
      })
      expect(answer.winRate).toBeCloseTo(asked(plain, x).winRate!, 2)
    }
  })

  it('finds the strategy by the names of features where none is named', () => {
    const pool = poolOf(honestTrades(9, { contributors: 20, trades: 10 }))
    const question = { kind: 'signal', symbolClass: 'us-equity', side: 'buy', features: { x: 0, noise: 400 } } as const
    expect(pool.ask(question).isNeutral).toBe(false)
    expect(pool.ask({ ...question, features: { x: 0, y: 1, z: 2 } }).isNeutral).toBe(true)
    expect(pool.ask({ ...question, strategy: 'segment-options' }).isNeutral).toBe(true)
    expect(pool.ask({ ...question, side: 'sell' }).isNeutral).toBe(true)
  })

  it('is neutral about what nothing in it is like', () => {
    const pool = poolOf(honestTrades(10, { contributors: 20, trades: 10 }))
    const far = asked(pool, 900)
    expect(far.reason).toBe('neutral: no trade in the pool is like this one')
    expect(far.samples).toBeGreaterThanOrEqual(NEIGHBOURS)
  })
})
