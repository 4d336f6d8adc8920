/** Longest distance between a date and the one that takes its place, days: a release comes every month, the Fed's every six weeks. */
const FARTHEST_DAYS = 45

const DAY = 86_400_000

type Dated = Readonly<{ date: string }>

/**
 * Tells releases that were moved from those that are just no longer listed. One that is gone was moved where a new one
 * of the same list stands within 45 days of it; each new one takes the place of one.
 *
 * @param gone releases of one list that are missing now
 * @param come releases of that list that were not there before
 */
export function pairMoved<Gone extends Dated, Come extends Dated>(
  gone: readonly Gone[],
  come: readonly Come[],
): Readonly<{ moved: readonly Readonly<{ from: Gone; to: Come }>[]; lost: readonly Gone[] }> {
  const free = [...come].sort(byDate)
  const moved: { from: Gone; to: Come }[] = []
  const lost: Gone[] = []
  for (const from of [...gone].sort(byDate)) {
    const at = free.findIndex((one) => Math.abs(dayOf(one) - dayOf(from)) <= FARTHEST_DAYS * DAY)
    if (at < 0) lost.push(from)
    else moved.push({ from, to: free.splice(at, 1)[0]! })
  }
  return { moved, lost }
}

function byDate(a: Dated, b: Dated): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : 0
}

function dayOf({ date }: Dated): number {
  return Date.parse(`${date}T00:00:00Z`)
}
