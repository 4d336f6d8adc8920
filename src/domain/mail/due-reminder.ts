import type { EpochMs } from '../units/units.ts'
import { EXPIRY_REMINDERS, type ExpiryReminder } from './mail.ts'

const DAY = 86_400_000
/** A server that was down on the last day still says on the next that the licence has ended. */
const LATEST_DAYS = -1

/**
 * Which reminder of a licence's end is due, by days of UTC: the last that has come. One that was missed is made up for
 * until the next comes, and a licence that was made for less time than a reminder looks ahead is not reminded at once.
 */
export function dueReminder(
  { createdAt, expiresAt }: Readonly<{ createdAt: EpochMs; expiresAt: EpochMs }>,
  now: EpochMs,
): ExpiryReminder | undefined {
  const daysLeft = dayOf(expiresAt) - dayOf(now)
  if (daysLeft < LATEST_DAYS) return undefined
  const due = EXPIRY_REMINDERS.findLast((days) => daysLeft <= days)
  return due === undefined || createdAt >= expiresAt - due * DAY ? undefined : due
}

function dayOf(at: EpochMs): number {
  return Math.floor(at / DAY)
}
