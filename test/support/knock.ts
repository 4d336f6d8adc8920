import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { SESSION_HEADER } from '../../src/contracts/launcher-api.ts'

/** One request as it goes over the wire. */
export type Knock = Readonly<{
  method: string
  /** As in the request line. */
  path: string
  /** `host` replaces ours; an array sends a header several times. */
  headers?: Readonly<Record<string, string | readonly string[]>>
  body?: string
}>

export type KnockAnswer = Readonly<{ status: number; headers: IncomingHttpHeaders; body: string }>

/** The headers of an open session. */
export type SessionHeaders = Readonly<{ cookie: string; [SESSION_HEADER]: string }>

/** How long a door may take to answer or to hang up, milliseconds. */
const PATIENCE_MS = 20_000

/**
 * Knocks at the loopback door. `fetch` would put a Host of its own in place of ours, so this is `http.request`.
 *
 * A stream is answered with its first piece; a connection that is cut without an answer has status 0.
 */
export function knock(port: number, { method, path, headers = {}, body }: Knock): Promise<KnockAnswer> {
  const framed = body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) }
  const raw = Object.entries({ host: `127.0.0.1:${port}`, ...framed }).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => [name, one]),
  )
  return new Promise((resolve) => {
    const asked = httpRequest({ host: '127.0.0.1', port, method, path, headers: raw, agent: false }, (answer) => {
      let text = ''
      const give = () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text })
        asked.destroy()
      }
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (answer.headers['content-type']?.startsWith('text/event-stream')) give()
      })
      answer.on('end', give)
    })
    const cut = () => resolve({ status: 0, headers: {}, body: '' })
    asked.on('error', cut)
    // Neither is an answer to a request like ours; what they carry must not pass for one.
    asked.on('upgrade', (answer, socket) => {
      socket.destroy()
      resolve({ status: answer.statusCode ?? 101, headers: answer.headers, body: '' })
    })
    asked.on('connect', (answer, socket) => {
      socket.destroy()
      resolve({ status: answer.statusCode ?? 200, headers: answer.headers, body: '' })
    })
    asked.setTimeout(PATIENCE_MS, () => asked.destroy())
    asked.end(body)
  })
}

/** Trades the code of a one-time address for a session, as the page does. */
export async function openSessionAt(url: string): Promise<SessionHeaders> {
  const { port, hash, origin } = new URL(url)
  const answer = await knock(Number(port), {
    ...{ method: 'POST', path: '/api/session' },
    headers: { origin, 'content-type': 'application/json', [SESSION_HEADER]: 'new' },
    body: JSON.stringify({ code: new URLSearchParams(hash.slice(1)).get('code') }),
  })
  if (answer.status !== 200) throw new Error(`no session: ${answer.status} ${answer.body}`)
  const cookie = answer.headers['set-cookie']![0]!.split(';', 1)[0]!
  return { cookie, [SESSION_HEADER]: (JSON.parse(answer.body) as { token: string }).token }
}
