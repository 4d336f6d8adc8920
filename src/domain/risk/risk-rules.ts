import type { EarlyClose } from '../calendar/early-closes.ts'
import type { SessionClock } from '../calendar/session.ts'
import type { EpochMs } from '../units/units.ts'
import type { Blackouts } from './blackout.ts'
import type { Emergency } from './emergency.ts'
import { openFlatTimes, type FlatTimes } from './flat-times.ts'
import { NO_PORTFOLIO_LIMITS, type PortfolioLimits } from './portfolio/portfolio-share.ts'
import { openRiskDays, parseDayBoundary, type RiskDays } from './risk-days.ts'
import { watchesWorth, type RiskLimits } from './risk-limits.ts'
import { openWallWindows, parseWallWindows, type WallWindows } from './wall-windows.ts'

/** Limits of one account with the clocks they need, opened once. */
export type RiskRules = Readonly<{
  limits: RiskLimits
  /** Some limit is about what the account is worth. */
  watchesWorth: boolean
  /** The day boundary as set. */
  boundary: string
  /** Days under a boundary: the one that is set, or an earlier one whose day is not over. */
  daysOf(boundary: string): RiskDays
  /** Times at which entries are made; undefined: at all times. */
  tradingWindows: WallWindows | undefined
  /** Times at which nothing may be held; undefined: none. */
  flatTimes: FlatTimes | undefined
  /** Symbols and products in which no entry is made. */
  lockedSymbols: ReadonlySet<string>
  /** Times around releases; undefined: none are avoided. */
  blackouts: Blackouts | undefined
  /** The emergency of an instant; undefined: the account does not listen to any. */
  emergency: ((at: EpochMs) => Emergency | undefined) | undefined
  /** What the calendar does not know passes: days told again may lie anywhere, real ones are not entered blind. */
  passesUnknownDays: boolean
  /** Limits over all accounts of the user. */
  portfolio: PortfolioLimits
}>

/**
 * @param settings texts as the account's settings have them; `undefined` where there is no such limit
 * @throws {RangeError} a text that cannot be read: settings are checked before they come here
 */
export function openRiskRules(
  limits: RiskLimits,
  settings: Readonly<{
    dayBoundary: string
    tradingWindow?: string | undefined
    mustBeFlat?: string | undefined
    /** Of the instruments of the account, as far as they are known. */
    earlyCloses?: readonly EarlyClose[]
    lockedSymbols?: readonly string[]
    blackouts?: Blackouts | undefined
    emergency?: RiskRules['emergency']
    passesUnknownDays?: boolean
    portfolio?: PortfolioLimits
  }>,
  sessions: SessionClock,
): RiskRules {
  const opened = new Map<string, RiskDays>()
  return {
    limits,
    watchesWorth: watchesWorth(limits),
    boundary: settings.dayBoundary,
    daysOf: (boundary) => {
      let days = opened.get(boundary)
      if (!days) opened.set(boundary, (days = openRiskDays(readable(boundary, parseDayBoundary), sessions)))
      return days
    },
    tradingWindows: windowsOf(settings.tradingWindow),
    flatTimes: flatTimesOf(settings.mustBeFlat, settings.earlyCloses ?? []),
    lockedSymbols: new Set(settings.lockedSymbols),
    blackouts: settings.blackouts,
    emergency: settings.emergency,
    passesUnknownDays: settings.passesUnknownDays === true,
    portfolio: settings.portfolio ?? NO_PORTFOLIO_LIMITS,
  }
}

function windowsOf(text: string | undefined): WallWindows | undefined {
  return text === undefined ? undefined : openWallWindows(text, readable(text, parseWallWindows))
}

function flatTimesOf(text: string | undefined, earlyCloses: readonly EarlyClose[]): FlatTimes | undefined {
  return text === undefined ? undefined : openFlatTimes(text, readable(text, parseWallWindows), earlyCloses)
}

function readable<T>(text: string, parse: (text: string) => T | undefined): T {
  const value = parse(text)
  if (value === undefined) throw new RangeError(`${JSON.stringify(text)} cannot be read`)
  return value
}
