import type { EpochMs } from '../units/units.ts'

/** Who traded a live account last, and whether they still hold it. */
export type AccountHold = Readonly<{
  /** '' after an admin has given the account free: then anybody may take it. */
  userId: string
  deviceId: string
  fence: number
  renewedAt: EpochMs
  /** No other device gets it before that, except by taking it over: a bot that is out of touch may trade until then. */
  heldUntil: EpochMs
  releasedAt: EpochMs | null
}>

export type AccountRequest = Readonly<{
  userId: string
  deviceId: string
  /** A person says that the device which holds it is off. */
  takeOver: boolean
  /** Of the lease that the asking bot trades on; undefined for one that starts. */
  fence: number | undefined
  /** When that lease was made; undefined like it. */
  leaseMadeAt: EpochMs | undefined
}>

export type AccountVerdict =
  | Readonly<{
      kind: 'taken'
      fence: number
      how: 'renewed' | 'taken' | 'taken-over'
    }>
  | Readonly<{
      kind: 'refused'
      code: 'account_foreign' | 'account_held' | 'lease_lost'
      message: string
      nextStep: string
    }>

export type HoldState = 'held' | 'released' | 'expired'

export function holdState(hold: Pick<AccountHold, 'heldUntil' | 'releasedAt'>, now: EpochMs): HoldState {
  if (hold.releasedAt !== null) return 'released'
  return now < hold.heldUntil ? 'held' : 'expired'
}

/**
 * Whether a device may trade a live account: at most one in the world does.
 *
 * The fence rises whenever the account goes to another device or user, and only then. So a bot whose fence is old knows
 * that somebody has traded the account since: it must begin anew, with what the account looks like now.
 */
export function judgeAccount(hold: AccountHold | undefined, request: AccountRequest, now: EpochMs): AccountVerdict {
  if (!hold) return { kind: 'taken', fence: 1, how: 'taken' }
  if (hold.userId !== '' && hold.userId !== request.userId)
    return refused(
      'account_foreign',
      'This account belongs to another user.',
      'Use the broker user name that the account was first traded with, or ask an admin to give the account free.',
    )
  const isHolder = hold.userId === request.userId && hold.deviceId === request.deviceId
  if (request.takeOver)
    return isHolder ? renewed(hold, now) : { kind: 'taken', fence: hold.fence + 1, how: overOrNot(hold, now) }
  if (request.fence !== undefined && request.fence < hold.fence)
    return refused(
      'lease_lost',
      'Another device has taken this account over.',
      'Stop the bot there and start this one again. Its exits and stops go on.',
    )
  if (isHolder) return renewed(hold, now)
  if (isAheadOf(hold, request)) return { kind: 'taken', fence: request.fence!, how: 'taken' }
  if (holdState(hold, now) !== 'held') return { kind: 'taken', fence: hold.fence + 1, how: 'taken' }
  return refused(
    'account_held',
    `Another device trades this account; it was in touch at ${iso(hold.renewedAt)}.`,
    `Stop its bot there. If that device is off, take the account over from here, or wait until ${iso(hold.heldUntil)}.`,
  )
}

/**
 * A lease that was given after what is known here: the database was put back to before. Its bot trades, so the account is
 * its own, unless the device that is known has been here since.
 */
function isAheadOf(hold: AccountHold, { fence, leaseMadeAt }: AccountRequest): boolean {
  return fence !== undefined && leaseMadeAt !== undefined && fence > hold.fence && leaseMadeAt > hold.renewedAt
}

function renewed(hold: AccountHold, now: EpochMs): AccountVerdict {
  return { kind: 'taken', fence: hold.fence, how: holdState(hold, now) === 'held' ? 'renewed' : 'taken' }
}

function overOrNot(hold: AccountHold, now: EpochMs): 'taken' | 'taken-over' {
  return holdState(hold, now) === 'held' ? 'taken-over' : 'taken'
}

function refused(
  code: Extract<AccountVerdict, { kind: 'refused' }>['code'],
  message: string,
  nextStep: string,
): AccountVerdict {
  return { kind: 'refused', code, message, nextStep }
}

const iso = (at: EpochMs) => `${new Date(at).toISOString().slice(0, 16)}Z`
