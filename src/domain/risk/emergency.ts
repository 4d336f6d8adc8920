import type { EpochMs } from '../units/units.ts'

/** A time [from, until) in which an administrator of the cloud asks for no entries, and why. */
export type Emergency = Readonly<{ id: string; from: EpochMs; until: EpochMs; note: string }>

/** The emergency of an instant that lasts longest, or undefined. */
export function emergencyAt(emergencies: readonly Emergency[], at: EpochMs): Emergency | undefined {
  let found: Emergency | undefined
  for (const one of emergencies)
    if (one.from <= at && at < one.until && (!found || one.until > found.until)) found = one
  return found
}

export function emergencyText({ note, until }: Emergency): string {
  return `no entries until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC, says the cloud's administrator: ${note} (risk.emergencies=no enters all the same)`
}
