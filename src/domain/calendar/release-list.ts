import type { EconomicEvent, EconomicEventName } from './economic-event.ts'
import { pairMoved } from './moved-releases.ts'

/** A release at its wall time, as a source lists it. */
export type ListedRelease = Readonly<{
  /** `FOMC:2026-12-09` */
  id: string
  name: EconomicEventName
  date: string
  /** HH:MM */
  time: string
  zone: string
  status: EconomicEvent['status']
  projections: boolean
  note: string | undefined
}>

/** How far a list is known, and since when. */
export type ListStanding = Readonly<{ knownFrom: string; knownUntil: string; asOf: string }>

export type ReleaseList = Readonly<{
  name: EconomicEventName
  standing: ListStanding
  releases: readonly ListedRelease[]
}>

/** What a page said: dates it lists, without a claim on any it does not. */
export type Reading = Readonly<{
  releases: readonly Readonly<{
    date: string
    time: string
    status: 'scheduled' | 'tentative'
    projections: boolean
  }>[]
  /** No release of this list lies between its last one and this day. */
  knownUntil: string
  /** It is about the days from one to the other (both included) and says nothing of others; undefined: about all. */
  window?: Readonly<{ from: string; until: string }>
}>

/**
 * - `taken`: what to store; `changed` ids are new or different, `removed` ones were moved elsewhere
 * - `doubted`: nothing is stored, because the page may be wrong, and `problem` says why
 */
export type ReadingVerdict =
  | Readonly<{
      kind: 'taken'
      changed: readonly ListedRelease[]
      removed: readonly string[]
      standing: ListStanding
      /** Why it is not all that should be known. */
      problem?: string
    }>
  | Readonly<{ kind: 'doubted'; problem: string }>

/** More than this many moved at once, and more than half of what lies ahead: rather another page than another plan. */
const MOST_MOVED = 2

/**
 * Decides what a freshly read page changes in a list.
 *
 * A release that was to come and is listed no more is taken for moved where a new date stands near it. Where none does,
 * the page is doubted and the list stays as it was: half a page, or one that was built anew, must not open a time in which
 * nobody enters. A person may take the page all the same.
 *
 * @param known releases of this list that stand
 * @param today in the zone of the list
 * @param trusted a person has looked at the page and takes it as it is
 */
export function judgeReading(
  name: EconomicEventName,
  zone: string,
  list: Readonly<{ known: readonly ListedRelease[]; standing: ListStanding }>,
  reading: Reading,
  today: string,
  trusted = false,
): ReadingVerdict {
  const { known, standing } = list
  const byDate = new Map(known.map((release) => [release.date, release]))
  const listed = new Set(reading.releases.map(({ date }) => date))
  const ahead = known.filter(({ date }) => date >= today)
  const { window } = reading
  const isSaid = (date: string) => !window || (date >= window.from && date <= window.until)
  const gone = ahead.filter(({ date }) => isSaid(date) && !listed.has(date))
  // A date that is over takes the place of none that was to come.
  const come = reading.releases.filter(({ date }) => date >= today && !byDate.has(date))
  const { moved, lost } = pairMoved(gone, come)
  if (!trusted && lost.length > 0) return doubted(`${dates(lost)} ${lost.length === 1 ? 'is' : 'are'} no longer listed`)
  if (!trusted && moved.length > MOST_MOVED && moved.length * 2 > ahead.length)
    return doubted(`${moved.length} of ${ahead.length} dates are others than before`)

  const movedFrom = new Map(moved.map(({ from, to }) => [to.date, from.date]))
  const changed: ListedRelease[] = []
  for (const { date, time, status, projections } of reading.releases) {
    if (date < standing.knownFrom) continue
    const before = byDate.get(date)
    const from = movedFrom.get(date)
    const release: ListedRelease = {
      ...{ id: `${name}:${date}`, name, date, time, zone, projections },
      // A source that has confirmed a date once only ever calls it tentative by the way its page is laid out.
      status: date < today ? 'occurred' : before?.status === 'scheduled' ? 'scheduled' : status,
      note: from === undefined ? before?.note : `moved from ${from}`,
    }
    if (!before || !isSame(before, release)) changed.push(release)
  }
  const knownUntil = reading.knownUntil > standing.knownUntil ? reading.knownUntil : standing.knownUntil
  const removed = [...moved.map(({ from }) => from), ...lost].map(({ id }) => id)
  // A list of which only a part was read is as old as it was.
  const asOf = window ? standing.asOf : today
  return { kind: 'taken', changed, removed, standing: { ...standing, knownUntil, asOf } }
}

function isSame(a: ListedRelease, b: ListedRelease): boolean {
  return (
    a.time === b.time &&
    a.zone === b.zone &&
    a.status === b.status &&
    a.projections === b.projections &&
    a.note === b.note
  )
}

function dates(releases: readonly ListedRelease[]): string {
  return releases.map(({ date }) => date).join(', ')
}

/** How the problem of a page begins that can be read and looks wrong: a person who looks at it may know better. */
export const DOUBTED = 'the page was not taken'

function doubted(why: string): ReadingVerdict {
  return { kind: 'doubted', problem: `${DOUBTED}, and the list stays as it was: ${why}` }
}
