import { z } from 'zod'
import { mailAddress } from '../../domain/mail/mail-address.ts'
import { LicenceKey, PlanName } from './licence.ts'
import { cloudRoute } from './route.ts'
import { AccountRef, DeviceId, Iso, UserId } from './words.ts'

/**
 * What an admin key may do. Keys are made at the command line (`slipway cloud admin-key create`), are sent as
 * `Authorization: Bearer sla_…`, and every use is written down.
 */
export const AdminRoleName = z.enum(['owner', 'support', 'calendar', 'reader'])

export const LicenceId = z.string().regex(/^lic_[0-9a-f]{20}$/, 'must be the id of a licence (lic_…)')
const Count = z.int().min(1).max(10_000)
/** Of a query, where everything is text. */
const Limit = z.coerce.number().int().min(1).max(500).default(100)
/** As an answer gave it in `next`. */
const Cursor = z.string().max(128).optional()
const Next = z.string().nullable()

/** One licence as admins and its owner see it. The key is not in it: it is known to nobody but who was given it. */
export const LicenceView = z.object({
  id: LicenceId,
  /** First characters of the key, to tell keys apart. */
  key_hint: z.string(),
  user_id: UserId,
  email: z.string().nullable(),
  plan: PlanName,
  accounts: Count,
  devices: Count,
  /** Seats taken. */
  accounts_used: z.int(),
  devices_used: z.int(),
  state: z.enum(['active', 'expired', 'revoked']),
  created_at: Iso,
  expires_at: Iso.nullable(),
  revoked_at: Iso.nullable(),
  revoked_reason: z.string().nullable(),
  /** cli, admin or stripe. */
  source: z.string(),
  /** State of the subscription that pays for it, as Stripe calls it; null where none does. */
  subscription: z.object({ id: z.string(), status: z.string(), period_end: Iso.nullable() }).nullable(),
})
export type LicenceView = z.output<typeof LicenceView>

export const DeviceView = z.object({ device_id: DeviceId, first_at: Iso, last_at: Iso, app_version: z.string() })
export const LicenceAccountView = z.object({
  account_id: AccountRef,
  mode: z.enum(['paper', 'live']),
  first_at: Iso,
  last_at: Iso,
})

/** Who may trade one live account now, or did last. */
export const LeaseView = z.object({
  account_id: AccountRef,
  user_id: UserId,
  licence_id: LicenceId,
  device_id: DeviceId,
  fence: z.int(),
  state: z.enum(['held', 'released', 'expired']),
  taken_at: Iso,
  renewed_at: Iso,
  /** Until then no other device gets it without taking it over. */
  held_until: Iso,
})

export const LicenceEvent = z.object({ at: Iso, kind: z.string(), actor: z.string(), detail: z.string() })

/** All that is known of one licence; events newest first, the last 200 of them. */
export const LicenceDetails = LicenceView.extend({
  seats: z.object({ devices: z.array(DeviceView), accounts: z.array(LicenceAccountView) }),
  leases: z.array(LeaseView),
  events: z.array(LicenceEvent),
})
export type LicenceDetails = z.output<typeof LicenceDetails>

const adminGet = { method: 'GET', access: 'admin', limit: 'admin', repeatable: true } as const
const adminPost = { method: 'POST', access: 'admin', limit: 'admin' } as const

/** Who the key belongs to: for the page, after its key was typed. */
export const whoAmI = cloudRoute({
  ...adminGet,
  path: '/api/admin/me',
  summary: 'Role and label of the admin key that asks',
  input: z.strictObject({}),
  output: z.object({ key_id: z.string(), label: z.string(), role: AdminRoleName }),
})

export const listLicences = cloudRoute({
  ...adminGet,
  path: '/api/admin/licences',
  summary: 'Licences, newest first',
  input: z.strictObject({
    limit: Limit,
    cursor: Cursor,
    user_id: UserId.optional(),
    state: z.enum(['active', 'expired', 'revoked']).optional(),
  }),
  output: z.object({ licences: z.array(LicenceView), next: Next }),
})

export const showLicence = cloudRoute({
  ...adminGet,
  path: '/api/admin/licence',
  summary: 'One licence with its seats, leases and history',
  input: z.strictObject({ id: LicenceId }),
  output: LicenceDetails,
})

export const createLicence = cloudRoute({
  ...adminPost,
  path: '/api/admin/licences',
  summary: 'Make a licence: its key is in this answer and never again',
  repeatable: false,
  input: z.strictObject({
    user_id: UserId,
    plan: PlanName,
    accounts: Count.optional(),
    devices: Count.optional(),
    /** Left out: without end. */
    days: z.int().min(1).max(36_500).optional(),
    /** Where its user is told that it is ready, and before it ends. */
    email: z
      .string()
      .trim()
      .refine((text) => mailAddress(text) !== undefined, 'must be one mail address')
      .optional(),
    /** false: the user is not told by mail that it is ready. */
    mail: z.boolean().default(true),
  }),
  output: z.object({
    license_key: LicenceKey,
    /** `queued`: a mail without the key is sent by whatever server sends mails. */
    mail: z.enum(['queued', 'none']),
    licence: LicenceView,
  }),
})

export const revokeLicence = cloudRoute({
  ...adminPost,
  path: '/api/admin/licences/revoke',
  summary: 'End a licence for good; bots that run on it make no more entries and go on with exits',
  repeatable: true,
  input: z.strictObject({ id: LicenceId, reason: z.string().trim().min(3).max(200) }),
  output: LicenceView,
})

export const renewLicenceKey = cloudRoute({
  ...adminPost,
  path: '/api/admin/licences/new_key',
  summary:
    'Another key for one that was lost or seen: it is in this answer and never again, and the old one opens nothing',
  repeatable: false,
  input: z.strictObject({ id: LicenceId }),
  output: z.object({ license_key: LicenceKey, licence: LicenceView }),
})

/** A person says that the device is gone: then it loses the live accounts that it holds, too. */
export const IsGone = z.boolean().default(false)

export const forgetDevice = cloudRoute({
  ...adminPost,
  path: '/api/admin/licences/forget_device',
  summary: 'Give a seat free that a lost or replaced device has taken',
  repeatable: true,
  input: z.strictObject({ id: LicenceId, device_id: DeviceId, is_gone: IsGone }),
  output: z.object({ forgotten: z.boolean() }),
})

export const listLeases = cloudRoute({
  ...adminGet,
  path: '/api/admin/leases',
  summary: 'Who trades which live account, last renewed first',
  input: z.strictObject({
    limit: Limit,
    cursor: Cursor,
    state: z.enum(['held', 'released', 'expired']).optional(),
    user_id: UserId.optional(),
  }),
  output: z.object({ leases: z.array(LeaseView), next: Next }),
})

export const freeAccount = cloudRoute({
  ...adminPost,
  path: '/api/admin/leases/free',
  summary: 'Take an account from its user: who holds it now loses it at the next renewal',
  repeatable: true,
  input: z.strictObject({
    account_id: AccountRef,
    /** Whose it is from now on; left out, whoever takes it next. */
    user_id: UserId.optional(),
    reason: z.string().trim().min(3).max(200),
  }),
  output: z.object({ freed: z.boolean() }),
})

export const listUsers = cloudRoute({
  ...adminGet,
  path: '/api/admin/users',
  summary: 'Users and when they were last here',
  input: z.strictObject({ limit: Limit, cursor: Cursor }),
  output: z.object({
    users: z.array(
      z.object({
        user_id: UserId,
        email: z.string().nullable(),
        first_at: Iso,
        last_at: Iso,
        app_version: z.string().nullable(),
        licences: z.int(),
        accounts_held: z.int(),
      }),
    ),
    next: Next,
  }),
})

export const readAudit = cloudRoute({
  ...adminGet,
  path: '/api/admin/audit',
  summary: 'Every use of an admin key, newest first',
  input: z.strictObject({ limit: Limit, cursor: Cursor, key_id: z.string().max(64).optional() }),
  output: z.object({
    entries: z.array(
      z.object({
        seq: z.int(),
        at: Iso,
        key_id: z.string(),
        /** '' where the key is not known any more. */
        label: z.string(),
        action: z.string(),
        target: z.string(),
        detail: z.string(),
        request_id: z.string(),
      }),
    ),
    next: Next,
  }),
})

export const listOffenders = cloudRoute({
  ...adminGet,
  path: '/api/admin/offenders',
  summary: 'Who was turned away for asking too often, most often first',
  input: z.strictObject({
    limit: Limit,
    /** UTC day; all days where left out. */
    day: z.iso.date().optional(),
  }),
  output: z.object({
    offenders: z.array(
      z.object({
        /** `licence:lic_…`, `user:…` or `address:…`. */
        subject: z.string(),
        day: z.iso.date(),
        count: z.int(),
        last_at: Iso,
      }),
    ),
  }),
})

/** A user's own page. Proven by the key itself, which only its owner has. */
export const readOwnLicence = cloudRoute({
  method: 'POST',
  path: '/api/license/own',
  summary: 'A licence as its owner sees it: seats, devices, leases',
  access: 'user',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({ user_id: UserId, license_key: LicenceKey }),
  output: LicenceDetails.omit({ events: true }),
})

export const forgetOwnDevice = cloudRoute({
  method: 'POST',
  path: '/api/license/forget_device',
  summary:
    'Give the seat of a lost or replaced device free; one that holds a live account keeps it, unless it is said to be gone',
  access: 'user',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({ user_id: UserId, license_key: LicenceKey, device_id: DeviceId, is_gone: IsGone }),
  output: z.object({ forgotten: z.boolean() }),
})
