import { z } from 'zod'

/** Every reason for which the cloud does not do what was asked, with its HTTP status. Codes are stable: clients decide by them. */
export const STATUS_OF = {
  user_id_required: 400,
  body_invalid: 400,
  unauthorized: 401,
  license_invalid: 403,
  license_expired: 403,
  license_revoked: 403,
  seat_limit: 403,
  device_limit: 403,
  /** The lease is forged, expired, or made for another device. */
  lease_invalid: 403,
  /** The account belongs to another user. */
  account_foreign: 403,
  /** An admin key whose role does not allow it. */
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  /** Another device trades the account. */
  account_held: 409,
  /** Another holder has taken the account over: our fence is too old. */
  lease_lost: 409,
  /** The same key is being worked on. */
  key_in_flight: 409,
  body_too_large: 413,
  media_type_unsupported: 415,
  /** The same key with another body. */
  key_conflict: 422,
  rate_limited: 429,
  /** No more contributions are stored today of who shows no paid licence; those of others are. */
  contributions_full: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<string, number>

export type CloudFailureCode = keyof typeof STATUS_OF

/** Body of every answer that is not 2xx. */
export const CloudFailure = z.object({
  code: z.enum(Object.keys(STATUS_OF) as [CloudFailureCode, ...CloudFailureCode[]]),
  /** One sentence. */
  message: z.string(),
  next_step: z.string(),
  request_id: z.string(),
  /** Seconds after which it may be asked again; as the header Retry-After. */
  retry_after: z.number().optional(),
})
export type CloudFailure = z.output<typeof CloudFailure>
