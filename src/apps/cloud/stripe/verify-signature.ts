import { createHmac, timingSafeEqual } from 'node:crypto'
import type { EpochMs } from '../../../domain/units/units.ts'

/** How far Stripe's clock and ours may be apart, and how long a copied request can be sent again, seconds. */
const TOLERANCE_S = 300
/** Stripe signs with each secret of an endpoint while one takes the place of another. */
const MOST_SIGNATURES = 10

export type SignatureVerdict = 'genuine' | 'malformed' | 'stale' | 'forged'

/**
 * Checks the header Stripe-Signature: `t=<seconds>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256 over `<t>.<body>`.
 *
 * @param body    as it came, to the byte
 * @param secrets of the endpoint (`whsec_…`); several while one is replaced
 * @see https://docs.stripe.com/webhooks#verify-manually
 */
export function verifyStripeSignature(
  header: string | undefined,
  body: string,
  secrets: readonly string[],
  now: EpochMs,
): SignatureVerdict {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('=', 2) as [string, string?])
  const time = parts.find(([name]) => name === 't')?.[1] ?? ''
  const given = parts.filter(([name]) => name === 'v1').map(([, value = '']) => value)
  if (!/^\d{1,12}$/.test(time) || given.length === 0 || given.length > MOST_SIGNATURES) return 'malformed'
  const wanted = secrets.map((secret) => createHmac('sha256', secret).update(`${time}.${body}`).digest())
  // All are compared, whichever matches.
  const matches = given.flatMap((hex) => wanted.map((digest) => isDigest(digest, hex)))
  if (!matches.includes(true)) return 'forged'
  // Told only to who knows the secret.
  return Math.abs(now / 1_000 - Number(time)) > TOLERANCE_S ? 'stale' : 'genuine'
}

function isDigest(wanted: Buffer, hex: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(hex)) return false
  return timingSafeEqual(wanted, Buffer.from(hex, 'hex'))
}
