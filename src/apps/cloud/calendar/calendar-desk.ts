import type { PageReading } from '../../../adapters/calendar/pages/page-reading.ts'
import { SOURCE_ZONE, type ReadSource } from '../../../adapters/calendar/pages/read-source.ts'
import { readCalendarRecords, storeReading } from '../../../adapters/cloud-db/calendar-records.ts'
import { leaveDuty, takeDuty } from '../../../adapters/cloud-db/duty-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import type { EconomicEventName } from '../../../domain/calendar/economic-event.ts'
import { EVENT_NAMES } from '../../../domain/calendar/known-releases.ts'
import { judgeReading } from '../../../domain/calendar/release-list.ts'
import { epochToWall } from '../../../domain/calendar/wall-time.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import type { Push } from '../push/push.ts'

/** What came of looking at the source of one list. */
export type SourceLook = Readonly<{
  name: EconomicEventName
  changed: number
  problem: string | undefined
  at: EpochMs
}>

export type CalendarDesk = Readonly<{
  /** Looks at the sources of some lists now. @param trusted lists taken as their page has them, see judgeReading */
  refresh(names: readonly EconomicEventName[], trusted?: readonly EconomicEventName[]): Promise<readonly SourceLook[]>
  /** What runs by the clock: looks at what is due, if no other instance does. */
  tick(): Promise<void>
  /** Ends the clock and waits for what it began. */
  close(): Promise<void>
}>

export type CalendarDeskParts = Readonly<{
  db: CloudDb
  push: Pick<Push, 'publish'>
  readSource: ReadSource
  instance: string
  log: Pick<Log, 'info' | 'warn'>
  now: () => EpochMs
}>

/** A list is read once a day; one that could not be, four times. */
const EVERY_MS = 24 * 3_600_000
const AFTER_PROBLEM_MS = 6 * 3_600_000
/** Reading the pages takes a quarter of a minute at the very most. */
const DUTY_MS = 2 * 60_000
const DUTY = 'calendar'
const TICK_MS = 10 * 60_000
/** A server that has just begun has other things to do, and one that ends soon need not ask anybody. */
const FIRST_TICK_MS = 3 * 60_000

/** Keeps the lists fresh from their public pages. */
export function openCalendarDesk(parts: CalendarDeskParts): CalendarDesk {
  const { db, push, readSource, instance, log, now } = parts

  async function keep(
    name: EconomicEventName,
    page: PageReading,
    today: string,
    trusted: boolean,
  ): Promise<SourceLook> {
    const at = now()
    const { changed, problem, revision, revised } = await storeReading(
      db,
      name,
      (list) => {
        if (page.kind === 'unreadable') return { kind: 'doubted', problem: page.problem }
        const verdict = judgeReading(name, SOURCE_ZONE, list, page.reading, today, trusted)
        return verdict.kind === 'doubted' || page.problem === undefined
          ? verdict
          : { ...verdict, problem: page.problem }
      },
      at,
    )
    if (problem !== undefined)
      log.warn('calendar-problem', `The dates of ${name} could not be refreshed: ${problem}`, { list: name })
    else if (changed > 0) log.info('calendar-refreshed', `The dates of ${name} have changed`, { list: name, changed })
    // Whoever misses it asks for the calendar by itself before long.
    if (revised) await push.publish('calendar', { revision, emergency: null, withdrawn: null }, 'everyone')
    return { name, changed, problem, at }
  }

  async function refresh(names: readonly EconomicEventName[], trusted: readonly EconomicEventName[] = []) {
    const today = epochToWall(now(), SOURCE_ZONE).date
    const pages = await Promise.all(names.map(async (name) => ({ name, page: await readSource(name, today) })))
    const looks: SourceLook[] = []
    for (const { name, page } of pages) looks.push(await keep(name, page, today, trusted.includes(name)))
    return looks
  }

  async function tick(): Promise<void> {
    if (!(await takeDuty(db, DUTY, instance, now(), DUTY_MS))) return
    try {
      const { lists } = await readCalendarRecords(db)
      const due = lists.filter(
        ({ checkedAt, problem }) => now() - checkedAt >= (problem === undefined ? EVERY_MS : AFTER_PROBLEM_MS),
      )
      await refresh(EVENT_NAMES.filter((name) => due.some((list) => list.name === name)))
    } finally {
      await leaveDuty(db, DUTY, instance)
    }
  }

  let running: Promise<void> | undefined
  const run = () => {
    running ??= tick()
      .catch((error: unknown) => log.warn('calendar-trouble', 'The calendar could not be looked after', { error }))
      .finally(() => (running = undefined))
  }
  let timer: NodeJS.Timeout | undefined = setTimeout(() => {
    run()
    timer = setInterval(run, TICK_MS)
    timer.unref()
  }, FIRST_TICK_MS)
  timer.unref()
  return {
    refresh,
    tick,
    async close() {
      clearTimeout(timer)
      await running
    },
  }
}
