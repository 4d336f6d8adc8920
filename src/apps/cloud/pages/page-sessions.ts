import { createHash, randomBytes } from 'node:crypto'
import {
  deletePageSession,
  findPageSession,
  insertPageSession,
  type PageSubject,
} from '../../../adapters/cloud-db/page-session-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { PAGE_HEADER } from '../../../contracts/cloud/pages.ts'
import { epochMs, type EpochMs } from '../../../domain/units/units.ts'

/** A working day; whoever needs longer signs in again. */
export const PAGE_SESSION_MS = 8 * 3_600_000

const COOKIE = 'slipway-cloud'
/** 256 bits in base64url. */
const TOKEN = /^[\w-]{43}$/

export type OpenPage = PageSubject & Readonly<{ tokenHash: string; expiresAt: EpochMs }>

export type PageSessions = Readonly<{
  /** @returns the session and the Set-Cookie header that gives it to the browser */
  open(subject: PageSubject, now: EpochMs): Promise<OpenPage & Readonly<{ setCookie: string }>>
  /** The session of a request: its cookie alone does not suffice, because other pages of the browser ride on it. */
  find(header: (name: string) => string | undefined, now: EpochMs): Promise<OpenPage | undefined>
  /** @returns the Set-Cookie header that takes it away again */
  close(session: OpenPage): Promise<string>
}>

/**
 * Sessions of people at the server's own pages. The browser keeps a random token that no script can read; the database
 * knows its digest only.
 *
 * @param secure the browser reaches us over TLS: the cookie must never travel without
 */
export function openPageSessions(db: CloudDb, secure: boolean): PageSessions {
  const cookie = (value: string, seconds: number) =>
    `${COOKIE}=${value}; HttpOnly; SameSite=Strict; Path=/api; Max-Age=${seconds}${secure ? '; Secure' : ''}`
  return {
    async open({ kind, subject }, now) {
      const token = randomBytes(32).toString('base64url')
      const session: OpenPage = { kind, subject, tokenHash: digest(token), expiresAt: epochMs(now + PAGE_SESSION_MS) }
      await insertPageSession(db, { ...session, createdAt: now })
      return { ...session, setCookie: cookie(token, PAGE_SESSION_MS / 1000) }
    },
    async find(header, now) {
      if (header(PAGE_HEADER) === undefined) return undefined
      const token = tokenOf(header('cookie'))
      if (token === undefined) return undefined
      const tokenHash = digest(token)
      const found = await findPageSession(db, tokenHash, now)
      return found && { ...found, tokenHash }
    },
    async close({ tokenHash }) {
      await deletePageSession(db, tokenHash)
      return cookie('', 0)
    },
  }
}

function tokenOf(header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2)
    if (name === COOKIE && value !== undefined && TOKEN.test(value)) return value
  }
  return undefined
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
