import { sql } from 'kysely'
import type { Mode } from '../../domain/context/trading-context.ts'
import type { AccountHold } from '../../domain/licence/judge-account.ts'
import type { Seats } from '../../domain/licence/judge-licence.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { seatsSince } from './licence-records.ts'
import type { CloudDb } from './open-cloud-db.ts'

export type KnownHold = AccountHold & Readonly<{ licenceId: string; jti: string }>

/**
 * Seats taken by others than the device and the account that ask. To one that sits already, only those count that sat
 * before it: where a licence has got fewer seats than are taken, the oldest stay.
 */
export async function countOtherSeats(
  trx: CloudDb,
  licenceId: string,
  { deviceId, accountId }: Readonly<{ deviceId: string; accountId: string }>,
  now: EpochMs,
): Promise<Seats> {
  const since = seatsSince(now)
  const devices = await trx
    .selectFrom('licence_devices')
    .select(['device_id as id', 'first_at'])
    .where('licence_id', '=', licenceId)
    .where('last_at', '>', since)
    .execute()
  const accounts = await trx
    .selectFrom('licence_accounts')
    .select(['account_id as id', 'first_at'])
    .where('licence_id', '=', licenceId)
    .where('mode', '=', 'live')
    .where('last_at', '>', since)
    .execute()
  return { otherDevices: countBefore(devices, deviceId), otherAccounts: countBefore(accounts, accountId) }
}

function countBefore(seats: readonly Readonly<{ id: string; first_at: number }>[], id: string): number {
  const own = seats.find((seat) => seat.id === id)
  if (!own) return seats.length
  return seats.filter((seat) => seat.first_at < own.first_at || (seat.first_at === own.first_at && seat.id < id)).length
}

/** When a seat was taken: again from now on, for one that had left it. */
const seatedAt = (table: 'licence_devices' | 'licence_accounts', now: EpochMs) =>
  sql<number>`case when ${sql.ref(`${table}.last_at`)} > ${seatsSince(now)} then ${sql.ref(`${table}.first_at`)} else ${now} end`

/** The device sits. @returns whether it is new on the licence */
export async function seatDevice(
  trx: CloudDb,
  licenceId: string,
  { deviceId, appVersion }: Readonly<{ deviceId: string; appVersion: string }>,
  now: EpochMs,
): Promise<boolean> {
  const row = await trx
    .insertInto('licence_devices')
    .values({ licence_id: licenceId, device_id: deviceId, first_at: now, last_at: now, app_version: appVersion })
    .onConflict((conflict) =>
      conflict
        .columns(['licence_id', 'device_id'])
        .doUpdateSet({ first_at: seatedAt('licence_devices', now), last_at: now, app_version: appVersion }),
    )
    .returning('first_at')
    .executeTakeFirstOrThrow()
  return row.first_at === now
}

/** The account sits. One that was traded live keeps its seat when it is traded on paper. @returns whether it is new */
export async function seatAccount(
  trx: CloudDb,
  licenceId: string,
  { accountId, mode }: Readonly<{ accountId: string; mode: Mode }>,
  now: EpochMs,
): Promise<boolean> {
  const row = await trx
    .insertInto('licence_accounts')
    .values({ licence_id: licenceId, account_id: accountId, mode, first_at: now, last_at: now })
    .onConflict((conflict) =>
      conflict.columns(['licence_id', 'account_id']).doUpdateSet({
        ...{ first_at: seatedAt('licence_accounts', now), last_at: now },
        ...(mode === 'live' ? { mode } : {}),
      }),
    )
    .returning('first_at')
    .executeTakeFirstOrThrow()
  return row.first_at === now
}

export async function forgetDevice(db: CloudDb, licenceId: string, deviceId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('licence_devices')
    .where('licence_id', '=', licenceId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Whether a device holds a live account: its bot may trade, in touch or not. */
export async function holdsAccount(db: CloudDb, licenceId: string, deviceId: string, now: EpochMs): Promise<boolean> {
  const row = await db
    .selectFrom('account_leases')
    .select('account_id')
    .where('licence_id', '=', licenceId)
    .where('device_id', '=', deviceId)
    .where('released_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Gives every live account free that a device holds by a licence. The fences rise, so that a bot of it which is alive is told
 * at its next renewal.
 *
 * @returns the accounts
 */
export async function endHoldsOf(
  trx: CloudDb,
  licenceId: string,
  deviceId: string,
  now: EpochMs,
): Promise<readonly string[]> {
  const rows = await trx
    .updateTable('account_leases')
    .set((row) => ({ released_at: now, fence: row('fence', '+', 1) }))
    .where('licence_id', '=', licenceId)
    .where('device_id', '=', deviceId)
    .where('released_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('account_id')
    .execute()
  return rows.map(({ account_id: id }) => id)
}

/** What a device is given of an account. */
export type NewHold = Readonly<{
  accountId: string
  userId: string
  licenceId: string
  deviceId: string
  jti: string
  heldUntil: EpochMs
}>

/**
 * Who holds an account, and nobody else decides on it until this transaction is over. Of an account that nobody ever had,
 * the asker's own hold is put in place with fence 1, so that the second of two that ask at once meets it.
 */
export async function lockHold(
  trx: CloudDb,
  wanted: NewHold,
  now: EpochMs,
): Promise<Readonly<{ hold: KnownHold; isNew: boolean }>> {
  const { accountId, userId, licenceId, deviceId, jti, heldUntil } = wanted
  const row = await trx
    .insertInto('account_leases')
    .values({
      ...{ account_id: accountId, user_id: userId, licence_id: licenceId, device_id: deviceId, fence: 1, jti },
      ...{ taken_at: now, renewed_at: now, expires_at: heldUntil, released_at: null },
    })
    // Writes the row as it is: on either database the way to read it and keep it.
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet((row) => ({ fence: row.ref('account_leases.fence') })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return { hold: holdOf(row), isNew: row.jti === jti }
}

/** Writes down who holds the account now. */
export async function writeHold(
  trx: CloudDb,
  hold: NewHold & Readonly<{ fence: number }>,
  how: 'renewed' | 'taken' | 'taken-over',
  now: EpochMs,
): Promise<void> {
  await trx
    .updateTable('account_leases')
    .set({
      ...{ user_id: hold.userId, licence_id: hold.licenceId, device_id: hold.deviceId, fence: hold.fence },
      ...{ jti: hold.jti, renewed_at: now, expires_at: hold.heldUntil, released_at: null },
      ...(how === 'renewed' ? {} : { taken_at: now }),
    })
    .where('account_id', '=', hold.accountId)
    .execute()
}

/**
 * Gives an account free, if this lease is the newest of it.
 *
 * @returns whether it was held by it
 */
export async function releaseHold(
  trx: CloudDb,
  lease: Readonly<{ accountId: string; deviceId: string; jti: string }>,
  now: EpochMs,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('account_leases')
    .set({ released_at: now })
    .where('account_id', '=', lease.accountId)
    .where('device_id', '=', lease.deviceId)
    .where('jti', '=', lease.jti)
    .where('released_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Takes an account from whoever has it, and from its user.
 *
 * @param userId whose it is from now on; '': anybody may take it next
 * @returns the licence that had it; undefined where nobody ever had the account, or it is so already
 */
export async function freeHold(
  trx: CloudDb,
  accountId: string,
  userId: string,
  now: EpochMs,
): Promise<string | undefined> {
  const row = await trx
    .updateTable('account_leases')
    // The fence rises, so that a bot which trades on it is told at its next renewal.
    .set((row) => ({ user_id: userId, device_id: '', released_at: now, fence: row('fence', '+', 1) }))
    .where('account_id', '=', accountId)
    .where('user_id', '!=', userId)
    .returning('licence_id')
    .executeTakeFirst()
  return row?.licence_id
}

export function holdOf(
  row: Readonly<{
    user_id: string
    device_id: string
    licence_id: string
    fence: number
    jti: string
    renewed_at: number
    expires_at: number
    released_at: number | null
  }>,
): KnownHold {
  return {
    userId: row.user_id,
    deviceId: row.device_id,
    licenceId: row.licence_id,
    fence: row.fence,
    jti: row.jti,
    renewedAt: row.renewed_at as EpochMs,
    heldUntil: row.expires_at as EpochMs,
    releasedAt: row.released_at as EpochMs | null,
  }
}
