import type { LeaseClaims } from '../../contracts/cloud/licence.ts'

type Verifier = Readonly<{ verify(token: string): LeaseClaims | undefined }>

/** Tokens that are remembered; a bot shows the same one all day. */
const MOST = 20_000
/** A key that was taken away must stop to count soon. Milliseconds. */
const REMEMBERED_MS = 60_000

/** Checks a signature once a minute instead of at every request: it takes longer than most answers. */
export function knownLeases(verifier: Verifier, elapsed: () => number): Verifier {
  const known = new Map<string, Readonly<{ claims: LeaseClaims; until: number }>>()
  return {
    verify(token) {
      const now = elapsed()
      const remembered = known.get(token)
      if (remembered && remembered.until > now) return remembered.claims
      known.delete(token)
      const claims = verifier.verify(token)
      if (!claims) return undefined
      if (known.size >= MOST) known.delete(known.keys().next().value!)
      known.set(token, { claims: Object.freeze(claims), until: now + REMEMBERED_MS })
      return claims
    },
  }
}
