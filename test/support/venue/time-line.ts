/** One thing that happened at the venue. `at` is its own monotonic clock, milliseconds since it was opened or reset. */
export type TimeLineEntry = Readonly<{ n: number; at: number; what: string } & Record<string, unknown>>

export type TimeLine = Readonly<{
  note(what: string, fields?: Readonly<Record<string, unknown>>): void
  entries(): readonly TimeLineEntry[]
}>

export function openTimeLine(elapsed: () => number): TimeLine {
  const entries: TimeLineEntry[] = []
  return {
    note: (what, fields) => void entries.push({ n: entries.length, at: Math.round(elapsed()), what, ...fields }),
    entries: () => entries,
  }
}

/** A time in which more was held than working stops would have closed. */
export type NakedSpell = Readonly<{ symbol: string; from: number; to: number; most: number }>

/**
 * Times without a stop, from the `exposure` entries.
 *
 * @param until end of a spell that is not over, on the venue's clock
 */
export function nakedSpells(entries: readonly TimeLineEntry[], until: number): NakedSpell[] {
  const spells: NakedSpell[] = []
  const open = new Map<string, { from: number; most: number }>()
  for (const entry of entries) {
    if (entry.what !== 'exposure') continue
    const symbol = String(entry['symbol'])
    const bare = Math.abs(Number(entry['position'])) - Number(entry['stopLots'])
    const spell = open.get(symbol)
    if (bare > 0) open.set(symbol, { from: spell?.from ?? entry.at, most: Math.max(spell?.most ?? 0, bare) })
    else if (spell) {
      spells.push({ symbol, ...spell, to: entry.at })
      open.delete(symbol)
    }
  }
  for (const [symbol, spell] of open) spells.push({ symbol, ...spell, to: until })
  return spells
}
