import { pairMoved } from './moved-releases.ts'

type Listed = Readonly<{ id: string; name: string; date: string }>

/** A time that somebody has declared comes and goes at will. */
const EMERGENCY = 'EMERGENCY'

/**
 * Releases still to come that another calendar lacks, and that nothing in it took the place of: they are kept, since a
 * cloud may add times without entries, or move one, and never just take one away.
 *
 * @param before the calendar as it was known, @param after as it is told now
 * @param today YYYY-MM-DD
 */
export function keptAhead<Event extends Listed>(
  before: readonly Event[],
  after: readonly Event[],
  today: string,
): readonly Event[] {
  const known = new Set(before.map(({ id }) => id))
  const told = new Set(after.map(({ id }) => id))
  const names = new Set(before.map(({ name }) => name).filter((name) => name !== EMERGENCY))
  return [...names].flatMap((name) => {
    const gone = before.filter((event) => event.name === name && event.date >= today && !told.has(event.id))
    const come = after.filter((event) => event.name === name && event.date >= today && !known.has(event.id))
    return pairMoved(gone, come).lost
  })
}
