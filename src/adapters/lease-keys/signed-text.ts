import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import type { LeaseKeys } from '../../contracts/cloud/licence.ts'

/** A public key as it goes over the wire: raw Ed25519 in base64url, named by its thumbprint. */
export type PublicLeaseKey = LeaseKeys['keys'][number]

/** What a signed text is for: one kind is never taken for the other. */
export type SignedKind = 'slipway-lease' | 'slipway-keys'

export type Unsigned = 'malformed' | 'unknown-key' | 'bad-signature'

const PARTS = /^[\w-]{1,1024}\.[\w-]{1,8192}\.[\w-]{86}$/

/**
 * Name of a key.
 *
 * @param publicKey raw, base64url
 * @see RFC 7638 and RFC 8037 (OKP)
 */
export function thumbprint(publicKey: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${publicKey}"}`).digest('base64url')
}

/** Compact signed text: base64url(header).base64url(claims).base64url(signature), Ed25519 over the first two. */
export function signText(kind: SignedKind, claims: unknown, kid: string, privateKey: KeyObject): string {
  const signed = [headerOf(kind, kid), claims].map((part) => encode(JSON.stringify(part))).join('.')
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
}

/**
 * Checks a signed text against keys that are trusted already.
 *
 * The key decides the algorithm; of the header only the name of the key is used, and the rest of it must be what we
 * write ourselves. A text has one spelling: bits that base64 does not need must be 0.
 */
export function readSigned(
  kind: SignedKind,
  text: string,
  keys: readonly PublicLeaseKey[],
): Readonly<{ claims: unknown }> | Unsigned {
  if (!PARTS.test(text)) return 'malformed'
  const [header, claims, signature] = text.split('.') as [string, string, string]
  const headerText = decode(header)
  const kid = kidOf(headerText)
  if (kid === undefined || headerText !== JSON.stringify(headerOf(kind, kid))) return 'malformed'
  const key = keys.find((one) => one.kid === kid)
  if (!key || thumbprint(key.public_key) !== kid) return 'unknown-key'
  const bytes = Buffer.from(signature, 'base64url')
  if (bytes.toString('base64url') !== signature) return 'malformed'
  const publicKey = publicKeyOf(key)
  if (!publicKey) return 'unknown-key'
  if (!verify(null, Buffer.from(`${header}.${claims}`), publicKey, bytes)) return 'bad-signature'
  const found = parsed(decode(claims))
  return found === undefined ? 'malformed' : { claims: found }
}

const headerOf = (typ: SignedKind, kid: string) => ({ alg: 'EdDSA', typ, kid })
const encode = (text: string) => Buffer.from(text).toString('base64url')

/** Undefined where the text has another spelling than its own. */
function decode(part: string): string | undefined {
  const text = Buffer.from(part, 'base64url').toString('utf8')
  return encode(text) === part ? text : undefined
}

function kidOf(headerText: string | undefined): string | undefined {
  const header = parsed(headerText)
  const kid = typeof header === 'object' && header !== null && 'kid' in header ? header.kid : undefined
  return typeof kid === 'string' ? kid : undefined
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown
  } catch {
    return undefined
  }
}

function publicKeyOf({ public_key }: PublicLeaseKey): KeyObject | undefined {
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: public_key } })
  } catch {
    return undefined
  }
}
