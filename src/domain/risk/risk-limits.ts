import type { MinorUnits } from '../units/units.ts'

/** What a day's loss is measured on: closed trades alone, or with the open position, from where the day began. */
export type DailyLossCounts = 'realised' | 'open-from-balance' | 'open-from-equity'

/**
 * What the drawdown floor hangs from: the highest equity seen at any bar, the highest balance at the end of a day, or
 * the starting balance for good.
 */
export type DrawdownMark = 'intraday' | 'end-of-day' | 'static'

/** `cleared`: by a person. `next-day`: by itself, and the drawdown counts from what is left then. */
export type DrawdownEnd = 'cleared' | 'next-day'

/**
 * The numbers of an account's limits. Money is minor units of the instrument's currency; 0 means "no such limit"
 * everywhere but in the largest position, the largest order and the trades of a day, which every account has.
 */
export type RiskLimits = Readonly<{
  /** Largest position with working entries counted in, lots. */
  maxPositionLots: number
  /** Largest position of all instruments together with working entries counted in, thousandths of a full contract. */
  maxTotalContractsMilli: number
  /** Largest single entry order, lots. */
  maxOrderLots: number
  /** Positions opened in one day. */
  maxTradesPerDay: number
  /** Largest worth of position and working entries at the last price. */
  maxNotionalMinor: MinorUnits
  /** Entry orders within 60 seconds. */
  maxOrdersPerMinute: number
  maxDailyLossMinor: MinorUnits
  dailyLossCounts: DailyLossCounts
  /** Distance of the floor below its mark. */
  trailingDrawdownMinor: MinorUnits
  drawdownMark: DrawdownMark
  /** When a reached drawdown ends: once a person clears it, or with the day. */
  drawdownEnds: DrawdownEnd
  /** The floor rises no higher than this much above the starting balance; undefined: it never stops. */
  drawdownLockMinor: MinorUnits | undefined
  /** Closed profit since the start at which the account is locked. */
  profitTargetMinor: MinorUnits
  /** Profit of a day, open position included, at which the day is locked. */
  dailyProfitTargetMinor: MinorUnits
  /** Pause after every losing trade, minutes. */
  cooldownAfterLossMinutes: number
  /** Losing trades in a row that bring the longer pause. */
  lossesInRow: number
  /** That pause, minutes. */
  cooldownAfterLossesMinutes: number
  /** Stops hit within `stopGuardWindowMinutes` that bring a pause of `stopGuardPauseMinutes`. */
  stopGuardStops: number
  stopGuardWindowMinutes: number
  stopGuardPauseMinutes: number
  /** Distance from the last price that any price of an entry may have, basis points. */
  priceCollarBps: number
  /** Age of the last bar, in bars, beyond which its price is too old to enter on. */
  stalePriceBars: number
  /** Times the mean of recent entries that an entry may be large. */
  fatFingerMultiple: number
}>

const NONE = 0 as MinorUnits

/** Nothing is limited; what is limited is spread over it. */
export const NO_LIMITS: RiskLimits = {
  maxPositionLots: Number.MAX_SAFE_INTEGER,
  maxTotalContractsMilli: 0,
  maxOrderLots: Number.MAX_SAFE_INTEGER,
  maxTradesPerDay: Number.MAX_SAFE_INTEGER,
  maxNotionalMinor: NONE,
  maxOrdersPerMinute: 0,
  maxDailyLossMinor: NONE,
  dailyLossCounts: 'realised',
  trailingDrawdownMinor: NONE,
  drawdownMark: 'end-of-day',
  drawdownEnds: 'cleared',
  drawdownLockMinor: undefined,
  profitTargetMinor: NONE,
  dailyProfitTargetMinor: NONE,
  cooldownAfterLossMinutes: 0,
  lossesInRow: 0,
  cooldownAfterLossesMinutes: 0,
  stopGuardStops: 0,
  stopGuardWindowMinutes: 0,
  stopGuardPauseMinutes: 0,
  priceCollarBps: 0,
  stalePriceBars: 0,
  fatFingerMultiple: 0,
}

/** True where some limit is about what the account is worth, so that it must be asked at every bar. */
export function watchesWorth(limits: RiskLimits): boolean {
  return (
    limits.maxDailyLossMinor > 0 ||
    limits.trailingDrawdownMinor > 0 ||
    limits.profitTargetMinor > 0 ||
    limits.dailyProfitTargetMinor > 0
  )
}
