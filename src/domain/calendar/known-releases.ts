import { addDays, type WallClock } from './wall-time.ts'
import type { EconomicEvent, EconomicEventName, EconomicEvents } from './economic-event.ts'
import { pairMoved } from './moved-releases.ts'

/** Releases as the cloud told them, with how far and how freshly each list is known. */
export type ToldReleases = Readonly<{
  asOf: Readonly<Record<EconomicEventName, string>>
  knownUntil: Readonly<Record<EconomicEventName, string>>
  events: readonly EconomicEvent[]
}>

export const EVENT_NAMES = ['FOMC', 'NFP', 'CPI', 'PPI'] as const satisfies readonly EconomicEventName[]

/** Two releases of a list never lay further apart, days: 76 is the longest gap of 2025, with its shutdown. */
const LONGEST_GAP_DAYS = 100
/** How far past its last release a list may say it is known, days: to the end of a year that ends with it. */
const LONGEST_END_DAYS = 40

/**
 * What a bot keeps to: of each list the newer of what ships with us and what the cloud told.
 *
 * What the cloud tells is not proven, and a release too many costs an hour without entries while one too few costs a
 * trade into it. So the cloud may add releases, and it may move those that were never confirmed; a release that ships as
 * confirmed, or as past, stays where it is, even where the cloud has another date for it. And a list is believed to be
 * known only as far as its own releases reach.
 */
export function knownReleases(bundled: EconomicEvents, told: ToldReleases, clock: WallClock): EconomicEvents {
  const knownUntil = { ...bundled.knownUntil }
  const events: EconomicEvent[] = []
  let { asOf } = bundled
  for (const name of EVENT_NAMES) {
    const ours = bundled.events.filter((event) => event.name === name)
    if (told.asOf[name] < bundled.asOf) {
      events.push(...ours)
      continue
    }
    const theirs = told.events.filter((event) => event.name === name)
    events.push(...theirs, ...keptOf(ours, theirs, clock))
    const dates = theirs.map(({ at }) => clock.toWall(at).date)
    const end = believableEnd(bundled.knownUntil[name], told.knownUntil[name], dates)
    if (end > knownUntil[name]) knownUntil[name] = end
    if (told.asOf[name] > asOf) asOf = told.asOf[name]
  }
  events.sort((a, b) => a.at - b.at)
  return { asOf, zone: bundled.zone, knownFrom: bundled.knownFrom, knownUntil, events }
}

/** Releases of ours that stand beside theirs. */
function keptOf(
  ours: readonly EconomicEvent[],
  theirs: readonly EconomicEvent[],
  clock: WallClock,
): readonly EconomicEvent[] {
  const dated = (event: EconomicEvent) => ({ event, date: clock.toWall(event.at).date })
  const theirTimes = new Set(theirs.map(({ at }) => at))
  const ourTimes = new Set(ours.map(({ at }) => at))
  const missing = ours.filter(({ at }) => !theirTimes.has(at))
  const unconfirmed = missing.filter(({ status }) => status === 'tentative').map(dated)
  const fresh = theirs.filter(({ at }) => !ourTimes.has(at)).map(dated)
  const moved = new Set(pairMoved(unconfirmed, fresh).moved.map(({ from }) => from.event))
  return missing.filter((event) => !moved.has(event))
}

/**
 * How far a list can be believed to be known: as long as one release follows the other, and some weeks past the last.
 *
 * @param from the date up to which it is known anyway
 * @param claimed what the list says of itself
 * @param dates of its releases
 */
export function believableEnd(from: string, claimed: string, dates: readonly string[]): string {
  let last = from
  for (const date of [...dates].sort()) {
    if (date <= last) continue
    if (date > addDays(last, LONGEST_GAP_DAYS)) break
    last = date
  }
  const most = last === from ? from : addDays(last, LONGEST_END_DAYS)
  return claimed < most ? claimed : most
}
