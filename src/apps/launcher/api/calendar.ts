import { homeCalendar } from '../../../adapters/calendar/home-calendar.ts'
import { followCalendar } from '../../../adapters/calendar/known-calendar.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import type { AccountBlackouts } from '../../../contracts/launcher/calendar.ts'
import type { EconomicEvent } from '../../../domain/calendar/economic-event.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import type { Emergency } from '../../../domain/risk/emergency.ts'
import { CURRENCY_OF, EVENT_TITLE, IMPACT_OF, type Blackouts } from '../../../domain/risk/blackout.ts'
import { durationMs, epochMs, type EpochMs } from '../../../domain/units/units.ts'
import { calendarOf } from '../../bot/account-calendar.ts'
import { accountRisk } from '../../bot/account-risk.ts'
import { openAccountSessions } from '../../bot/open-account-feed.ts'
import { resolveAccountInstruments } from '../../bot/resolve-account.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** More windows than any span of the calendar has. */
const MOST_WINDOWS = 500

type Span = Readonly<{ from: EpochMs; until: EpochMs }>

export function calendarHandler(api: Implementer, parts: ApiParts) {
  const { layout, registry } = parts
  return api.calendar.handler(({ input }) => {
    const span = { from: epochMs(Date.parse(input.from)), until: epochMs(Date.parse(input.until)) }
    const known = followCalendar(layout).now()
    const { asOf, zone, knownFrom, knownUntil, events } = known.releases()
    const accounts = registry
      .list()
      .map((entry) =>
        'settings' in entry
          ? accountBlackouts(layout, entry.settings, span, parts.now())
          : unreadable(entry.accountId, entry.corrupt),
      )
    return {
      ...{ asOf, zone, knownFrom, knownUntil },
      events: events.filter(({ at }) => at >= span.from && at < span.until).map(eventRow),
      emergencies: known.emergencies
        .filter(({ from, until }) => from < span.until && until > Math.min(span.from, parts.now()))
        .map(emergencyRow),
      accounts,
    }
  })
}

function eventRow({ name, at, status, note }: EconomicEvent) {
  return {
    ...{ name, title: EVENT_TITLE[name], at: new Date(at).toISOString(), status },
    ...{ impact: IMPACT_OF[name], currency: CURRENCY_OF[name], note: note ?? null },
  }
}

function emergencyRow({ id, note, from, until }: Emergency) {
  return { id, note, from: new Date(from).toISOString(), until: new Date(until).toISOString() }
}

/** The windows the account's bot keeps to, by the same rules. */
function accountBlackouts(layout: HomeLayout, settings: AccountSettings, span: Span, now: EpochMs): AccountBlackouts {
  try {
    const { traded } = resolveAccountInstruments(layout, settings)
    const facts = homeCalendar(layout)
    const sessions = openAccountSessions({ settings, instrument: traded[0]!, facts })
    const { blackouts, emergency } = accountRisk(settings, traded, facts, sessions, calendarOf(layout, settings))
    return {
      ...ruleOf(settings),
      state: emergency?.(now) ? 'emergency' : (blackouts?.verdict(now, durationMs(0)).kind ?? 'clear'),
      windows: blackouts ? windowsIn(blackouts, span) : [],
      problem: null,
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return unreadable(settings.accountId, error.refusal)
  }
}

function ruleOf({ accountId, risk }: AccountSettings) {
  const { blackout: level, blackoutBeforeMinutes: beforeMinutes, blackoutAfterMinutes: afterMinutes } = risk
  const heedsEmergencies = risk.emergencies === 'yes'
  const flat = risk.blackoutFlat === 'yes'
  return { accountId, level, beforeMinutes, afterMinutes, ownMinutes: risk.blackoutMinutes, heedsEmergencies, flat }
}

function windowsIn(blackouts: Blackouts, { from, until }: Span): AccountBlackouts['windows'] {
  const iso = (time: number) => new Date(time).toISOString()
  return blackouts
    .within(from, until)
    .slice(0, MOST_WINDOWS)
    .map(({ event, ...window }) => ({
      ...{ event: event.name, at: iso(event.at) },
      ...{ from: iso(window.from), until: iso(window.until) },
    }))
}

function unreadable(accountId: string, problem: AccountBlackouts['problem']): AccountBlackouts {
  return {
    ...{ accountId, level: 'none', beforeMinutes: 0, afterMinutes: 0, ownMinutes: 'none' },
    ...{ heedsEmergencies: false, flat: false, state: 'unknown' },
    ...{ windows: [], problem },
  }
}
