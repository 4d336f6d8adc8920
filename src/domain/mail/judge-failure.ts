import { epochMs, type EpochMs } from '../units/units.ts'

/** What a mail server, or the way to it, did to us. */
export type MailFailure = Readonly<{
  /** What it answered, 400 to 599; undefined: nothing, or nothing that could be read. */
  answer: number | undefined
  /** What was being said: CONN, AUTH, MAIL FROM, RCPT TO, DATA. */
  step: string
  /** In words, without addresses, names or passwords. */
  problem: string
}>

/**
 * - `later`: of no matter to this mail in particular, or for now; `at` is when to try again
 * - `never`: this mail will not be taken however often it is tried
 */
export type MailVerdict = Readonly<{ kind: 'later'; at: EpochMs; othersToo: boolean }> | Readonly<{ kind: 'never' }>

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Pauses after the first, second, … try. A server that greylists wants some minutes. */
const PAUSES = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR] as const
/** A mail that is older tells nothing new, and whoever runs the server has long seen that none goes out. */
const LONGEST_MS = 3 * 24 * HOUR

/**
 * What to do about a mail that was not taken.
 *
 * A final no (5xx) counts for the mail only where it was said of the recipient or of the text. Said of us it is a fault of
 * the settings, and the mail waits for them to be mended.
 *
 * @param attempts tries so far, this one included
 * @param draw 0 ≤ draw < 1; spreads tries of many mails
 */
export function judgeMailFailure(
  { answer, step }: MailFailure,
  mail: Readonly<{ attempts: number; createdAt: EpochMs }>,
  now: EpochMs,
  draw: number,
): MailVerdict {
  const isOfMail = step === 'RCPT TO' || step === 'DATA'
  if (isOfMail && answer !== undefined && answer >= 500) return { kind: 'never' }
  if (isTooOld(mail.createdAt, now)) return { kind: 'never' }
  const pause = PAUSES[Math.min(mail.attempts, PAUSES.length) - 1] ?? MINUTE
  return {
    kind: 'later',
    at: epochMs(now + Math.round(pause * (1 + draw / 2))),
    othersToo: !isOfMail || answer === undefined,
  }
}

export function isTooOld(createdAt: EpochMs, now: EpochMs): boolean {
  return now - createdAt > LONGEST_MS
}
