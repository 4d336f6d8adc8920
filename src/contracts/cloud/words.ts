import { z } from 'zod'

/** First 12 hex digits of the MD5 of the broker's user name: an identifier, never a secret. */
export const UserId = z.string().regex(/^[0-9a-f]{12}$/, 'must be 12 hex digits')

/** One installation. */
export const DeviceId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/, 'must be 8 to 64 letters, digits and -')

/**
 * One account at one broker, for the cloud: 32 hex digits that every device derives alike from broker, venue and account
 * number, and that do not show them (domain/licence/account-ref.ts).
 */
export const AccountRef = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits')

export const AppVersion = z.string().regex(/^\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,32}$/, 'must be a version such as 1.2.3')

/** Names one delivery for good: 16 to 64 characters. */
export const IdempotencyKey = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/, 'must be 16 to 64 of A-Z a-z 0-9 _ -')

export const Side = z.enum(['buy', 'sell'])
export const Iso = z.iso.datetime({ offset: true })

/** Headers that travel with every request of a client. */
export const CLOUD_HEADER = {
  requestId: 'x-request-id',
  deviceId: 'x-slipway-device',
  /** For whom, also on routes that ask for no user_id. */
  userId: 'x-slipway-user',
  /** The signed lease of the account, where there is one: the request then counts for its licence. */
  lease: 'x-slipway-lease',
} as const
