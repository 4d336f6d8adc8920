import type { NewExperience } from '../../src/adapters/cloud-db/experience-records.ts'
import type { PoolExperience } from '../../src/domain/pool/pool-experience.ts'
import { seededRandom } from './sample-bars.ts'

/** One trade of a made-up pool. */
export function experienceOf(over: Partial<PoolExperience> = {}): PoolExperience {
  return {
    kind: 'signal',
    contributor: 'lic_1',
    weight: 1,
    symbol: 'ES',
    symbolClass: 'us-equity',
    side: 'buy',
    strategy: 'vwap-bounce',
    features: { rsi: 30, stretch: -2 },
    r: 1,
    mfe: undefined,
    mae: undefined,
    exit: 'target',
    ...over,
  }
}

/** The same as it lies in the database. */
export function rowOf(over: Partial<NewExperience> = {}): NewExperience {
  return {
    kind: 'signal',
    user_id: '0123456789ab',
    contributor: 'lic_1',
    idempotency_key: 'key-0000000000000001',
    body_hash: 'hash',
    symbol: 'ES',
    symbol_class: 'us-equity',
    side: 'buy',
    strategy: 'vwap-bounce',
    timeframe: '1m',
    source: 'paper',
    features: '{"rsi":30,"stretch":-2}',
    outcome: '{"r":1,"mfe":1.2,"mae":-0.4,"exit":"target","bars":7}',
    r: 1,
    day: '2026-11-20',
    weight: 1,
    ...over,
  }
}

/** Normal numbers (Box–Muller) that depend on nothing but the seed. */
export function normals(seed: number): () => number {
  const random = seededRandom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/**
 * A market in which the first feature tells something: trades win +1 R with probability logistic(edge × x + bias), else
 * lose 1 R; the other feature is noise of another size.
 */
export function market(seed: number, { edge = 0.8, bias = 0 } = {}) {
  const random = seededRandom(seed)
  const normal = normals(seed + 1)
  const chance = (x: number) => 1 / (1 + Math.exp(-(edge * x + bias)))
  return {
    chance,
    trade(contributor: string, over: Partial<PoolExperience> = {}): PoolExperience {
      const x = normal()
      const won = random() < chance(x)
      const features = { x, noise: 400 + 50 * normal() }
      return experienceOf({ contributor, features, r: won ? 1 : -1, exit: won ? 'target' : 'stop', ...over })
    },
  }
}

/** Features of setups as vwap-bounce makes them, correlated as such are, and what came of each. */
export function setups(seed: number, count: number) {
  const normal = normals(seed)
  const random = seededRandom(seed + 1)
  return Array.from({ length: count }, () => {
    const stretch = normal()
    const calm = normal()
    const minute = random() * 390
    const risk = 20 * Math.exp(0.4 * calm)
    const reward = 1.7 + 0.3 * stretch + 0.2 * normal()
    const features = {
      rsi: 30 + 5 * stretch + 3 * normal(),
      distanceSigma: -1.9 + 0.2 * normal(),
      extremeSigma: -2.3 - 0.3 * Math.abs(stretch),
      volumeRatio: Math.exp(0.5 * normal()),
      minutesSinceOpen: minute,
      minutesToClose: 390 - minute,
      atrTicks: risk * 0.4 * Math.exp(0.1 * normal()),
      sigmaTicks: risk * (1 + 0.1 * normal()),
      sigmaPerAtr: 2.4 + 0.2 * normal(),
      riskTicks: risk,
      rewardTicks: risk * reward,
      rewardRisk: reward,
    }
    return { features, r: random() < 0.45 + 0.1 * stretch ? reward : -1 }
  })
}
