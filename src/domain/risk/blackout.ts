import { addDays, wallClock } from '../calendar/wall-time.ts'
import type { EconomicEvent, EconomicEventName, EconomicEvents } from '../calendar/economic-event.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { DurationMs, EpochMs } from '../units/units.ts'
import type { BlackoutMinutes } from './blackout-minutes.ts'

/** How much a release moves markets. */
export type Impact = 'high' | 'medium'

/** Which releases keep an account from entering. */
export type BlackoutLevel = 'none' | 'high' | 'high,medium'

/**
 * How the calendars that traders read rank these releases: the Fed's decision, payrolls and consumer prices move every
 * dollar market, producer prices less.
 */
export const IMPACT_OF = { FOMC: 'high', NFP: 'high', CPI: 'high', PPI: 'medium' } as const satisfies Record<
  EconomicEventName,
  Impact
>

/** Whose currency a release is about. */
export const CURRENCY_OF = { FOMC: 'USD', NFP: 'USD', CPI: 'USD', PPI: 'USD' } as const satisfies Record<
  EconomicEventName,
  string
>

/** The foreign half of a currency future, whose own currency is the one it is quoted in. */
const FX_ROOTS: Readonly<Record<string, string>> = {
  ...{ '6E': 'EUR', M6E: 'EUR', '6B': 'GBP', M6B: 'GBP', '6A': 'AUD', M6A: 'AUD' },
  ...{ '6J': 'JPY', '6C': 'CAD', '6S': 'CHF', '6N': 'NZD', '6M': 'MXN' },
}

/**
 * The currencies whose releases concern an instrument: the one it counts in, the foreign one of a currency future, and
 * always the dollar for futures and indices, which all move with the Fed. A dollar coin (USDT, USDC) is the dollar.
 */
export function currenciesOf({ root, kind, currency }: Pick<Instrument, 'root' | 'kind' | 'currency'>): string[] {
  const own = /^USD[A-Z]$/.test(currency.code) ? 'USD' : currency.code
  const foreign = FX_ROOTS[root]
  const always = kind === 'future' || kind === 'index' ? ['USD'] : []
  return [...new Set([own, ...(foreign === undefined ? [] : [foreign]), ...always])]
}

/** One release with the time around it, [from, until), in which no entry is made. */
export type BlackoutWindow = Readonly<{ event: EconomicEvent; from: EpochMs; until: EpochMs }>

export type BlackoutVerdict =
  | Readonly<{ kind: 'clear' }>
  | Readonly<{ kind: 'blackout'; window: BlackoutWindow }>
  /** Outside what the calendar knows, a release may be near without our knowing. */
  | Readonly<{ kind: 'unknown' }>

/** Times around releases, opened once for an account. */
export type Blackouts = Readonly<{
  /** As set, for sentences. */
  level: BlackoutLevel
  /** Positions are closed before a window too. */
  flat: boolean
  /** Currencies asked for of which the calendar holds no releases at all. */
  uncovered: readonly string[]
  /** What is known ends here (a date of the calendar). */
  knownUntil: string
  /** @param span how far ahead to look, milliseconds: the first window that any part of it touches */
  verdict(at: EpochMs, span: DurationMs): BlackoutVerdict
  /** The window that begins first of those not over at an instant; undefined past the calendar's end. */
  next(at: EpochMs): BlackoutWindow | undefined
  /** Every window that any part of [from, until) is in, in the order they begin. */
  within(from: EpochMs, until: EpochMs): readonly BlackoutWindow[]
}>

const MINUTE = 60_000
const CLEAR: BlackoutVerdict = Object.freeze({ kind: 'clear' })
const UNKNOWN: BlackoutVerdict = Object.freeze({ kind: 'unknown' })

/**
 * Opens the windows around the releases that concern an account.
 *
 * @param currencies see `currenciesOf`
 * @param minutesOf minutes of releases that have their own
 * @returns undefined where the account has no blackout
 */
export function openBlackouts(
  calendar: EconomicEvents,
  setting: Readonly<{
    level: BlackoutLevel
    beforeMinutes: number
    afterMinutes: number
    minutesOf?: BlackoutMinutes | undefined
    flat: boolean
    currencies: readonly string[]
  }>,
): Blackouts | undefined {
  const { level, flat, currencies, minutesOf } = setting
  if (level === 'none') return undefined
  const names = (Object.keys(IMPACT_OF) as EconomicEventName[]).filter(
    (name) => (level === 'high,medium' || IMPACT_OF[name] === 'high') && currencies.includes(CURRENCY_OF[name]),
  )
  const before = (name: EconomicEventName) => (minutesOf?.get(name)?.before ?? setting.beforeMinutes) * MINUTE
  const after = (name: EconomicEventName) => (minutesOf?.get(name)?.after ?? setting.afterMinutes) * MINUTE
  const windows = calendar.events
    .filter(({ name }) => names.includes(name))
    .map((event): BlackoutWindow => {
      return {
        event,
        from: (event.at - before(event.name)) as EpochMs,
        until: (event.at + after(event.name)) as EpochMs,
      }
    })
    .sort((a, b) => a.until - b.until || a.from - b.from)
  const firstOf = firstToBegin(windows)
  // The calendar is known as far as the shortest of the lists that matter; without any, nothing is known to miss.
  const clock = wallClock(calendar.zone)
  const knownUntil = names.map((name) => calendar.knownUntil[name]).sort()[0]
  const knownFromAt = Math.max(...names.map((name) => clock.toEpoch(calendar.knownFrom, 0) + after(name)))
  const endOf = (name: EconomicEventName) => clock.toEpoch(addDays(calendar.knownUntil[name], 1), 0) - before(name)
  const knownUntilAt = Math.min(...names.map(endOf))
  const covered = new Set<string>(Object.values(CURRENCY_OF))

  const next = (at: number) => {
    let low = 0
    let high = windows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (windows[middle]!.until <= at) low = middle + 1
      else high = middle
    }
    return firstOf[low]
  }
  return {
    level,
    flat,
    uncovered: currencies.filter((currency) => !covered.has(currency)),
    knownUntil: knownUntil ?? '',
    verdict: (at, span) => {
      const window = next(at)
      if (window && (window.from <= at || window.from < at + span)) return { kind: 'blackout', window }
      // A listed release is known wherever it lies; that there is none is known within the lists only.
      return at < knownFromAt || at >= knownUntilAt ? UNKNOWN : CLEAR
    },
    next,
    within: (from, until) =>
      windows.filter((one) => one.until > from && one.from < until).sort((a, b) => a.from - b.from),
  }
}

/**
 * For windows in the order they end: the one that begins first of each and all after it. Releases have minutes of their
 * own, so a long window may begin before a short one that ends earlier.
 */
function firstToBegin(windows: readonly BlackoutWindow[]): readonly BlackoutWindow[] {
  const first: BlackoutWindow[] = []
  for (let at = windows.length - 1; at >= 0; at--) {
    const later = first[at + 1]
    first[at] = later && later.from < windows[at]!.from ? later : windows[at]!
  }
  return first
}

/** A window as a sentence: what it is about and until when. */
export function blackoutText({ event, until }: BlackoutWindow): string {
  const name = `${EVENT_TITLE[event.name]} at ${utc(event.at)}`
  return `no entries around ${name}${event.status === 'tentative' ? ' (tentative)' : ''}, until ${utc(until)}`
}

export const EVENT_TITLE = {
  FOMC: "the Fed's decision (FOMC)",
  NFP: 'US payrolls (NFP)',
  CPI: 'US consumer prices (CPI)',
  PPI: 'US producer prices (PPI)',
} as const satisfies Record<EconomicEventName, string>

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
