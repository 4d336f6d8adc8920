import {
  countGivenBy,
  storeExperience,
  type CappedGiver,
  type NewExperience,
} from '../../../adapters/cloud-db/experience-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { getConfidence, readStats, saveTrade, type ConfidenceAnswer } from '../../../contracts/cloud/pool.ts'
import { hasRoom, secondsToNextDay } from '../../../domain/pool/contribution-room.ts'
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
  /** The same of one that may be tried out: it proves who somebody is. */
  standingSince: (licenceId: string) => Promise<number | undefined>
  /** A contribution was turned away, because no more are stored today. */
  onFull?: () => void
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
      const judge = (givenToday: number) => judgeContribution(settings, input, { today, givenToday, range })
      const result = await storeExperience(db, experience, call.now, judge, by.capped)
      if (result === 'full') {
        parts.onFull?.()
        cloudRefuse(
          'contributions_full',
          'As many contributions are stored today as a day takes of users without a paid licence.',
          'Send it again after midnight UTC; from holders of a paid licence contributions are taken at any time.',
          secondsToNextDay(call.now),
        )
      }
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
async function contributorOf(parts: PoolParts, { lease, userId, now }: CloudCall) {
  const { settings } = parts
  const since = lease?.user_id === userId ? await parts.licenceSince(lease.licence_id) : undefined
  if (!lease || since === undefined)
    return {
      contributor: `${USER_PREFIX}${userId}`,
      weight: contributorWeight(settings, { kind: 'user' }),
      capped: await giverOf(parts, lease, userId),
    }
  const ageDays = (now - since) / DAY_MS
  const weight = contributorWeight(settings, { kind: 'licence', ageDays })
  return { contributor: lease.licence_id, weight, capped: undefined }
}

/** As whom somebody is counted for whom no paid licence vouches. One that he tries out proves who he is, a user id nothing. */
async function giverOf(
  { settings: { room, trustsUnlicensed }, standingSince }: PoolParts,
  lease: CloudCall['lease'],
  userId: string,
): Promise<CappedGiver | undefined> {
  if (trustsUnlicensed) return undefined
  const isProven = lease?.user_id === userId && (await standingSince(lease.licence_id)) !== undefined
  return {
    name: isProven ? lease.licence_id : `${USER_PREFIX}${userId}`,
    isUnproven: !isProven,
    hasRoom: (given) => hasRoom(room, given, !isProven),
  }
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
