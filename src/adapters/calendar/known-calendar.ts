import { readFileSync, statSync } from 'node:fs'
import type { EconomicEvents } from '../../domain/calendar/economic-event.ts'
import { knownReleases } from '../../domain/calendar/known-releases.ts'
import { wallClock } from '../../domain/calendar/wall-time.ts'
import type { Emergency } from '../../domain/risk/emergency.ts'
import type { HomeLayout } from '../home/layout.ts'
import { bundledReleases } from './bundled-releases.ts'
import { storedCalendarOf, type StoredCalendar } from './stored-calendar.ts'

/** What is known of releases and emergencies. One object stays the same for as long as nothing has changed. */
export type KnownCalendar = Readonly<{
  /** Put together when first asked for: an account without blackouts never does. */
  releases(): EconomicEvents
  emergencies: readonly Emergency[]
}>

/** A calendar that may change between two looks. */
export type CalendarView = Readonly<{ now(): KnownCalendar }>

/** A look at one name takes some ten microseconds; an emergency must be seen within a moment. */
const LOOK_EVERY_MS = 1_000
/** A calendar has some 20 kB. */
const MOST_BYTES = 4_000_000

/** What ships with us and nothing else: for history, which must come out the same whatever the cloud says today. */
export function bundledView(): CalendarView {
  const known = knownFrom(undefined)
  return { now: () => known }
}

/**
 * The newer of what ships with us and what the launcher has stored of the cloud's calendar, now and while a bot runs.
 *
 * Looked at when it is asked for, at most once a second. A file that is gone or can't be read changes nothing: what was
 * known stays known.
 *
 * @param onChange after another calendar was taken up
 */
export function followCalendar(layout: Pick<HomeLayout, 'calendarFile'>, onChange?: () => void): CalendarView {
  let lookedAt = Number.NEGATIVE_INFINITY
  let seen = ''
  let known: KnownCalendar | undefined

  function look(): void {
    lookedAt = performance.now()
    const stamp = stampOf(layout.calendarFile)
    if (stamp === seen) return
    seen = stamp
    const stored = readStored(layout.calendarFile)
    if (!stored) return
    const isFirst = known === undefined
    known = knownFrom(stored)
    if (!isFirst) onChange?.()
  }

  return {
    now() {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) look()
      return (known ??= knownFrom(undefined))
    },
  }
}

function knownFrom(stored: StoredCalendar | undefined): KnownCalendar {
  let releases: EconomicEvents | undefined
  const open = () => {
    const bundled = bundledReleases()
    return stored ? knownReleases(bundled, stored.releases, wallClock(bundled.zone)) : bundled
  }
  return { releases: () => (releases ??= open()), emergencies: stored?.emergencies ?? [] }
}

function stampOf(path: string): string {
  try {
    const entry = statSync(path, { throwIfNoEntry: false, bigint: true })
    return entry ? `${entry.ino}:${entry.mtimeNs}:${entry.size}` : ''
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

function readStored(path: string): StoredCalendar | undefined {
  try {
    if (statSync(path).size > MOST_BYTES) return undefined
    return storedCalendarOf(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
