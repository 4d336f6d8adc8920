import { addDays, wallClock } from '../calendar/wall-time.ts'
import type { EconomicEvent, EconomicEventName, EconomicEvents } from '../calendar/economic-event.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { DurationMs, EpochMs } from '../units/units.ts'

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
  /** The first window that is not over at an instant; undefined past the calendar's end. */
  next(at: EpochMs): BlackoutWindow | undefined
}>

const MINUTE = 60_000
const CLEAR: BlackoutVerdict = Object.freeze({ kind: 'clear' })
const UNKNOWN: BlackoutVerdict = Object.freeze({ kind: 'unknown' })

/**
 * Opens the windows around the releases that concern an account.
 *
 * @param currencies see `currenciesOf`
 * @returns undefined where the account has no blackout
 */
export function openBlackouts(
  calendar: EconomicEvents,
  setting: Readonly<{
    level: BlackoutLevel
    beforeMinutes: number
    afterMinutes: number
    flat: boolean
    currencies: readonly string[]
  }>,
): Blackouts | undefined {
  const { level, flat, currencies } = setting
  if (level === 'none') return undefined
  const names = (Object.keys(IMPACT_OF) as EconomicEventName[]).filter(
    (name) => (level === 'high,medium' || IMPACT_OF[name] === 'high') && currencies.includes(CURRENCY_OF[name]),
  )
  const before = setting.beforeMinutes * MINUTE
  const after = setting.afterMinutes * MINUTE
  const windows = calendar.events
    .filter(({ name }) => names.includes(name))
    .map((event): BlackoutWindow => {
      return { event, from: (event.at - before) as EpochMs, until: (event.at + after) as EpochMs }
    })
    .sort((a, b) => a.from - b.from)
  // The calendar is known as far as the shortest of the lists that matter; without any, nothing is known to miss.
  const knownUntil = names.map((name) => calendar.knownUntil[name]).sort()[0]
  const clock = wallClock(calendar.zone)
  const knownFromAt = knownUntil === undefined ? -Infinity : clock.toEpoch(calendar.knownFrom, 0) + after
  const knownUntilAt = knownUntil === undefined ? Infinity : clock.toEpoch(addDays(knownUntil, 1), 0) - before
  const covered = new Set<string>(Object.values(CURRENCY_OF))

  /** Windows have one length, so they end in the order in which they begin. */
  const firstOpen = (at: number) => {
    let low = 0
    let high = windows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (windows[middle]!.until <= at) low = middle + 1
      else high = middle
    }
    return windows[low]
  }
  return {
    level,
    flat,
    uncovered: currencies.filter((currency) => !covered.has(currency)),
    knownUntil: knownUntil ?? '',
    verdict: (at, span) => {
      const window = firstOpen(at)
      if (window && (window.from <= at || window.from < at + span)) return { kind: 'blackout', window }
      // A listed release is known wherever it lies; that there is none is known within the lists only.
      return at < knownFromAt || at >= knownUntilAt ? UNKNOWN : CLEAR
    },
    next: firstOpen,
  }
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
