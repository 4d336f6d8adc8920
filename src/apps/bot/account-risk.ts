import { bundledView, type CalendarView, type KnownCalendar } from '../../adapters/calendar/known-calendar.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { earlyClosesOf } from '../../domain/calendar/early-closes.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import { moneySetting } from '../../domain/account/money-setting.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import { FULL_CONTRACT_MILLI } from '../../domain/instrument/contract-share.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { currenciesOf, openBlackouts, type Blackouts } from '../../domain/risk/blackout.ts'
import { parseBlackoutMinutes } from '../../domain/risk/blackout-minutes.ts'
import { emergencyAt } from '../../domain/risk/emergency.ts'
import type { PortfolioLimits } from '../../domain/risk/portfolio/portfolio-share.ts'
import { looserThanPreset, presetByName, presetLimits, withinSizes } from '../../domain/risk/presets/index.ts'
import { openRiskRules, type RiskRules } from '../../domain/risk/risk-rules.ts'

/**
 * The limits of an account as its settings have them.
 *
 * @param holidays what is known of the exchanges' days, for the early closes
 * @param calendar what is known of releases, which may change while a bot runs; the bundled one where left out
 * @throws {Refused} 'setting-invalid': money with more places than the currency has, or looser than its preset
 */
export function accountRisk(
  settings: AccountSettings,
  traded: readonly Instrument[],
  holidays: CalendarFacts,
  sessions: SessionClock,
  calendar: CalendarView = bundledView(),
): RiskRules {
  const instrument = traded[0]!
  const preset = presetByName(settings.risk.preset)
  const allowed = preset ? presetLimits(preset, ...traded) : {}
  const risk = withinSizes(settings.risk, allowed)
  const looser = looserThanPreset(risk, allowed)
  if (looser)
    refuse(
      'setting-invalid',
      `risk.${looser.name} is looser than the preset ${risk.preset} allows (${looser.allowed}).`,
      `Set risk.${looser.name}=${looser.allowed} again, or leave the preset with risk.preset=none.`,
    )
  const amount = (name: keyof typeof risk) =>
    moneySetting(String(risk[name]), instrument.currency.digits, `risk.${name}`)
  return openRiskRules(
    {
      maxPositionLots: risk.maxPositionLots,
      maxTotalContractsMilli: Math.round(risk.maxTotalContracts * FULL_CONTRACT_MILLI),
      maxOrderLots: risk.maxOrderLots,
      maxTradesPerDay: risk.maxTradesPerDay,
      maxNotionalMinor: amount('maxNotional'),
      maxOrdersPerMinute: risk.maxOrdersPerMinute,
      maxDailyLossMinor: amount('maxDailyLoss'),
      dailyLossCounts: risk.dailyLossCounts,
      trailingDrawdownMinor: amount('trailingDrawdown'),
      drawdownMark: risk.drawdownMark,
      drawdownEnds: risk.drawdownEnds,
      drawdownLockMinor: risk.drawdownLock === 'none' ? undefined : amount('drawdownLock'),
      profitTargetMinor: amount('profitTarget'),
      dailyProfitTargetMinor: amount('dailyProfitTarget'),
      cooldownAfterLossMinutes: risk.cooldownAfterLossMinutes,
      lossesInRow: risk.lossesInRow,
      cooldownAfterLossesMinutes: risk.cooldownAfterLossesMinutes,
      stopGuardStops: risk.stopGuardStops,
      stopGuardWindowMinutes: risk.stopGuardWindowMinutes,
      stopGuardPauseMinutes: risk.stopGuardPauseMinutes,
      priceCollarBps: risk.priceCollarBps,
      stalePriceBars: risk.stalePriceBars,
      fatFingerMultiple: risk.fatFingerMultiple,
    },
    {
      dayBoundary: risk.dayBoundary,
      tradingWindow: risk.tradingWindow === 'none' ? undefined : risk.tradingWindow,
      mustBeFlat: risk.mustBeFlat === 'none' ? undefined : risk.mustBeFlat,
      earlyCloses: risk.mustBeFlat === 'none' ? [] : traded.flatMap((one) => earlyClosesOf(one, holidays)),
      lockedSymbols: risk.lockedSymbols === 'none' ? [] : risk.lockedSymbols.toUpperCase().split(','),
      blackouts: accountBlackouts(settings, traded, calendar),
      emergency: risk.emergencies === 'yes' ? (at) => emergencyAt(calendar.now().emergencies, at) : undefined,
      passesUnknownDays: settings.feed.kind === 'replay',
      portfolio: portfolioLimits(risk, instrument.currency.digits),
    },
    sessions,
  )
}

/**
 * Times around releases that concern any of the account's instruments; the account is one bet. They follow the calendar:
 * opened again when it has changed.
 */
export function accountBlackouts(
  { risk }: Pick<AccountSettings, 'risk'>,
  traded: readonly Instrument[],
  calendar: CalendarView,
): Blackouts | undefined {
  const { blackout: level } = risk
  if (level === 'none') return undefined
  const setting = {
    level,
    beforeMinutes: risk.blackoutBeforeMinutes,
    afterMinutes: risk.blackoutAfterMinutes,
    minutesOf: parseBlackoutMinutes(risk.blackoutMinutes),
    flat: risk.blackoutFlat === 'yes',
    currencies: [...new Set(traded.flatMap(currenciesOf))],
  }
  let seen: KnownCalendar | undefined
  let opened: Blackouts | undefined
  const present = (): Blackouts => {
    const known = calendar.now()
    if (opened && known === seen) return opened
    seen = known
    return (opened = openBlackouts(known.releases(), setting)!)
  }
  return {
    ...{ level, flat: setting.flat },
    get uncovered() {
      return present().uncovered
    },
    get knownUntil() {
      return present().knownUntil
    },
    verdict: (at, span) => present().verdict(at, span),
    next: (at) => present().next(at),
    within: (from, until) => present().within(from, until),
  }
}

/**
 * What a user should know of blackouts before the first bar; undefined: nothing.
 */
export function blackoutNotice(rules: RiskRules): string | undefined {
  const { blackouts, passesUnknownDays } = rules
  if (!blackouts) return undefined
  const { uncovered, knownUntil } = blackouts
  const parts = [
    ...(uncovered.length > 0 ? [`The calendar holds no releases of ${uncovered.join(', ')}`] : []),
    ...(passesUnknownDays && knownUntil !== ''
      ? [`Replayed days outside the calendar of releases (it ends at ${knownUntil}) pass as days without one`]
      : []),
  ]
  return parts.length === 0 ? undefined : `${parts.join('. ')}.`
}

/** Limits over all accounts of the user, in the account's own currency. @throws {Refused} 'setting-invalid' */
export function portfolioLimits(risk: AccountSettings['risk'], digits: number): PortfolioLimits {
  return {
    maxNotionalMinor: moneySetting(risk.portfolioMaxNotional, digits, 'risk.portfolioMaxNotional'),
    maxPositions: risk.portfolioMaxPositions,
    maxDailyLossMinor: moneySetting(risk.portfolioMaxDailyLoss, digits, 'risk.portfolioMaxDailyLoss'),
    correlationCapMinor: moneySetting(risk.correlationCap, digits, 'risk.correlationCap'),
  }
}
