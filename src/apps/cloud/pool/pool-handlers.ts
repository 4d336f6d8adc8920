import { countGivenBy, storeExperience, type NewExperience } from '../../../adapters/cloud-db/experience-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { getConfidence, readStats, saveTrade, type ConfidenceAnswer } from '../../../contracts/cloud/pool.ts'
import { judgeContribution, needsRange, type DayRange } from '../../../domain/pool/judge-contribution.ts'
import { USER_PREFIX } from '../../../domain/pool/pool-experience.ts'
import { contributorWeight, type PoolSettings } from '../../../domain/pool/pool-settings.ts'
import type { PoolAnswer } from '../../../domain/pool/pool.ts'
import { symbolClassOf } from '../../../domain/pool/symbol-class.ts'
import { answers, answersExactly, cloudRefuse, type CloudCall, type CloudHandler } from '../cloud-call.ts'
import { bodyHash } from './body-hash.ts'
import type { PoolFollower } from './follow-pool.ts'

export type PoolParts = Readonly<{
  db: CloudDb
  follower: PoolFollower
  settings: PoolSettings
  /** Highest minus lowest price around a UTC day, in ticks; left out where the server has no market data. */
  rangeOf?: (symbol: string, day: string) => DayRange | undefined
  /** When a licence was made; undefined for one that vouches for nobody: standing-licences.ts. */
  licenceSince: (licenceId: string) => Promise<number | undefined>
  /** Tells every instance, this one included, that the pool has grown. */
  nudge: () => void
}>

const DAY_MS = 86_400_000

export function poolHandlers(parts: PoolParts): CloudHandler[] {
  const { db, follower, settings } = parts
  const classOf = rememberedClasses()

  return [
    answersExactly(getConfidence, (call, input): ConfidenceAnswer => {
      const threshold = call.lease?.threshold ?? settings.threshold
      const { kind, side, strategy, features } = input
      return shown(follower.pool.ask({ kind, side, strategy, features, symbolClass: classOf(input.symbol) }), threshold)
    }),
    answers(saveTrade, async (call, input) => {
      const by = await contributorOf(parts, call)
      const { features, outcome } = input
      const experience: NewExperience = {
        kind: input.kind,
        user_id: call.userId,
        contributor: by.contributor,
        idempotency_key: input.idempotency_key,
        body_hash: bodyHash(input),
        symbol: input.symbol,
        symbol_class: classOf(input.symbol),
        side: input.side,
        strategy: input.strategy,
        timeframe: input.timeframe,
        source: input.source,
        features: JSON.stringify(features),
        outcome: JSON.stringify(outcome),
        r: outcome.r,
        day: input.day,
        weight: by.weight,
      }
      const today = new Date(call.now).toISOString().slice(0, 10)
      const range = needsRange(input) ? parts.rangeOf?.(input.symbol, input.day) : undefined
      const result = await storeExperience(db, experience, call.now, (givenToday) =>
        judgeContribution(settings, input, { today, givenToday, range }),
      )
      if (result === 'conflict')
        cloudRefuse('key_conflict', 'This key was used for another trade.', 'Make a key of its own for each trade.')
      if (result === 'stored') parts.nudge()
      return { result }
    }),
    answers(readStats, async (call) => {
      const { signal, exit, seeded, contributors } = follower.pool.counts
      const total = {
        count: signal.count + exit.count,
        wins: signal.wins + exit.wins,
        totalR: signal.totalR + exit.totalR,
      }
      return {
        total: countShown(total),
        by_kind: { signal: countShown(signal), exit: countShown(exit) },
        seeded,
        // A user id is no secret. On one's own machine nobody else can ask.
        mine: settings.trustsUnlicensed || call.lease ? countShown(await countGivenBy(db, call.userId)) : null,
        // Fewer than the pool needs are told as none: who they are could be guessed.
        contributors: contributors >= settings.contributorsBeforeUse ? contributors : 0,
        pool_age_seconds: Math.round(follower.ageSeconds() * 10) / 10,
      }
    }),
  ]
}

function shown(answer: PoolAnswer, threshold: number): ConfidenceAnswer {
  return {
    confidence: answer.confidence,
    should_trade: !answer.mayAdviseAgainst || answer.confidence >= threshold,
    threshold,
    sample_size: answer.samples,
    win_rate: answer.winRate ?? null,
    expected_pnl: answer.expectedR ?? null,
    reason: answer.reason,
    stop_multiple: answer.stopMultiple ?? null,
    target_multiple: answer.targetMultiple ?? null,
  }
}

/** A licence that stands, of a lease whose signature holds, whatever its age; else what the caller calls himself. */
async function contributorOf({ settings, licenceSince }: PoolParts, { lease, userId, now }: CloudCall) {
  const since = lease?.user_id === userId ? await licenceSince(lease.licence_id) : undefined
  if (!lease || since === undefined)
    return { contributor: `${USER_PREFIX}${userId}`, weight: contributorWeight(settings, { kind: 'user' }) }
  const ageDays = (now - since) / DAY_MS
  return { contributor: lease.licence_id, weight: contributorWeight(settings, { kind: 'licence', ageDays }) }
}

function countShown({ count, wins, totalR }: Readonly<{ count: number; wins: number; totalR: number }>) {
  return { count, win_rate: count > 0 ? wins / count : null, total_r: Math.round(totalR * 100) / 100 }
}

/** Finding the class of an unknown symbol compares it with every known one; callers ask for the same few. */
function rememberedClasses(): (symbol: string) => string {
  const known = new Map<string, string>()
  return (symbol) => {
    let found = known.get(symbol)
    if (found === undefined) {
      if (known.size >= MOST_SYMBOLS) known.clear()
      known.set(symbol, (found = symbolClassOf(symbol)))
    }
    return found
  }
}

const MOST_SYMBOLS = 10_000
