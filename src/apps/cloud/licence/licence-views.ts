import type { KnownHold } from '../../../adapters/cloud-db/lease-records.ts'
import type { LicenceHistory, LicenceSummary } from '../../../adapters/cloud-db/licence-listings.ts'
import type { LeaseView, LicenceDetails, LicenceView } from '../../../contracts/cloud/admin.ts'
import { holdState } from '../../../domain/licence/judge-account.ts'
import { licenceState } from '../../../domain/licence/judge-licence.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import type { z } from 'zod'

/** A licence on the wire. */
export function licenceView(licence: LicenceSummary, now: EpochMs): LicenceView {
  const { subscription } = licence
  return {
    id: licence.id,
    key_hint: licence.keyHint,
    user_id: licence.userId,
    email: licence.email,
    plan: licence.plan,
    accounts: licence.accounts,
    devices: licence.devices,
    accounts_used: licence.accountsUsed,
    devices_used: licence.devicesUsed,
    state: licenceState(licence, now),
    created_at: iso(licence.createdAt),
    expires_at: isoOrNull(licence.expiresAt),
    revoked_at: isoOrNull(licence.revokedAt),
    revoked_reason: licence.revokedReason,
    source: licence.source,
    subscription: subscription && {
      ...{ id: subscription.id, status: subscription.status, period_end: isoOrNull(subscription.periodEnd) },
    },
  }
}

/** A licence with its seats, leases and history. */
export function licenceDetails(
  licence: LicenceSummary & Readonly<{ history: LicenceHistory }>,
  now: EpochMs,
): LicenceDetails {
  const { devices, accounts, leases, events } = licence.history
  const times = ({ firstAt, lastAt }: { firstAt: EpochMs; lastAt: EpochMs }) => ({
    ...{ first_at: iso(firstAt), last_at: iso(lastAt) },
  })
  return {
    ...licenceView(licence, now),
    seats: {
      devices: devices.map((one) => ({ device_id: one.id, app_version: one.appVersion, ...times(one) })),
      accounts: accounts.map((one) => ({ account_id: one.id, mode: one.mode, ...times(one) })),
    },
    leases: leases.map((lease) => leaseView(lease, now)),
    events: events.map(({ at, ...event }) => ({ at: iso(at), ...event })),
  }
}

export function leaseView(
  lease: KnownHold & Readonly<{ accountId: string; takenAt: EpochMs }>,
  now: EpochMs,
): z.output<typeof LeaseView> {
  return {
    account_id: lease.accountId,
    user_id: lease.userId,
    licence_id: lease.licenceId,
    device_id: lease.deviceId,
    fence: lease.fence,
    state: holdState(lease, now),
    taken_at: iso(lease.takenAt),
    renewed_at: iso(lease.renewedAt),
    held_until: iso(lease.heldUntil),
  }
}

export const iso = (at: EpochMs) => new Date(at).toISOString()
const isoOrNull = (at: EpochMs | null) => (at === null ? null : iso(at))
