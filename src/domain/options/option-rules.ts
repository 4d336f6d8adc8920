import type { OptionTerms } from './option-terms.ts'

/** How the options of an underlying are listed: what they are, when they expire, at which strikes. Data, no code. */
export type OptionRules = Readonly<{
  style: OptionTerms['style']
  settlement: OptionTerms['settlement']
  /** How contracts are named; docs/options.md shows each. */
  symbols: 'occ' | 'india' | 'dated'
  /** Smallest step of the premium, as a decimal string. */
  tickSize: string
  /** From a premium on (decimal strings) prices move in larger steps; lowest first. */
  tickSteps?: readonly Readonly<{ from: string; tickSize: string }>[]
  /** Units of the underlying in one lot, by expiry; oldest first. */
  lots: readonly LotFact[]
  cycles: readonly ExpiryCycle[]
  strikes: readonly StrikeStep[]
}>

/** A lot size, from an expiry (YYYY-MM-DD) on. Expiries named in `except` keep the lot before it. */
export type LotFact = Readonly<{ from: string; lotSize: string; except?: readonly string[]; source: string }>

export type ExpiryCycleName = 'weekly' | 'monthly' | 'quarterly'

/** Expiries that follow one rule. A day on which the market is closed moves its expiry to the trading day before. */
export type ExpiryCycle = Readonly<{
  cycle: ExpiryCycleName
  /** 0 = Sunday … 6 = Saturday. */
  weekdays: readonly number[]
  /** Which of these weekdays of the month. */
  week: 'every' | 'last' | 1 | 2 | 3 | 4
  /** Months it falls in, 1 to 12; every one where left out. */
  months?: readonly number[]
  /** First and last day, before it is moved, on which the rule holds (YYYY-MM-DD). */
  from?: string
  until?: string
  /** No such expiry in a week (Monday to Sunday) that has a monthly one. */
  notInMonthlyWeek?: boolean
  /** Listed this many days before it expires. */
  withinDays: number
  /** Minutes after midnight in the underlying's zone, where it ends before the session does. */
  expiryMinute?: number
  source: string
}>

/** Distance of neighbouring strikes below a price (decimal strings); the last step has no bound. */
export type StrikeStep = Readonly<{ below?: string; step: string }>
