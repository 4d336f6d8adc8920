import type { IncomingHttpHeaders } from 'node:http'
import { SESSION_HEADER } from '../../contracts/launcher-api.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'

/** What the door looks at in a request, before anything else does. */
export type SeenRequest = Readonly<{
  method: string
  /** As in the request line. */
  target: string
  headers: IncomingHttpHeaders
  /** Every Host header there was; two are one too many. */
  hosts: readonly string[]
}>

export type Turned = Readonly<{ status: 400 | 401 | 403 | 405 | 415; refusal: Refusal }>

export const SESSION_PATH = '/api/session'

/** Sent with every answer, refusals included. Mantine sets style attributes, hence the one exception for styles. */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

const READING = ['GET', 'HEAD']
const METHODS = [...READING, 'POST', 'PATCH', 'DELETE']

/**
 * Judges a request at the loopback door, which every program and every web page on this computer can knock at.
 *
 * The Host comes first, on every route and method: a page that had its name resolved to 127.0.0.1 sends its own name
 * there. Then who asks (Origin, Sec-Fetch-Site), then how (JSON only and a header of our own, so that no plain form can),
 * then the session. The cookie alone never suffices, because pages of other ports of this computer ride on it.
 *
 * @param port   where we listen
 * @param isOpen whether a cookie and a token belong to an open session
 * @returns undefined when the request may pass
 */
export function judgeBrowserRequest(
  seen: SeenRequest,
  port: number,
  isOpen: (cookie: string | undefined, token: string | undefined) => boolean,
): Turned | undefined {
  const names = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`)
  const { headers } = seen
  if (seen.hosts.length !== 1 || !names.includes(seen.hosts[0]!.toLowerCase())) return turn(403, 'another host')
  if (!seen.target.startsWith('/') || seen.target.startsWith('//')) return turn(400, 'a proxy')
  if (!METHODS.includes(seen.method)) return turn(405, `the method ${seen.method}`)

  const isRead = READING.includes(seen.method)
  const isApi = /^\/api(\/|$|\?)/.test(seen.target)
  const { origin } = headers
  const isOurOrigin = origin !== undefined && names.some((name) => origin === `http://${name}`)
  if (origin === undefined ? !isRead : !isOurOrigin) return turn(403, 'a page of another origin')
  const site = headers['sec-fetch-site']
  if (isApi && site !== undefined && site !== 'same-origin' && site !== 'none')
    return turn(403, 'a page of another site')

  const hasBody = (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined
  if (!isRead && hasBody && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return turn(415, 'a body that is not JSON')

  if (!isApi) return isRead ? undefined : turn(405, `the method ${seen.method}`)
  const token = headers[SESSION_HEADER]
  if (pathOf(seen.target) === SESSION_PATH && seen.method === 'POST')
    // No form and no simple request of another page can send a header of its own making, also not to begin with.
    return token === undefined ? turn(403, `a code without the header ${SESSION_HEADER}`) : undefined
  const cookie = cookieOf(headers.cookie, sessionCookie(port))
  if (isOpen(cookie, typeof token === 'string' ? token : undefined)) return undefined
  return { status: 401, refusal: NO_SESSION }
}

/** Name of the session's cookie. Cookies ignore ports, so the port is in the name. */
export function sessionCookie(port: number): string {
  return `slipway-${port}`
}

function pathOf(target: string): string {
  return target.split('?', 1)[0]!
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  const found = header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

const NO_SESSION = refusal(
  'unauthorized',
  'This page has no session with the launcher.',
  'Open a new one with: npx slipway open',
)

function turn(status: Turned['status'], what: string): Turned {
  const message = `The launcher does not answer ${what}.`
  return { status, refusal: refusal('unauthorized', message, 'Open the page with: npx slipway open') }
}
