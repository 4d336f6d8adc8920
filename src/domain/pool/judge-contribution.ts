import { TIMEFRAMES, type Timeframe } from '../market/bar.ts'
import type { ExitWord } from './pool-experience.ts'
import type { PoolSettings } from './pool-settings.ts'

export type ContributionSource = 'live' | 'paper' | 'synthetic' | 'replay'

/** A contribution as it came, as far as it is judged. */
export type Contribution = Readonly<{
  source: ContributionSource
  timeframe: Timeframe
  /** UTC day of the exit, YYYY-MM-DD. */
  day: string
  features: Readonly<Record<string, number>>
  outcome: Readonly<{
    r: number
    mfe?: number | undefined
    mae?: number | undefined
    exit: ExitWord
    bars?: number | undefined
  }>
}>

/** Highest minus lowest price of a symbol around a UTC day, in ticks. */
export type DayRange = number

/**
 * Whether a contribution counts, decided once, when it is stored:
 * - `used`
 * - `source`: history told again, or made-up prices in a shared pool; kept, counts for nothing
 * - `held-…`: it cannot have been so; kept for a person to look at, counts for nothing
 * - `capped`: its contributor has given enough for that day
 */
export type ContributionStatus = 'used' | 'source' | 'held-outcome' | 'held-day' | 'held-range' | 'capped'

/** A contribution may wait in an outbox for so many days, as long as a licence's grace and a good deal more. */
const OLDEST_DAYS = 45
/** R are rounded and fees are in them. */
const SLACK_R = 0.25
/** Quotes of two sources differ by this share of a day's range, and by some ticks. */
const SLACK_RANGE = 1.1
const SLACK_TICKS = 4
const DAY_MS = 86_400_000

/**
 * @param today    UTC day of the server
 * @param givenToday trades of this contributor that were stored today and count
 * @param range    of the market on that day, where the server knows it
 */
export function judgeContribution(
  settings: PoolSettings,
  contribution: Contribution,
  { today, givenToday, range }: Readonly<{ today: string; givenToday: number; range?: DayRange | undefined }>,
): ContributionStatus {
  const { source } = contribution
  if (source === 'replay' || (source === 'synthetic' && !settings.usesSynthetic)) return 'source'
  if (contradictsItself(contribution)) return 'held-outcome'
  const age = (Date.parse(today) - Date.parse(contribution.day)) / DAY_MS
  // Tomorrow is possible: the clock of a client may be a little ahead at midnight.
  if (!(age >= -1 && age <= OLDEST_DAYS)) return 'held-day'
  if (range !== undefined && isBeyond(contribution, range)) return 'held-range'
  return givenToday < settings.tradesADay ? 'used' : 'capped'
}

function contradictsItself({ outcome: { r, mfe, mae, exit } }: Contribution): boolean {
  if (mfe !== undefined && r > mfe + SLACK_R) return true
  if (mae !== undefined && r < mae - SLACK_R && exit !== 'stop') return true
  return exit === 'target' && r < -SLACK_R
}

/**
 * True where the trade would have needed a longer way than the market went. Known only where the setup tells its stop
 * distance in ticks, and the trade ended on the day it began.
 */
function isBeyond({ features, outcome, timeframe }: Contribution, range: DayRange): boolean {
  const { riskTicks } = features
  if (riskTicks === undefined || riskTicks <= 0 || outcome.bars === undefined) return false
  if (outcome.bars * TIMEFRAMES[timeframe] > DAY_MS / 2) return false
  return Math.abs(outcome.r) * riskTicks > range * SLACK_RANGE + SLACK_TICKS
}

/** True where a day's range is needed to judge it. */
export function needsRange({ features, outcome }: Contribution): boolean {
  return features['riskTicks'] !== undefined && outcome.bars !== undefined
}
