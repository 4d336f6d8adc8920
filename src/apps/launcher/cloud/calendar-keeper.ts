import { readCalendarFile, writeCalendarFile } from '../../../adapters/calendar/calendar-file.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import { readCalendar, type CloudCalendar } from '../../../contracts/cloud/calendar.ts'
import { EVENT_NAMES } from '../../../domain/calendar/known-releases.ts'
import { keptAhead } from '../../../domain/calendar/keep-ahead.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import type { CloudLink } from './cloud-link.ts'

export type CalendarKeeperParts = Readonly<{
  layout: Pick<HomeLayout, 'calendarFile'>
  link: Pick<CloudLink, 'server' | 'chosen'>
  log: Pick<Log, 'info' | 'warn'>
  now: () => EpochMs
  /** 0 ≤ draw < 1. */
  random: () => number
}>

export type CalendarKeeper = Readonly<{
  /** Asks the cloud now. @returns false: there is none, or it gave no answer that can be used */
  refresh(): Promise<boolean>
  close(): Promise<void>
}>

/** Milliseconds. Pushes come in between; this is for those that were lost, and for clouds that can't be heard. */
const TIMES = { first: 4_000, every: 300_000, retry: 15_000, mostRetry: 300_000, budget: 15_000 } as const
/** More than any calendar has. */
const MOST_EVENTS = 5_000

const NOBODY = 'none'
const NEVER = '1970-01-01'
/** Older than what ships in every list: bots keep to that. */
const KNOWS_NOTHING: CloudCalendar = {
  ...{ as_of: NEVER, valid_until: NEVER, events: [], revision: 0 },
  sources: EVENT_NAMES.map((name) => ({ name, known_from: NEVER, known_until: NEVER, as_of: NEVER, problem: null })),
}

/**
 * Keeps the cloud's calendar in the home, where every bot finds it, for as long as the launcher lives. What was known and is
 * still to come stays known: see keptAhead.
 */
export function keepCalendar({ layout, link, log, now, random }: CalendarKeeperParts): CalendarKeeper {
  let failures = 0
  let isClosed = false
  let running: Promise<boolean> | undefined
  let again = false

  async function fetchOnce(): Promise<boolean> {
    const cloud = link.chosen()
    const server = serverName(link)
    forgetOthers(server)
    if (!cloud || server === undefined) return false
    const asked = await cloud.ask(readCalendar, {}, { budgetMs: TIMES.budget })
    if (asked.kind !== 'answer' || isClosed || serverName(link) !== server) return false
    keep(asked.value, server)
    return true
  }

  /** A person who has left a cloud is not bound by what it said, its emergencies least of all. */
  function forgetOthers(server: string | undefined): void {
    const stored = readCalendarFile(layout)
    if (!stored || stored.server === server || stored.server === NOBODY) return
    writeCalendarFile(layout, { version: 1, server: NOBODY, fetchedAt: now(), calendar: KNOWS_NOTHING })
    log.info('calendar-forgotten', 'What the former cloud said of releases and emergencies is forgotten')
  }

  function keep(told: CloudCalendar, server: string): void {
    if (told.events.length > MOST_EVENTS) throw new RangeError('the calendar is too long')
    const before = readCalendarFile(layout)
    // What another cloud said is nothing to this one.
    const known = before?.server === server ? before.calendar : undefined
    // A release of today is over everywhere when it is tomorrow in UTC.
    const kept = known ? keptAhead(known.events, told.events, new Date(now()).toISOString().slice(0, 10)) : []
    const calendar = kept.length === 0 ? told : { ...told, events: [...told.events, ...kept] }
    if (known && JSON.stringify(known) === JSON.stringify(calendar)) return
    writeCalendarFile(layout, { version: 1, server, fetchedAt: now(), calendar })
    if (kept.length > 0)
      log.warn('calendar-kept', 'The cloud no longer lists releases that are still to come: they are kept', {
        releases: kept.map(({ id }) => id).join(', '),
      })
    if (known?.revision !== calendar.revision)
      log.info('calendar-stored', `The cloud's calendar is stored (revision ${calendar.revision})`)
  }

  async function refresh(): Promise<boolean> {
    // What was asked for while an answer was on its way may be newer than that answer.
    if (running) {
      again = true
      return await running
    }
    running = (async () => {
      for (;;) {
        again = false
        const done = await fetchOnce().catch((error: unknown) => {
          log.warn('calendar-not-stored', 'The calendar of the cloud could not be stored', { error })
          return false
        })
        if (!again || isClosed) return done
      }
    })().finally(() => (running = undefined))
    return await running
  }

  async function look(): Promise<void> {
    failures = (await refresh()) ? 0 : failures + 1
    if (isClosed) return
    const retry = Math.min(TIMES.retry * 2 ** Math.min(failures - 1, 10), TIMES.mostRetry)
    const wait = failures === 0 ? TIMES.every : retry
    timer = setTimeout(() => void look(), wait * (0.5 + random() / 2)).unref()
  }

  let timer = setTimeout(() => void look(), TIMES.first).unref()
  return {
    refresh,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  }
}

function serverName(link: Pick<CloudLink, 'server'>): string | undefined {
  const server = link.server()
  return server.kind === 'none' ? undefined : server.kind === 'local' ? 'local' : server.url
}
