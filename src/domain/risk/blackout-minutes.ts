import type { EconomicEventName } from '../calendar/economic-event.ts'

/** Minutes around releases that have their own; the others have those of the account. */
export type BlackoutMinutes = ReadonlyMap<EconomicEventName, Readonly<{ before: number; after: number }>>

/** Longest time before or after a release: a day. */
export const MOST_BLACKOUT_MINUTES = 1_440

const NAMES: readonly string[] = ['FOMC', 'NFP', 'CPI', 'PPI'] satisfies readonly EconomicEventName[]
const PART = /^([A-Z]+):(\d{1,4})\/(\d{1,4})$/

/**
 * Reads `none`, or releases with minutes before and after each: `FOMC:30/60,NFP:15/30`.
 *
 * @returns undefined where it can't be read: another name, one named twice, minutes beyond a day
 */
export function parseBlackoutMinutes(text: string): BlackoutMinutes | undefined {
  const minutes = new Map<EconomicEventName, Readonly<{ before: number; after: number }>>()
  if (text === 'none') return minutes
  for (const part of text.split(',')) {
    const [, name = '', before, after] = PART.exec(part) ?? []
    if (!NAMES.includes(name) || minutes.has(name as EconomicEventName)) return undefined
    if (Number(before) > MOST_BLACKOUT_MINUTES || Number(after) > MOST_BLACKOUT_MINUTES) return undefined
    minutes.set(name as EconomicEventName, { before: Number(before), after: Number(after) })
  }
  return minutes
}
