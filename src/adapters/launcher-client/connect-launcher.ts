import { setTimeout as delay } from 'node:timers/promises'
import { createORPCClient, ORPCError } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { JsonifiedClient } from '@orpc/openapi-client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { RefusalShape } from '../../contracts/bot-protocol.ts'
import { launcherContract, SESSION_HEADER, SessionAnswer } from '../../contracts/launcher-api.ts'
import { EXIT_CODE_OF, Refused, refusal, type Refusal, type RefusalCode } from '../../domain/failure/refusal.ts'
import { socketFetch } from './socket-fetch.ts'

/** The launcher's API, typed by its contract. Calls throw `Refused` with what the launcher refused. */
export type LauncherApi = JsonifiedClient<ContractRouterClient<typeof launcherContract>>

export type LauncherHealth = Awaited<ReturnType<LauncherApi['health']>>

export type LauncherClient = Readonly<{
  api: LauncherApi
  /**
   * Waits until a launcher that is starting answers.
   *
   * @throws {Refused} launcher-unreachable
   */
  whenReady(timeoutMs: number): Promise<LauncherHealth>
}>

const CONNECT_MS = 5_000
const POLL_MS = 50

/** The launcher of a home, over its socket. Nothing is connected until the first call. */
export function connectLauncher(options: { endpoint: string; connectMs?: number }): LauncherClient {
  const connectMs = options.connectMs ?? CONNECT_MS
  return clientOf('http://localhost', (request) => socketFetch(options.endpoint, request, connectMs), {})
}

/**
 * The launcher over loopback HTTP, as a browser would: trades the code of a one-time address for a session.
 *
 * @param url as printed by the launcher, with its #code=…
 * @throws {Refused} unauthorized, launcher-unreachable
 */
export async function connectLauncherByUrl(url: string): Promise<LauncherClient> {
  const { origin, hash } = new URL(url)
  const code = new URLSearchParams(hash.slice(1)).get('code') ?? ''
  const response = await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [SESSION_HEADER]: 'new', origin },
    body: JSON.stringify({ code }),
  }).catch((error: unknown) => {
    throw new Refused(unreachable(error))
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new Refused(refusalIn(answer) ?? unreachable(response.status))
  const { token } = SessionAnswer.parse(answer)
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
  return clientOf(origin, (request) => fetch(request), { [SESSION_HEADER]: token, cookie, origin })
}

function clientOf(
  origin: string,
  send: (request: Request) => Promise<Response>,
  headers: Record<string, string>,
): LauncherClient {
  const link = new OpenAPILink(launcherContract, {
    url: `${origin}/api`,
    headers: () => headers,
    fetch: send,
    interceptors: [
      async ({ next }) => {
        try {
          return await next()
        } catch (error) {
          throw asRefused(error)
        }
      },
    ],
  })
  const api: LauncherApi = createORPCClient(link)

  async function whenReady(timeoutMs: number): Promise<LauncherHealth> {
    for (const end = performance.now() + timeoutMs; ; await delay(POLL_MS)) {
      try {
        return await api.health()
      } catch (error) {
        const isAbsent = error instanceof Refused && error.refusal.code === 'launcher-unreachable'
        if (!isAbsent || performance.now() > end) throw error
      }
    }
  }
  return { api, whenReady }
}

/** What went wrong with a call: the launcher's refusal, or that it could not be reached. A cancelled call stays one. */
function asRefused(error: unknown): unknown {
  if (error instanceof Refused || (error as Error | undefined)?.name === 'AbortError') return error
  if (!(error instanceof ORPCError)) return new Refused(unreachable(error))
  const said = refusalIn({ data: error.data as unknown })
  return new Refused(
    said ?? refusal('internal', `The launcher failed: ${error.message}.`, 'Look at its log: logs/launcher.log'),
  )
}

function refusalIn(answer: unknown): Refusal | undefined {
  const shape = RefusalShape.safeParse((answer as { data?: unknown } | undefined)?.data).data
  if (!shape) return undefined
  const code = Object.hasOwn(EXIT_CODE_OF, shape.code) ? (shape.code as RefusalCode) : 'internal'
  return { ...shape, code }
}

function unreachable(cause: unknown): Refusal {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  const why = code === undefined || code === 'ENOENT' || code === 'ECONNREFUSED' ? '' : ` (${code})`
  return refusal('launcher-unreachable', `The launcher can't be reached${why}.`, 'Start it with: npm start')
}
