import { listAudit } from '../../../adapters/cloud-db/admin-records.ts'
import {
  listLeases as leasesIn,
  listLicences as licencesIn,
  listUsers as usersIn,
  readLicence,
  summariseLicence,
} from '../../../adapters/cloud-db/licence-listings.ts'
import { listOffences } from '../../../adapters/cloud-db/offence-listing.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import {
  createLicence,
  forgetDevice,
  freeAccount,
  listLeases,
  listLicences,
  listOffenders,
  listUsers,
  readAudit,
  renewLicenceKey,
  revokeLicence,
  showLicence,
  whoAmI,
  type LicenceView,
} from '../../../contracts/cloud/admin.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { answers, cloudRefuse, type CloudHandler } from '../cloud-call.ts'
import { freeAccount as freeAccountOf } from '../licence/free-account.ts'
import { forgetGoneDevice } from '../licence/forget-gone-device.ts'
import { forgetIdleDevice } from '../licence/licence-handlers.ts'
import { iso, leaseView, licenceDetails, licenceView } from '../licence/licence-views.ts'
import { makeLicence } from '../licence/make-licence.ts'
import { renewKey } from '../licence/renew-key.ts'
import { revokeLicence as revokeAndTell } from '../licence/revoke-licence.ts'
import type { Push } from '../push/push.ts'
import { adminAnswers, type AdminCall } from './admin-answers.ts'
import { nextOf, pageKeyOf } from './page-cursor.ts'

export type AdminParts = Readonly<{ db: CloudDb; push: Pick<Push, 'told'> }>

/** Who may look, and who may change. */
const LOOK = ['support', 'reader'] as const
const CHANGE = ['support'] as const

/** Licences, leases, users, audit and offenders, for admins. */
export function adminHandlers(parts: AdminParts): CloudHandler[] {
  return [...lookHandlers(parts.db), ...changeHandlers(parts)]
}

function lookHandlers(db: CloudDb): CloudHandler[] {
  return [
    // Said to every role, and nothing is looked at: the page asks it at every load.
    answers(whoAmI, ({ admin }) =>
      admin
        ? { key_id: admin.keyId, label: admin.label, role: admin.role }
        : cloudRefuse('unauthorized', 'This needs an admin key.', 'Send it as Authorization: Bearer sla_….'),
    ),
    adminAnswers(
      db,
      listLicences,
      { action: 'licences.list', roles: LOOK, target: ({ user_id: of = '' }) => of },
      async ({ now }, input) => {
        const { limit, state, user_id: userId, cursor } = input
        const found = await licencesIn(db, { limit, state, userId, after: pageKeyOf(cursor) }, now)
        const next = nextOf(found, limit, ({ createdAt, id }) => ({ at: createdAt, id }))
        return { licences: found.map((one) => licenceView(one, now)), next }
      },
    ),
    adminAnswers(
      db,
      showLicence,
      { action: 'licences.show', roles: LOOK, target: ({ id }) => id },
      async ({ now }, { id }) => licenceDetails((await readLicence(db, id, now)) ?? refuseUnknown(), now),
    ),
    adminAnswers(
      db,
      listLeases,
      { action: 'leases.list', roles: LOOK, target: ({ user_id: of = '' }) => of },
      async ({ now }, input) => {
        const { limit, state, user_id: userId, cursor } = input
        const found = await leasesIn(db, { limit, state, userId, after: pageKeyOf(cursor) }, now)
        const next = nextOf(found, limit, ({ renewedAt, accountId }) => ({ at: renewedAt, id: accountId }))
        return { leases: found.map((one) => leaseView(one, now)), next }
      },
    ),
    adminAnswers(db, listUsers, { action: 'users.list', roles: LOOK }, async ({ now }, { limit, cursor }) => {
      const found = await usersIn(db, { limit, after: pageKeyOf(cursor) }, now)
      const users = found.map((one) => ({
        ...{ user_id: one.userId, email: one.email, first_at: iso(one.firstAt), last_at: iso(one.lastAt) },
        ...{ app_version: one.appVersion, licences: one.licences, accounts_held: one.accountsHeld },
      }))
      return { users, next: nextOf(found, limit, ({ lastAt, userId }) => ({ at: lastAt, id: userId })) }
    }),
    adminAnswers(db, readAudit, { action: 'audit.read', roles: ['reader'] }, async (_, { limit, cursor, key_id }) => {
      const found = await listAudit(db, { limit, after: pageKeyOf(cursor), keyId: key_id })
      const entries = found.map(({ seq, at, keyId, label, action, target, detail, requestId }) => ({
        ...{ seq, at: iso(at), key_id: keyId, label, action, target, detail, request_id: requestId },
      }))
      return { entries, next: nextOf(found, limit, ({ seq }) => ({ at: seq, id: '' })) }
    }),
    adminAnswers(db, listOffenders, { action: 'offenders.list', roles: LOOK }, async (_, { limit, day }) => {
      const found = await listOffences(db, { limit, day })
      return { offenders: found.map(({ lastAt, ...one }) => ({ ...one, last_at: iso(lastAt) })) }
    }),
  ]
}

function changeHandlers({ db, push }: AdminParts): CloudHandler[] {
  return [
    adminAnswers(
      db,
      createLicence,
      { action: 'licences.create', roles: CHANGE, target: ({ user_id }) => user_id, detail: ({ plan }) => plan },
      async (call, input) => {
        const { user_id: userId, plan, accounts, devices, days, email, mail: isTold } = input
        const wanted = { userId, plan, accounts, devices, days, email, mail: isTold, source: 'admin' as const }
        const { key, licence, mail } = await makeLicence(db, wanted, byOf(call))
        return { license_key: key, mail, licence: await viewOf(db, licence.id, call.now) }
      },
    ),
    adminAnswers(
      db,
      revokeLicence,
      { action: 'licences.revoke', roles: CHANGE, target: ({ id }) => id, detail: ({ reason }) => reason },
      async (call, { id, reason }) => {
        if (!(await revokeAndTell(db, id, reason, byOf(call)))) return refuseUnknown()
        push.told()
        return await viewOf(db, id, call.now)
      },
    ),
    adminAnswers(
      db,
      renewLicenceKey,
      { action: 'licences.new-key', roles: CHANGE, target: ({ id }) => id },
      async (call, { id }) => {
        const key = (await renewKey(db, id, byOf(call))) ?? refuseUnknown()
        return { license_key: key, licence: await viewOf(db, id, call.now) }
      },
    ),
    adminAnswers(
      db,
      forgetDevice,
      {
        action: 'licences.forget-device',
        roles: CHANGE,
        target: ({ id }) => id,
        detail: ({ device_id, is_gone }) => (is_gone ? `${device_id} is gone` : device_id),
      },
      async (call, { id, device_id, is_gone }) => ({
        forgotten: await (is_gone ? forgetGoneDevice : forgetIdleDevice)(db, id, device_id, byOf(call)),
      }),
    ),
    adminAnswers(
      db,
      freeAccount,
      {
        action: 'leases.free',
        roles: CHANGE,
        target: ({ account_id }) => account_id,
        detail: ({ user_id, reason }) => (user_id === undefined ? reason : `for ${user_id}: ${reason}`),
      },
      async (call, { account_id: accountId, user_id: userId, reason }) => ({
        freed: await freeAccountOf(db, { accountId, userId, reason }, byOf(call)),
      }),
    ),
  ]
}

const byOf = ({ admin, now }: AdminCall) => ({ actor: `admin:${admin.keyId}`, at: now })

async function viewOf(db: CloudDb, id: string, now: EpochMs): Promise<LicenceView> {
  return licenceView((await summariseLicence(db, id, now)) ?? refuseUnknown(), now)
}

function refuseUnknown(): never {
  return cloudRefuse('not_found', 'There is no licence of this id.', 'List them: GET /api/admin/licences.')
}
