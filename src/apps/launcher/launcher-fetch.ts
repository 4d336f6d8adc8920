import { onError, ORPCError } from '@orpc/server'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import type { Log } from '../../adapters/log/open-log.ts'
import { launcherContract, SESSION_HEADER, SessionRequest } from '../../contracts/launcher-api.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import type { launcherApi } from './api/launcher-api.ts'
import type { ApiContext } from './api/procedures.ts'
import { serveStatic } from '../static-files.ts'
import { SECURITY_HEADERS, SESSION_PATH, sessionCookie } from './browser-door.ts'
import type { Sessions } from './sessions.ts'

export type LauncherFetch = (request: Request, door: ApiContext['door']) => Promise<Response>

/**
 * The whole launcher as one function: the API under /api, its description, the sessions of browsers, and the page.
 *
 * Who may come in is for the doors to say; here everybody has been let in already.
 */
export function launcherFetch(parts: {
  api: ReturnType<typeof launcherApi>
  sessions: Sessions
  /** Where the browser door listens. */
  port: () => number
  rendererFolder: string
  version: string
  log: Log
}): LauncherFetch {
  const handler = new OpenAPIHandler<ApiContext>(parts.api, {
    interceptors: [
      onError((error) => {
        if (error instanceof ORPCError && error.status < 500) return
        parts.log.error('request-failed', 'A request failed inside the launcher', { error })
      }),
    ],
  })
  let document: Promise<string> | undefined

  async function route(request: Request, door: ApiContext['door']): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === SESSION_PATH && door === 'browser') return openSession(request)
    if (pathname === '/api/openapi.json' && request.method === 'GET') {
      document ??= describeApi(parts.version)
      return json(200, await document)
    }
    if (pathname === '/api' || pathname.startsWith('/api/')) {
      const { matched, response } = await handler.handle(request, { prefix: '/api', context: { door } })
      if (!matched) return refused(404, nothingAt(pathname))
      // The one error that comes before any procedure: a body that is no JSON.
      return response.status === 400 ? refused(400, MALFORMED) : response
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return refused(405, nothingAt(pathname))
    return serveStatic(parts.rendererFolder, pathname)
  }

  async function openSession(request: Request): Promise<Response> {
    if (request.method !== 'POST') return refused(405, nothingAt(SESSION_PATH))
    const body = SessionRequest.safeParse(await request.json().catch(() => undefined))
    const outcome = body.success ? parts.sessions.exchange(body.data.code) : ({ kind: 'wrong' } as const)
    switch (outcome.kind) {
      case 'opened': {
        const cookie = `${sessionCookie(parts.port())}=${outcome.keys.cookie}; HttpOnly; SameSite=Strict; Path=/api`
        return json(200, JSON.stringify({ token: outcome.keys.token }), { 'set-cookie': cookie })
      }
      case 'wrong':
        return refused(401, WRONG_CODE)
      case 'too-many':
        return refused(429, TOO_MANY, { 'retry-after': String(outcome.retryAfterSeconds) })
    }
  }

  return async (request, door) => {
    const response = await route(request, door)
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value)
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store')
    return response
  }
}

/** A refusal in the form of the API's own errors. */
export function refused(status: number, why: Refusal, headers: Record<string, string> = {}): Response {
  return json(status, refusalBody(status, why), headers)
}

export function refusalBody(status: number, why: Refusal): string {
  const code =
    { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 429: 'TOO_MANY_REQUESTS' }[status] ?? 'REFUSED'
  return JSON.stringify({ defined: false, code, status, message: why.message, data: why })
}

function json(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })
}

/** The OpenAPI document. The generator is loaded when somebody asks; most runs never do. */
async function describeApi(version: string): Promise<string> {
  const { OpenAPIGenerator } = await import('@orpc/openapi')
  const { ZodToJsonSchemaConverter } = await import('@orpc/zod/zod4')
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(launcherContract, {
    info: { title: 'Slipway launcher', version },
    servers: [{ url: '/api' }],
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'header', name: SESSION_HEADER },
      },
    },
    security: [{ session: [] }],
  })
  return JSON.stringify(document)
}

const MALFORMED = refusal('bad-usage', 'The request can not be read.', 'Send one JSON value as its body.')
const WRONG_CODE = refusal(
  'unauthorized',
  'This address was used already or is too old.',
  'Open a new one: npx slipway open',
)
const TOO_MANY = refusal('unauthorized', 'Too many wrong codes were tried.', 'Wait a minute, then: npx slipway open')

function nothingAt(path: string): Refusal {
  return refusal('bad-usage', `There is nothing at ${path}.`, 'See what there is in /api/openapi.json.')
}
