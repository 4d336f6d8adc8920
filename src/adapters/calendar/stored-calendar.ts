import type { EconomicEvent, EconomicEventName } from '../../domain/calendar/economic-event.ts'
import { EVENT_NAMES, type ToldReleases } from '../../domain/calendar/known-releases.ts'
import { wallClock, type WallClock } from '../../domain/calendar/wall-time.ts'
import type { Emergency } from '../../domain/risk/emergency.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'

/** What `calendar.json` of a home holds: the cloud's calendar as a bot needs it. */
export type StoredCalendar = Readonly<{ releases: ToldReleases; emergencies: readonly Emergency[] }>

const MINUTE = 60_000
/** More than any calendar has; what is longer is no calendar of ours. */
const MOST_EVENTS = 5_000
const DATE = /^\d{4}-\d\d-\d\d$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
const STATUSES: readonly unknown[] = ['occurred', 'scheduled', 'tentative'] satisfies EconomicEvent['status'][]

/**
 * Reads the text of `calendar.json`. The launcher has checked it by its schema before it was written; a bot that starts
 * does without one, so every field that is taken is looked at here.
 *
 * @returns undefined where it is no calendar: as if there were none
 */
export function storedCalendarOf(text: string): StoredCalendar | undefined {
  try {
    const file = JSON.parse(text) as { version?: unknown; calendar?: { events?: unknown; sources?: unknown } } | null
    const { events, sources } = file?.calendar ?? {}
    if (file?.version !== 1 || !Array.isArray(events) || !Array.isArray(sources) || events.length > MOST_EVENTS)
      return undefined
    const clocks = new Map<string, WallClock>()
    const rows = events.map((value: unknown) => rowOf(value, clocks))
    return {
      releases: {
        ...{ asOf: datesOf(sources, 'as_of'), knownUntil: datesOf(sources, 'known_until') },
        events: rows.flatMap((row) => releaseOf(row)),
      },
      emergencies: rows.flatMap((row) => emergencyOf(row)),
    }
  } catch {
    return undefined
  }
}

type Fields = Readonly<Record<string, unknown>>
type Row = Readonly<{ name: string; at: EpochMs; note: string | undefined; fields: Fields }>

/** @throws {TypeError} no event of a calendar; {RangeError} an unknown zone */
function rowOf(value: unknown, clocks: Map<string, WallClock>): Row {
  const fields = value as Fields
  const { name, date, time, zone, note } = fields
  if (typeof name !== 'string' || typeof zone !== 'string') throw new TypeError('an event without name or zone')
  let clock = clocks.get(zone)
  if (!clock) clocks.set(zone, (clock = wallClock(zone)))
  const wall = matching(time, TIME)
  const at = clock.toEpoch(matching(date, DATE), Number(wall.slice(0, 2)) * 60 + Number(wall.slice(3)))
  if (!Number.isFinite(at)) throw new TypeError('an event on no day')
  return { name, at, note: typeof note === 'string' ? note : undefined, fields }
}

function releaseOf({ name, at, note, fields: { status, projections } }: Row): readonly EconomicEvent[] {
  const known = EVENT_NAMES.find((one) => one === name)
  if (known === undefined) return []
  if (!STATUSES.includes(status)) throw new TypeError('a release without a standing')
  const standing = status as EconomicEvent['status']
  return [
    { name: known, at, status: standing, projections: projections === true, ...(note === undefined ? {} : { note }) },
  ]
}

function emergencyOf({ name, at, note = '', fields: { id, minutes } }: Row): readonly Emergency[] {
  if (name !== 'EMERGENCY') return []
  if (typeof minutes !== 'number' || !(minutes > 0)) throw new TypeError('an emergency without an end')
  return [{ id: String(id), from: at, until: epochMs(at + minutes * MINUTE), note }]
}

/** @throws {TypeError} a list that is not there, or without its date */
function datesOf(sources: readonly unknown[], field: string): Record<EconomicEventName, string> {
  const dateOf = (name: EconomicEventName) => {
    const source = sources.find((one) => (one as Fields).name === name) as Fields | undefined
    return matching(source?.[field], DATE)
  }
  return { FOMC: dateOf('FOMC'), NFP: dateOf('NFP'), CPI: dateOf('CPI'), PPI: dateOf('PPI') }
}

function matching(value: unknown, pattern: RegExp): string {
  if (typeof value === 'string' && pattern.test(value)) return value
  throw new TypeError('not the text that was expected')
}
