import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** The two halves of a session: the cookie the page can't read, and the token it sends in a header. */
export type SessionKeys = Readonly<{ cookie: string; token: string }>

export type ExchangeOutcome =
  | { readonly kind: 'opened'; readonly keys: SessionKeys }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-many'; readonly retryAfterSeconds: number }

export type Sessions = Readonly<{
  /** A code that opens one session, once, within an hour. */
  freshCode(): string
  exchange(code: string): ExchangeOutcome
  /** Whether both halves belong to one session that is in use. */
  isOpen(cookie: string | undefined, token: string | undefined): boolean
}>

const HOUR_MS = 3_600_000
const CODE_LIFE_MS = HOUR_MS
/** A page nobody has touched for so long is shut out. */
const IDLE_LIFE_MS = 7 * 24 * HOUR_MS
const MOST_CODES = 16
const MOST_SESSIONS = 64
/** Wrong codes allowed, over which time. A code has 256 bits; this keeps guessing from costing us anything. */
const GUESSES = [
  { most: 5, withinMs: 60_000 },
  { most: 20, withinMs: HOUR_MS },
] as const

/**
 * Sessions of browsers, in memory: they end with the launcher.
 *
 * Only digests are kept, so that nothing read out of memory or a core file opens a door.
 *
 * @param now milliseconds, never set back
 */
export function openSessions(now: () => number): Sessions {
  const codes = new Map<string, number>()
  const sessions = new Map<string, { token: string; usedAt: number }>()
  let wrong: number[] = []

  function retryAfter(): number | undefined {
    const at = now()
    wrong = wrong.filter((time) => time > at - HOUR_MS)
    const waits = GUESSES.map(({ most, withinMs }) => {
      const recent = wrong.filter((time) => time > at - withinMs)
      return recent.length < most ? 0 : recent[recent.length - most]! + withinMs - at
    })
    const wait = Math.max(...waits)
    return wait > 0 ? Math.ceil(wait / 1_000) : undefined
  }

  return {
    freshCode() {
      const code = secret()
      codes.set(digest(code), now() + CODE_LIFE_MS)
      dropOldest(codes, MOST_CODES)
      return code
    },
    exchange(code) {
      const retryAfterSeconds = retryAfter()
      if (retryAfterSeconds !== undefined) return { kind: 'too-many', retryAfterSeconds }
      const key = digest(code)
      const validUntil = codes.get(key)
      codes.delete(key)
      if (validUntil === undefined || validUntil <= now()) {
        wrong.push(now())
        return { kind: 'wrong' }
      }
      const keys = { cookie: secret(), token: secret() }
      sessions.set(digest(keys.cookie), { token: digest(keys.token), usedAt: now() })
      dropOldest(sessions, MOST_SESSIONS)
      return { kind: 'opened', keys }
    },
    isOpen(cookie, token) {
      if (!cookie || !token) return false
      const key = digest(cookie)
      const session = sessions.get(key)
      if (!session || !timingSafeEqual(Buffer.from(session.token), Buffer.from(digest(token)))) return false
      sessions.delete(key)
      if (now() - session.usedAt > IDLE_LIFE_MS) return false
      // Put back at the end: the map stays in order of last use.
      sessions.set(key, { ...session, usedAt: now() })
      return true
    },
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
