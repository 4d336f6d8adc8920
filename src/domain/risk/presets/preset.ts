import type { DailyLossCounts, DrawdownEnd, DrawdownMark } from '../risk-limits.ts'

/** Limits of a preset, by the names of the account's risk settings; money as decimal strings. */
export type PresetLimits = Readonly<{
  maxPositionLots?: number
  maxOrderLots?: number
  maxTotalContracts?: number
  maxDailyLoss?: string
  dailyLossCounts?: DailyLossCounts
  trailingDrawdown?: string
  drawdownMark?: DrawdownMark
  drawdownEnds?: DrawdownEnd
  drawdownLock?: string
  profitTarget?: string
  dayBoundary?: string
  mustBeFlat?: string
}>

/** A firm's published rule set as settings. */
export type RiskPreset = Readonly<{
  name: string
  title: string
  /** Money is in this currency; instruments in another are refused. */
  currency: string
  /** Where the rules are published. */
  source: readonly string[]
  /** The day they were read, YYYY-MM-DD. Firms change their rules: compare before relying on them. */
  asOf: string
  /** What could not be checked against the firm's own pages. */
  unverified: readonly string[]
  /** Sizes in lots are those of full contracts: `presetLimits` tells them for what an account trades. */
  limits: PresetLimits
}>
