import { z } from 'zod'
import { cloudRoute, SHORT_ANSWER } from './route.ts'
import { AccountRef, AppVersion, DeviceId, Iso, UserId } from './words.ts'

/** Random, shown once when it is made. */
export const LicenceKey = z.string().regex(/^slw_[A-Za-z0-9_-]{32,64}$/, 'must be a licence key (slw_…)')

export const PlanName = z.enum(['starter', 'pro', 'team'])

/** Random, made for one question. */
const Nonce = z.string().regex(/^[\w-]{16,64}$/, 'must be 16 to 64 letters, digits, _ or -')

/** What the server signs: a licence, bound to one device and one account, and the right to trade that account. */
export const LeaseClaims = z.object({
  /** Format; others are refused. */
  v: z.literal(1),
  licence_id: z.string().min(1).max(64),
  user_id: UserId,
  device_id: DeviceId,
  account_id: AccountRef,
  plan: PlanName,
  /** Seats of the licence. */
  accounts: z.int().positive(),
  devices: z.int().positive(),
  /** Confidence from which a setup is worth trading, by the plan. */
  threshold: z.number().min(0).max(1),
  /** Rises with every new holder of the account; 0 for a paper account, which nobody holds. */
  fence: z.int().min(0),
  /** Names one lease: a refresh brings another. */
  jti: z.string().min(16).max(64),
  /** As the question had it: an answer that was recorded earlier has another. */
  nonce: Nonce.optional(),
  /** Epoch seconds: made, fresh until, and no entries from. See domain/licence/grace-ladder.ts. */
  iat: z.int(),
  exp: z.int(),
  grace_until: z.int(),
})
export type LeaseClaims = z.output<typeof LeaseClaims>

/** Compact signed token: base64url(header).base64url(claims).base64url(Ed25519 signature). */
export const LeaseToken = z
  .string()
  .max(4_096)
  .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/, 'must be a signed lease')

/**
 * A running bot renews with its last lease in the header x-slipway-lease: where another device has taken the account over
 * meanwhile, it is answered lease_lost. A bot that starts brings none.
 */
export const validateLicence = cloudRoute({
  method: 'POST',
  path: '/api/license/validate',
  summary: 'Take or renew the lease of an account: 403 with a code where the licence does not allow it',
  access: 'user',
  limit: 'user',
  // Idempotent for (licence, account, device).
  repeatable: true,
  longestAnswer: SHORT_ANSWER,
  input: z.strictObject({
    license_key: LicenceKey,
    user_id: UserId,
    device_id: DeviceId,
    account_id: AccountRef,
    app_version: AppVersion,
    mode: z.enum(['paper', 'live']).default('live'),
    /** A person says that the device which holds the account is off: its lease ends now. */
    take_over: z.boolean().default(false),
    /** Said back in the lease; a bot believes no other. */
    nonce: Nonce.optional(),
  }),
  output: z.object({
    valid: z.literal(true),
    plan: PlanName,
    expires_at: Iso.nullable(),
    /** Signed lease. */
    lease: LeaseToken,
    server_time: Iso,
  }),
})

export const releaseLicence = cloudRoute({
  method: 'POST',
  path: '/api/license/release',
  summary: 'Give the account free for another device',
  access: 'user',
  limit: 'user',
  repeatable: true,
  longestAnswer: SHORT_ANSWER,
  // Proven by the header x-slipway-lease: only the newest lease of the account gives it free, so that a release which comes
  // late does nothing.
  input: z.strictObject({ user_id: UserId, device_id: DeviceId, account_id: AccountRef, fence: z.int().min(0) }),
  output: z.object({ released: z.boolean() }),
})

/** Keys that leases are signed with: the one in use and the next or last one. */
export const LeaseKeys = z.object({
  keys: z
    .array(z.object({ kid: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/), public_key: z.string().max(128) }))
    .min(1)
    .max(8),
})
export type LeaseKeys = z.output<typeof LeaseKeys>

/** What the signed form of the key set says: the keys, and how new that is. */
export const SignedKeySet = LeaseKeys.extend({
  /** When it was told, epoch seconds. */
  iat: z.int(),
  /** Rises with every rotation, whatever the server's clock says. */
  version: z.int().min(0).default(0),
})
export type SignedKeySet = z.output<typeof SignedKeySet>

export const readLeaseKeys = cloudRoute({
  method: 'GET',
  path: '/api/license/keys',
  summary: 'Public keys of leases (Ed25519, raw, base64url)',
  access: 'open',
  limit: 'probe',
  repeatable: true,
  longestAnswer: SHORT_ANSWER,
  input: z.strictObject({}),
  output: LeaseKeys.extend({
    /** The same, signed with the key in use: who trusts that one may trust the others (adapters/lease-keys). */
    signed: z.string().max(16_384),
  }),
})
