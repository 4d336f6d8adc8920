import { connectToBot } from '../../adapters/bot-control/connect-to-bot.ts'
import { homeCalendar } from '../../adapters/calendar/home-calendar.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { marksAgainst } from '../../adapters/kill-switch/kill-marks.ts'
import { readRiskFacts, type RiskFacts } from '../../adapters/state-db/read-risk.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotStatus } from '../../contracts/bot-protocol.ts'
import type { RiskReport } from '../../contracts/risk-report.ts'
import { moneySetting } from '../../domain/account/money-setting.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import { judgeFreshness } from '../../domain/feed/judge-freshness.ts'
import { contractShareOf } from '../../domain/instrument/contract-share.ts'
import { formatMoney, type Instrument } from '../../domain/instrument/instrument.ts'
import { capitalOf } from '../../domain/ledger/ledger.ts'
import { TIMEFRAMES } from '../../domain/market/bar.ts'
import { holdingValueMinor, unrealizedMinor } from '../../domain/position/position.ts'
import type { Blackouts } from '../../domain/risk/blackout.ts'
import { stands } from '../../domain/risk/judge-worth.ts'
import { limitRows, type HeldLots } from '../../domain/risk/limit-rows.ts'
import type { RiskRules } from '../../domain/risk/risk-rules.ts'
import { lotWorth } from '../../domain/risk/portfolio/exposure.ts'
import { freshRiskState, type Worth } from '../../domain/risk/risk-state.ts'
import { formatDecimal } from '../../domain/units/decimal.ts'
import { durationMs, epochMs, minorUnits, ticks, type EpochMs } from '../../domain/units/units.ts'
import { calendarOf } from '../bot/account-calendar.ts'
import { accountRisk } from '../bot/account-risk.ts'
import { openAccountSessions } from '../bot/open-account-feed.ts'
import { resolveAccountInstruments } from '../bot/resolve-account.ts'

/** A bot that does not answer at once is shown without what it would have told. */
const ANSWER_MS = 1_000

/**
 * Where an account stands against its limits: what its state says, and what its bot, if one runs, has been told of the
 * user's other accounts.
 *
 * @throws {Refused} settings or state can't be read
 */
export async function readRiskReport(layout: HomeLayout, settings: AccountSettings, now: EpochMs): Promise<RiskReport> {
  const bot = await connectToBot({ endpoint: layout.botEndpoint(settings.accountId), timeoutMs: ANSWER_MS })
  bot?.close()
  const said = bot?.first.accountId === settings.accountId ? bot.first : undefined
  const report = reportOf(layout, settings, now, said)
  return said ? { ...report, portfolio: portfolioOf(said) } : report
}

function portfolioOf({ portfolio, currencyDigits }: BotStatus): RiskReport['portfolio'] {
  const told = portfolio?.told
  if (!portfolio || !told) return null
  const amount = (resource: string, value: number) =>
    resource === 'positions' ? String(value) : formatDecimal(value, currencyDigits)
  return {
    asOf: new Date(told.asOf).toISOString(),
    accounts: told.accounts,
    unknown: [...(told.unknown ?? [])],
    dayResult: formatDecimal(told.dayResultMinor, currencyDigits),
    resources: Object.entries(told.used).map(([resource, used]) => {
      const ceiling = told.ceilings[resource]
      return {
        resource,
        used: amount(resource, used),
        own: amount(resource, portfolio.uses[resource] ?? 0),
        ceiling: ceiling === undefined ? null : amount(resource, ceiling),
      }
    }),
  }
}

/**
 * Where an account stands against its limits, from its settings and its durable state, which is as new as a running
 * bot's last commit: every bar while it holds something. What that is worth the bot says itself, because prices of
 * options are durable nowhere; without a bot an option counts at its cost.
 *
 * @throws {Refused} settings or state can't be read
 */
function reportOf(
  layout: HomeLayout,
  settings: AccountSettings,
  now: EpochMs,
  said: BotStatus | undefined,
): RiskReport {
  const { traded } = resolveAccountInstruments(layout, settings)
  const instrument = traded[0]!
  const { currency } = instrument
  const holidays = homeCalendar(layout)
  const sessions = openAccountSessions({ settings, instrument, facts: holidays })
  const rules = accountRisk(settings, traded, holidays, sessions, calendarOf(layout, settings))
  const facts = readRiskFacts(layout, settings.accountId)
  const at = momentOf(facts, settings, now)
  const worth = worthSaid(said) ?? worthOf(facts, settings, instrument)
  const opening = facts ? capitalOf((account) => facts.ledger(account, currency.code)) : worth.balanceMinor
  const state = facts?.state ?? freshRiskState(minorUnits(opening), worth.balanceMinor)
  const iso = (time: number) => new Date(time).toISOString()
  const began = Number(state.dayStart) >= 0
  return {
    accountId: settings.accountId,
    userId: settings.userId,
    currency: currency.code,
    preset: settings.risk.preset,
    at: facts && facts.lastBars.size > 0 ? iso(at) : null,
    equity: formatMoney(currency, worth.equityMinor),
    balance: formatMoney(currency, worth.balanceMinor),
    day: {
      boundary: state.boundary || rules.boundary,
      startedAt: began ? iso(state.dayStart) : null,
      endsAt: began ? iso(rules.daysOf(state.boundary || rules.boundary).nextStart(at)) : null,
    },
    limits: limitRows(rules, { worth, state, held: heldOf(facts, traded), at, currency }),
    breaches: (facts?.breaches ?? [])
      .filter((breach) => stands(breach, at))
      .map(({ id, rule, at: since, until, text }) => ({
        ...{ id, rule, at: iso(since), text },
        until: until === undefined ? null : iso(until),
      })),
    pauses: [
      { code: 'cooldown', until: state.cooldownUntil },
      { code: 'stop-guard', until: state.stopGuardUntil },
    ].flatMap(({ code, until }) => (until > at ? [{ code, until: iso(until) }] : [])),
    killMarks: marksAgainst(layout, settings.accountId, settings.userId).map(
      ({ scope, purpose, reason, at: since }) => {
        return { scope, purpose, reason, at: since }
      },
    ),
    blackout: blackoutOf(rules.blackouts, at),
    emergency: emergencyOf(rules, at),
    portfolio: null,
    unpriced: unpricedOf(facts, settings, traded, holidays, now),
    flattening: facts?.flattening ?? null,
  }
}

/** What is held without a price that is new enough. A replay is not late: its clock is its bars. */
function unpricedOf(
  facts: RiskFacts | undefined,
  settings: AccountSettings,
  traded: readonly Instrument[],
  holidays: CalendarFacts,
  now: EpochMs,
): RiskReport['unpriced'] {
  if (!facts || settings.feed.kind === 'replay') return []
  return facts.positions.flatMap(({ symbol }) => {
    const followed = traded.find((one) => one.symbol === (facts.instruments.get(symbol)?.option?.underlying ?? symbol))
    if (!followed) return [{ symbol, text: 'this account follows no prices of it' }]
    const verdict = judgeFreshness({
      now,
      lastBarAt: facts.lastBars.get(followed.symbol)?.time,
      timeframeMs: TIMEFRAMES[settings.timeframe],
      session: openAccountSessions({ settings, instrument: followed, facts: holidays }).sessionAt(now),
      feedStartedAt: epochMs(0),
      replaying: false,
      barsLate: settings.risk.stalePriceBars,
    })
    return verdict.kind === 'blind' ? [{ symbol, text: verdict.text }] : []
  })
}

/** A replay is judged where it is, everything else now. */
function momentOf(facts: RiskFacts | undefined, { feed, timeframe }: AccountSettings, now: EpochMs): EpochMs {
  const last = Math.max(...[...(facts?.lastBars.values() ?? [])].map(({ time }) => time))
  return feed.kind === 'replay' && Number.isFinite(last) ? epochMs(last + TIMEFRAMES[timeframe]) : now
}

/** @returns undefined before the bot has opened its books, and of a bot of a version that does not say it */
function worthSaid(said: BotStatus | undefined): Worth | undefined {
  if (said?.equityMinor === undefined) return undefined
  const { equityMinor, unrealizedPnlMinor } = said
  return { equityMinor: minorUnits(equityMinor), balanceMinor: minorUnits(equityMinor - unrealizedPnlMinor) }
}

function worthOf(facts: RiskFacts | undefined, { simulation }: AccountSettings, { currency }: Instrument): Worth {
  if (!facts) {
    const cash = moneySetting(simulation.startingCash, currency.digits, 'simulation.startingCash')
    return { equityMinor: cash, balanceMinor: cash }
  }
  let equity = facts.ledger('cash', currency.code)
  let open = 0
  for (const position of facts.positions) {
    const spec = facts.instruments.get(position.symbol)
    if (!spec) continue
    const px = facts.lastBars.get(position.symbol)?.close ?? ticks(Math.round(position.cost / position.quantity))
    equity += holdingValueMinor(position, px, spec)
    open += unrealizedMinor(position, px, spec)
  }
  return { equityMinor: minorUnits(equity), balanceMinor: minorUnits(equity - open) }
}

/** Every instrument the account trades or holds. */
function heldOf(facts: RiskFacts | undefined, traded: readonly Instrument[]): HeldLots[] {
  const specs = new Map(traded.map((one) => [one.symbol, one]))
  for (const { symbol } of [...(facts?.positions ?? []), ...(facts?.working ?? [])]) {
    const spec = facts?.instruments.get(symbol)
    // What it trades counts as it is described now, as its bot counts it.
    if (spec && !specs.has(symbol)) specs.set(symbol, spec)
  }
  return [...specs.values()].map((spec) => {
    const { symbol, root } = spec
    const held = Math.abs(facts?.positions.find((position) => position.symbol === symbol)?.quantity ?? 0)
    const working = (facts?.working ?? []).reduce((sum, one) => sum + (one.symbol === symbol ? one.lots : 0), 0)
    const px = facts?.lastBars.get(symbol)?.close ?? ticks(0)
    const worthMinor = (held + working) * lotWorth(spec, px)
    return { symbol, root, lots: held + working, worthMinor, contractMilli: contractShareOf(spec) }
  })
}

function emergencyOf({ emergency }: RiskRules, at: EpochMs): RiskReport['emergency'] {
  const now = emergency?.(at)
  return now ? { note: now.note, until: new Date(now.until).toISOString() } : null
}

function blackoutOf(blackouts: Blackouts | undefined, at: EpochMs): RiskReport['blackout'] {
  if (!blackouts) return null
  const next = blackouts.next(at)
  const iso = (time: number) => new Date(time).toISOString()
  return {
    level: blackouts.level,
    state: blackouts.verdict(at, durationMs(0)).kind,
    next: next
      ? { event: next.event.name, at: iso(next.event.at), from: iso(next.from), until: iso(next.until) }
      : null,
    knownUntil: blackouts.knownUntil,
  }
}
