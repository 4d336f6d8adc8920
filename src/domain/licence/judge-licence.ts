import type { Mode } from '../context/trading-context.ts'
import type { DurationMs, EpochMs } from '../units/units.ts'
import type { PlanName } from './lease.ts'

/** A licence as it is judged. */
export type LicenceTerms = Readonly<{
  userId: string
  plan: PlanName
  accounts: number
  devices: number
  /** null: without an end. */
  expiresAt: EpochMs | null
  revokedAt: EpochMs | null
}>

/** Who sits on the seats of a licence, the one that asks left out. */
export type Seats = Readonly<{ otherDevices: number; otherAccounts: number }>

export type LicenceRequest = Readonly<{ userId: string; mode: Mode }>

export type LicenceRefusal = Readonly<{
  code: 'license_invalid' | 'license_revoked' | 'license_expired' | 'device_limit' | 'seat_limit'
  message: string
  nextStep: string
}>

/**
 * A device or an account that has not been here for so long has left its seat: a machine that is gone needs nobody to
 * sign it off.
 */
export const SEAT_IDLE_MS = (30 * 86_400_000) as DurationMs

/** The same words for a key that does not exist and for one that is another user's: neither is told apart from outside. */
export const UNKNOWN_LICENCE: LicenceRefusal = {
  code: 'license_invalid',
  message: 'This licence key is not known for this user.',
  nextStep: 'Check the key and the broker user name that the licence was made for.',
}

export type LicenceState = 'active' | 'expired' | 'revoked'

export function licenceState(terms: Pick<LicenceTerms, 'expiresAt' | 'revokedAt'>, now: EpochMs): LicenceState {
  if (terms.revokedAt !== null) return 'revoked'
  return terms.expiresAt !== null && now >= terms.expiresAt ? 'expired' : 'active'
}

/**
 * Whether a licence serves a request. Who sits already is counted in neither number, so that a repeat never takes a
 * second seat; a paper account takes no account seat.
 *
 * @param terms undefined: there is no such key
 * @returns why not, or undefined
 */
export function judgeLicence(
  terms: LicenceTerms | undefined,
  seats: Seats,
  request: LicenceRequest,
  now: EpochMs,
): LicenceRefusal | undefined {
  if (!terms || terms.userId !== request.userId) return UNKNOWN_LICENCE
  switch (licenceState(terms, now)) {
    case 'revoked':
      return {
        code: 'license_revoked',
        message: 'This licence was revoked.',
        nextStep: 'Ask who gave it to you; exits and stops of open positions go on.',
      }
    case 'expired':
      return {
        code: 'license_expired',
        message: `This licence ended on ${dayOf(terms.expiresAt)}.`,
        nextStep: 'Renew it; exits and stops of open positions go on.',
      }
    case 'active':
      return judgeSeats(terms, seats, request)
  }
}

function judgeSeats(terms: LicenceTerms, seats: Seats, { mode }: LicenceRequest): LicenceRefusal | undefined {
  if (seats.otherDevices >= terms.devices)
    return {
      code: 'device_limit',
      message: `This licence is for ${count(terms.devices, 'device')}, and ${are(seats.otherDevices)} in use.`,
      nextStep: 'Give the seat of a device free that you no longer use, or take a larger plan.',
    }
  if (mode === 'live' && seats.otherAccounts >= terms.accounts)
    return {
      code: 'seat_limit',
      message: `This licence is for ${count(terms.accounts, 'live account')}, and ${are(seats.otherAccounts)} in use.`,
      nextStep: `Trade this account in paper mode, take a larger plan, or wait: an account that is not traded for ${SEAT_IDLE_MS / 86_400_000} days gives its seat free.`,
    }
  return undefined
}

const count = (many: number, of: string) => `${many} ${of}${many === 1 ? '' : 's'}`
const are = (many: number) => (many === 1 ? '1 is' : `${many} are`)
const dayOf = (at: EpochMs | null) => (at === null ? '' : new Date(at).toISOString().slice(0, 10))
