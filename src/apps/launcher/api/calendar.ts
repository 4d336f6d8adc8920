import { bundledCalendar } from '../../../adapters/calendar/bundled-calendar.ts'
import { bundledEvents } from '../../../adapters/calendar/bundled-events.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import type { AccountBlackouts } from '../../../contracts/launcher/calendar.ts'
import type { EconomicEvent } from '../../../domain/calendar/economic-event.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import { CURRENCY_OF, EVENT_TITLE, IMPACT_OF, type Blackouts } from '../../../domain/risk/blackout.ts'
import { durationMs, epochMs, type EpochMs } from '../../../domain/units/units.ts'
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
    const { asOf, zone, knownFrom, knownUntil, events } = bundledEvents()
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

/** The windows the account's bot keeps to, by the same rules. */
function accountBlackouts(layout: HomeLayout, settings: AccountSettings, span: Span, now: EpochMs): AccountBlackouts {
  try {
    const { traded } = resolveAccountInstruments(layout, settings)
    const sessions = openAccountSessions({ settings, instrument: traded[0]!, facts: bundledCalendar() })
    const { blackouts } = accountRisk(settings, traded, sessions)
    return {
      ...ruleOf(settings),
      state: blackouts?.verdict(now, durationMs(0)).kind ?? 'clear',
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
  return { accountId, level, beforeMinutes, afterMinutes, flat: risk.blackoutFlat === 'yes' }
}

function windowsIn(blackouts: Blackouts, { from, until }: Span): AccountBlackouts['windows'] {
  const iso = (time: number) => new Date(time).toISOString()
  const windows = []
  for (let at = from; windows.length < MOST_WINDOWS;) {
    const window = blackouts.next(at)
    if (!window || window.from >= until) break
    windows.push({
      ...{ event: window.event.name, at: iso(window.event.at) },
      ...{ from: iso(window.from), until: iso(window.until) },
    })
    at = window.until
  }
  return windows
}

function unreadable(accountId: string, problem: AccountBlackouts['problem']): AccountBlackouts {
  return {
    ...{ accountId, level: 'none', beforeMinutes: 0, afterMinutes: 0, flat: false, state: 'unknown' },
    ...{ windows: [], problem },
  }
}
