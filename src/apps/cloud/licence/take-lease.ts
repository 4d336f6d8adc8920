import { randomBytes } from 'node:crypto'
import {
  countOtherSeats,
  lockHold,
  seatAccount,
  seatDevice,
  writeHold,
  type NewHold,
} from '../../../adapters/cloud-db/lease-records.ts'
import {
  addLicenceEvent,
  findLicenceByKey,
  lockLicence,
  noteUser,
  type LicenceRecord,
} from '../../../adapters/cloud-db/licence-records.ts'
import { hashKey } from '../../../adapters/cloud-db/secret-keys.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { transact, type CloudTransaction } from '../../../adapters/cloud-db/transact.ts'
import type { LeaseClaims } from '../../../contracts/cloud/licence.ts'
import type { Mode } from '../../../domain/context/trading-context.ts'
import { leaseTimes } from '../../../domain/licence/grace-ladder.ts'
import { judgeAccount } from '../../../domain/licence/judge-account.ts'
import { judgeLicence, UNKNOWN_LICENCE } from '../../../domain/licence/judge-licence.ts'
import { PLANS } from '../../../domain/licence/plans.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { cloudRefuse } from '../cloud-call.ts'

/** Who wants to trade what, on which licence. */
export type LeaseRequest = Readonly<{
  licenceKey: string
  userId: string
  deviceId: string
  accountId: string
  appVersion: string
  mode: Mode
  takeOver: boolean
  /** The lease that the bot trades on, proven; undefined for a bot that starts. */
  shown: LeaseClaims | undefined
}>

export type TakenLease = Readonly<{
  claims: LeaseClaims
  licence: LicenceRecord
  /** Another device has lost the account by it. */
  tookOver: boolean
}>

/**
 * Decides on a licence and an account and writes the decision down, in one transaction: of two devices that ask at once
 * for the last seat, or for one account, the second meets what the first has got.
 *
 * Rows are locked in one order, the licence before the account, so that nobody waits in a circle.
 *
 * @throws {CloudRefused} with the code; then nothing was stored
 */
export function takeLease(db: CloudDb, request: LeaseRequest, now: EpochMs): Promise<TakenLease> {
  const jti = randomBytes(16).toString('hex')
  // The locks below are enough; SERIALIZABLE would make busy users start again for nothing.
  return transact(db, (trx) => decide(trx, request, jti, now), 'read committed')
}

async function decide(trx: CloudTransaction, request: LeaseRequest, jti: string, now: EpochMs): Promise<TakenLease> {
  const { userId, deviceId, accountId, mode } = request
  const found = await findLicenceByKey(trx, hashKey(request.licenceKey))
  // Another user's licence is not even locked: who does not own it can't hold anybody up.
  if (!found || found.userId !== userId) return refuseWith(UNKNOWN_LICENCE)
  const licence = (await lockLicence(trx, found.id)) ?? refuseWith(UNKNOWN_LICENCE)
  const seats = await countOtherSeats(trx, licence.id, { deviceId, accountId }, now)
  const refusal = judgeLicence(licence, seats, { userId, mode }, now)
  if (refusal) return refuseWith(refusal)

  const times = leaseTimes(now, licence.expiresAt)
  const heldUntil = (times.grace_until * 1_000) as EpochMs
  const wanted: NewHold = { accountId, userId, licenceId: licence.id, deviceId, jti, heldUntil }
  const { fence, tookOver } = mode === 'live' ? await holdAccount(trx, request, wanted, now) : PAPER
  const by = { actor: `device:${deviceId}`, at: now }
  if (await seatDevice(trx, licence.id, request, now))
    await addLicenceEvent(trx, licence.id, 'device-added', deviceId, by)
  if (await seatAccount(trx, licence.id, request, now))
    await addLicenceEvent(trx, licence.id, 'account-added', `${accountId} ${mode}`, by)
  await noteUser(trx, request, now)

  const { plan, accounts, devices } = licence
  const bound = { licence_id: licence.id, user_id: userId, device_id: deviceId, account_id: accountId }
  const claims: LeaseClaims = {
    ...{ v: 1, ...bound, plan, accounts, devices, threshold: PLANS[plan].threshold, fence, jti },
    ...times,
  }
  return { claims, licence, tookOver }
}

const PAPER = { fence: 0, tookOver: false } as const

async function holdAccount(
  trx: CloudTransaction,
  { takeOver, shown, userId, deviceId, accountId }: LeaseRequest,
  wanted: NewHold,
  now: EpochMs,
): Promise<Readonly<{ fence: number; tookOver: boolean }>> {
  const { licenceId } = wanted
  const by = { actor: `device:${deviceId}`, at: now }
  const { hold, isNew } = await lockHold(trx, wanted, now)
  const leaseMadeAt = shown && ((shown.iat * 1_000) as EpochMs)
  const request = { userId, deviceId, takeOver, fence: shown?.fence, leaseMadeAt }
  const verdict = judgeAccount(isNew ? undefined : hold, request, now)
  if (verdict.kind === 'refused')
    return refuseWith(
      verdict.code === 'account_foreign'
        ? { ...verdict, nextStep: `${verdict.nextStep} Its reference is ${accountId}.` }
        : verdict,
    )
  const { fence, how } = verdict
  if (!isNew) await writeHold(trx, { ...wanted, fence }, how, now)
  if (how === 'taken') await addLicenceEvent(trx, licenceId, 'lease-taken', `${accountId} fence ${fence}`, by)
  // Both histories tell it: whoever reads either of the two licences sees why its bot stopped.
  if (how === 'taken-over')
    for (const id of new Set([licenceId, hold.licenceId]))
      await addLicenceEvent(trx, id, 'lease-taken-over', `${accountId} fence ${fence} from device ${hold.deviceId}`, by)
  // An answer of ours was lost on its way, or two copies of one installation run.
  if (how === 'renewed' && shown && shown.jti !== hold.jti)
    await addLicenceEvent(trx, licenceId, 'old-lease-shown', `${accountId} fence ${fence}`, by)
  return { fence, tookOver: how === 'taken-over' }
}

function refuseWith({
  code,
  message,
  nextStep,
}: Readonly<{ code: Parameters<typeof cloudRefuse>[0]; message: string; nextStep: string }>): never {
  return cloudRefuse(code, message, nextStep)
}
