import { FEATURE_NAME, takenName } from './feature-name.ts'

/** How much of a feature is told: rounded to a multiple of this; `false` where it stays on this computer. */
type Told = number | false

/**
 * What may leave this computer of the features of our own strategies. A feature that is not listed here is not told.
 *
 * Shares and distances are rounded as far as a neighbour search does not notice; minutes to a quarter of an hour, because
 * they would tell, with the day, the minute of a trade. What a user has set (parameters of a strategy) is never told.
 */
export const SHARED_FEATURES: Readonly<Record<string, Readonly<Record<string, Told>>>> = {
  'vwap-bounce': {
    rsi: 0.5,
    distanceSigma: 0.05,
    extremeSigma: 0.05,
    volumeRatio: 0.05,
    minutesSinceOpen: 15,
    minutesToClose: 15,
    atrTicks: 0.5,
    sigmaTicks: 0.5,
    sigmaPerAtr: 0.05,
    riskTicks: 0.5,
    rewardTicks: 0.5,
    rewardRisk: 0.05,
  },
  'segment-options': {
    direction: 1,
    rangeAtr: 0.05,
    breakoutAtr: 0.05,
    vwapAtr: 0.05,
    atrTicks: 0.5,
    minutesSinceOpen: 15,
    minutesToClose: 15,
    itmOffset: false,
    stopLossPercent: false,
  },
}

/** Most features of one experience, and the farthest values, as the cloud takes them. */
const MOST_FEATURES = 12
const FARTHEST = 1e6
/** Of a feature nobody has described: digits that are kept. */
const DIGITS = 4

/** True where Slipway brings the strategy with it; a user's own are theirs, and nothing of them leaves for other users. */
export function isBundledStrategy(strategyId: string): boolean {
  return Object.hasOwn(SHARED_FEATURES, strategyId)
}

/**
 * The features of a setup as the pool gets them, when it is asked and when it is told.
 *
 * @returns undefined where nothing is left that could be compared, and where a feature of one's own strategy has a name that
 *   would not arrive: a setup is told whole or not at all
 */
export function sharedFeatures(
  strategyId: string,
  features: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> | undefined {
  const listed = isBundledStrategy(strategyId) ? SHARED_FEATURES[strategyId] : undefined
  if (!listed && takenName(features) !== undefined) return undefined
  const shared: Record<string, number> = {}
  let count = 0
  for (const [name, value] of Object.entries(features)) {
    if (count === MOST_FEATURES) break
    const told = listed ? (Object.hasOwn(listed, name) && listed[name]) || false : undefined
    if (told === false || !FEATURE_NAME.test(name) || !Number.isFinite(value)) continue
    shared[name] = within(told === undefined ? Number(value.toPrecision(DIGITS)) : toStep(value, told), FARTHEST)
    count++
  }
  return count === 0 ? undefined : shared
}

/** The nearest multiple of a step, without the digits that floating point adds. */
export function toStep(value: number, step: number): number {
  const rounded = Number((Math.round(value / step) * step).toFixed(6))
  return rounded === 0 ? 0 : rounded
}

export function within(value: number, farthest: number): number {
  return Math.min(farthest, Math.max(-farthest, value))
}
