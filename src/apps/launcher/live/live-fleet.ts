import type { AccountStatus } from '../../../contracts/fleet.ts'
import type { AccountPatch, LiveEvent } from '../../../contracts/launcher/live.ts'
import { openEventRing, type EventRing } from '../event-ring.ts'

/** The accounts as a page follows them: the whole once, then only what is another value than before. */
export type LiveFleet = Readonly<{
  ring: EventRing<LiveEvent>
  /** These accounts may have changed. */
  tell(rows: readonly AccountStatus[]): void
  remove(accountId: string): void
}>

/** Ten a second at most, so a page may be away for half a minute and go on where it was. */
const EVENTS_HELD = 300

/**
 * @param origin   names this run of the launcher
 * @param onChange told of each change, with what stood before it
 */
export function openLiveFleet(
  origin: string,
  onChange: (before: AccountStatus | undefined, after: AccountStatus) => void,
): LiveFleet {
  const known = new Map<string, AccountStatus>()
  // The whole as it was told, not as it is: what comes after it is told against that.
  const ring = openEventRing<LiveEvent>(origin, EVENTS_HELD, () => ({ type: 'fleet', accounts: [...known.values()] }))
  return {
    ring,
    tell(changed) {
      const whole: AccountStatus[] = []
      const patches: AccountPatch[] = []
      for (const row of changed) {
        const before = known.get(row.accountId)
        known.set(row.accountId, row)
        const patch = before ? patchOf(before, row) : 'whole'
        if (patch === undefined) continue
        if (patch === 'whole') whole.push(row)
        else patches.push(patch)
        onChange(before, row)
      }
      if (whole.length + patches.length > 0) ring.publish({ type: 'accounts', rows: whole, patches, removed: [] })
    },
    remove(accountId) {
      if (known.delete(accountId)) ring.publish({ type: 'accounts', rows: [], patches: [], removed: [accountId] })
    },
  }
}

/** @returns undefined when nothing changed; `whole` when a field is gone, which a patch can't say */
export function patchOf(before: AccountStatus, after: AccountStatus): AccountPatch | 'whole' | undefined {
  const patch: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof AccountStatus>) {
    const [was, is] = [before[key], after[key]]
    if (was === is || (typeof is === 'object' && JSON.stringify(was) === JSON.stringify(is))) continue
    if (is === undefined) return 'whole'
    patch[key] = is
  }
  return Object.keys(patch).length === 0 ? undefined : ({ ...patch, accountId: after.accountId } as AccountPatch)
}
