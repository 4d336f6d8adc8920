import { formatMoney, type Currency } from '../instrument/instrument.ts'
import { minorUnits, type EpochMs } from '../units/units.ts'
import type { RiskLimits } from './risk-limits.ts'
import { drawdownFloor, type RiskState, type Worth } from './risk-state.ts'

/** Limits on what the account is worth; reaching one closes positions and stops entries. */
export type BreachRule = 'daily-loss' | 'daily-profit' | 'trailing-drawdown' | 'profit-target' | 'portfolio-daily-loss'

/** Rules that stand until a person clears them, unless the account says otherwise; the others end with the day. */
export const STANDS_UNTIL_CLEARED = {
  'daily-loss': false,
  'daily-profit': false,
  'trailing-drawdown': true,
  'profit-target': true,
  'portfolio-daily-loss': false,
} as const satisfies Record<BreachRule, boolean>

/** A limit that was reached, as state.db keeps it. It stands whatever becomes of the setting. */
export type Breach = Readonly<{
  /** 1 for the account's first breach; what a person names to clear it. */
  id: number
  rule: BreachRule
  at: EpochMs
  /** The bar whose close showed it. */
  barTime: EpochMs
  /** When it ends by itself; undefined: only a person can end it. */
  until: EpochMs | undefined
  text: string
}>

/** A rule whose limit is reached now, with the numbers in a sentence. */
export type Trip = Readonly<{ rule: BreachRule; text: string }>

const NO_TRIPS: readonly Trip[] = []

/**
 * Which limits on the account's worth are reached, all of them.
 *
 * Reached means at the limit, not beyond it: a firm closes the account there. Allocates nothing while none is.
 */
export function judgeWorth(state: RiskState, worth: Worth, limits: RiskLimits, currency: Currency): readonly Trip[] {
  const { equityMinor, balanceMinor } = worth
  const made = dayResult(state, equityMinor, limits)
  let trips: Trip[] | undefined
  if (limits.maxDailyLossMinor > 0 && made <= -limits.maxDailyLossMinor)
    (trips ??= []).push({
      rule: 'daily-loss',
      text: `the loss of the day is ${money(currency, -made)}, the limit ${money(currency, limits.maxDailyLossMinor)}`,
    })
  const gained = equityMinor - state.dayStartBalanceMinor
  if (limits.dailyProfitTargetMinor > 0 && gained >= limits.dailyProfitTargetMinor)
    (trips ??= []).push({
      rule: 'daily-profit',
      text: `the profit of the day is ${money(currency, gained)}, the target ${money(currency, limits.dailyProfitTargetMinor)}`,
    })
  if (limits.trailingDrawdownMinor > 0 && equityMinor <= drawdownFloor(state, limits))
    (trips ??= []).push({
      rule: 'trailing-drawdown',
      text: `equity is ${money(currency, equityMinor)}, the drawdown floor ${money(currency, drawdownFloor(state, limits))}`,
    })
  const closed = balanceMinor - state.startMinor
  if (limits.profitTargetMinor > 0 && closed >= limits.profitTargetMinor)
    (trips ??= []).push({
      rule: 'profit-target',
      text: `the closed profit is ${money(currency, closed)}, the target ${money(currency, limits.profitTargetMinor)}`,
    })
  return trips ?? NO_TRIPS
}

function money(currency: Currency, amount: number): string {
  return `${formatMoney(currency, minorUnits(amount))} ${currency.code}`
}

/** Result of the day as the daily loss limit counts it, minor units. */
export function dayResult(state: RiskState, equityMinor: number, limits: RiskLimits): number {
  switch (limits.dailyLossCounts) {
    case 'realised':
      return state.realizedTodayMinor
    case 'open-from-balance':
      return equityMinor - state.dayStartBalanceMinor
    case 'open-from-equity':
      return equityMinor - state.dayStartEquityMinor
  }
}

/** True where a breach of the rule ends with the account's day, false where a person must clear it. */
export function endsWithDay(rule: BreachRule, { drawdownEnds }: Pick<RiskLimits, 'drawdownEnds'>): boolean {
  return !STANDS_UNTIL_CLEARED[rule] || (rule === 'trailing-drawdown' && drawdownEnds === 'next-day')
}

/** True while a breach forbids entries. */
export function stands(breach: Breach, now: EpochMs): boolean {
  return breach.until === undefined || now < breach.until
}
