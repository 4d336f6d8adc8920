import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { limitGuesses } from '../../domain/access/limit-guesses.ts'
import type { EpochMs } from '../../domain/units/units.ts'

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

/** Digests of both halves, and when they were last used. */
export type KeptSession = Readonly<{ cookie: string; token: string; usedAt: EpochMs }>

/** Where sessions are between two runs of the launcher. */
export type SessionStore = Readonly<{ load(): readonly KeptSession[]; save(sessions: readonly KeptSession[]): void }>

const HOUR_MS = 3_600_000
const CODE_LIFE_MS = HOUR_MS
/** A page nobody has touched for so long is shut out. */
const IDLE_LIFE_MS = 7 * 24 * HOUR_MS
const MOST_CODES = 16
const MOST_SESSIONS = 64

/**
 * Sessions of browsers. Codes end with the launcher; sessions outlive it, as pages do that wait for it to come back.
 *
 * Only digests are kept, so that nothing read out of memory, a core file or the store opens a door. Wrong codes are
 * limited: a code has 256 bits, this keeps guessing from costing us anything.
 *
 * @param ctx.elapsed milliseconds, never set back: the life of codes
 * @param ctx.now     the life of sessions, over restarts
 */
export function openSessions(
  ctx: Readonly<{ elapsed: () => number; now: () => EpochMs; store: SessionStore }>,
): Sessions {
  const { elapsed, now, store } = ctx
  const guesses = limitGuesses(elapsed)
  const codes = new Map<string, number>()
  const sessions = new Map<string, Omit<KeptSession, 'cookie'>>()
  let savedAt = 0
  for (const { cookie, ...session } of store.load()) if (isFresh(session.usedAt)) sessions.set(cookie, session)

  function isFresh(usedAt: EpochMs): boolean {
    return now() - usedAt <= IDLE_LIFE_MS
  }

  function save(): void {
    savedAt = now()
    store.save([...sessions].map(([cookie, session]) => ({ cookie, ...session })))
  }

  return {
    freshCode() {
      const code = secret()
      codes.set(digest(code), elapsed() + CODE_LIFE_MS)
      dropOldest(codes, MOST_CODES)
      return code
    },
    exchange(code) {
      const retryAfterSeconds = guesses.retryAfterSeconds()
      if (retryAfterSeconds !== undefined) return { kind: 'too-many', retryAfterSeconds }
      const key = digest(code)
      const validUntil = codes.get(key)
      codes.delete(key)
      if (validUntil === undefined || validUntil <= elapsed()) {
        guesses.wrong()
        return { kind: 'wrong' }
      }
      const keys = { cookie: secret(), token: secret() }
      sessions.set(digest(keys.cookie), { token: digest(keys.token), usedAt: now() })
      dropOldest(sessions, MOST_SESSIONS)
      save()
      return { kind: 'opened', keys }
    },
    isOpen(cookie, token) {
      if (!cookie || !token) return false
      const key = digest(cookie)
      const session = sessions.get(key)
      if (!session || !isSame(session.token, digest(token))) return false
      sessions.delete(key)
      if (!isFresh(session.usedAt)) return false
      // Put back at the end: the map stays in order of last use.
      sessions.set(key, { ...session, usedAt: now() })
      if (Math.abs(now() - savedAt) > HOUR_MS) save()
      return true
    },
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
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
