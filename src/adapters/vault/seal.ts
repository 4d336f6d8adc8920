import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
  type ScryptOptions,
} from 'node:crypto'

/** Bytes of every key here. */
export const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** How a passphrase becomes a key. */
export type Kdf = Readonly<{ name: 'scrypt'; N: number; r: number; p: number; salt: string }>

/** About a second and 128 MB for each guess. */
export const KDF_COST = { N: 2 ** 17, r: 8, p: 1 } as const
/** What a header may ask of us at most; more would be a way to stop the launcher with a file. */
const DEAREST = { N: 2 ** 20, r: 8, p: 4 } as const
const SALT_BYTES = 32

export function newKdf(): Kdf {
  return { name: 'scrypt', ...KDF_COST, salt: randomBytes(SALT_BYTES).toString('base64url') }
}

/** Neither weaker than what we write nor dearer than what we are willing to compute. */
export function isFairCost({ N, r, p }: Kdf): boolean {
  const isPowerOfTwo = N > 0 && (N & (N - 1)) === 0
  const isStrong = N >= KDF_COST.N && r === KDF_COST.r && p >= KDF_COST.p
  return isPowerOfTwo && isStrong && N <= DEAREST.N && p <= DEAREST.p
}

/**
 * The key of a passphrase, computed off the main thread.
 *
 * @param passphrase bytes of it; the caller zeroes them
 */
export function stretch(passphrase: Buffer, { N, r, p, salt }: Kdf): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: 128 * N * r + 64 * 1024 * 1024 }
  return new Promise((resolve, reject) =>
    scrypt(passphrase, Buffer.from(salt, 'base64url'), KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  )
}

/** A key for one purpose, made of the master key of one vault. */
export function keyFor(master: Buffer, vaultId: string, purpose: 'entries' | 'check'): Buffer {
  return Buffer.from(hkdfSync('sha256', master, vaultId, `slipway vault 1 ${purpose}`, KEY_BYTES))
}

/**
 * AES-256-GCM under a fresh random nonce.
 *
 * @param about what the box is for; it opens for nothing else
 * @returns nonce, text and tag in base64url
 */
export function seal(key: Buffer, plain: Buffer, about: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(about))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** @returns undefined when the key is another one, or anything of box or purpose was changed */
export function unseal(key: Buffer, box: string, about: string): Buffer | undefined {
  const bytes = Buffer.from(box, 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(about))
  cipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const begun = cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
  try {
    return Buffer.concat([begun, cipher.final()])
  } catch {
    return undefined
  } finally {
    begun.fill(0)
  }
}

/** The check value of a text under a key. */
export function checkOf(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

export function isCheckOf(key: Buffer, text: string, check: string): boolean {
  const [wanted, given] = [Buffer.from(checkOf(key, text)), Buffer.from(check)]
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}
