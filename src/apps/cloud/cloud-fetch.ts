import { Hono } from 'hono'
import { randomUUID } from 'node:crypto'
import { isDatabaseAway } from '../../adapters/cloud-db/database-away.ts'
import { STATUS_OF, type CloudFailure } from '../../contracts/cloud/failure.ts'
import { validateLicence, type LeaseClaims } from '../../contracts/cloud/licence.ts'
import { CLOUD_HEADER, DeviceId } from '../../contracts/cloud/words.ts'
import { asksOf } from '../../domain/rate/budgets.ts'
import type { RateLimiter, RateVerdict } from '../../domain/rate/rate-limiter.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { CloudRefused, CloudReply, cloudRefuse, type CloudCall, type CloudHandler } from './cloud-call.ts'
import type { CloudMetrics, RouteMetrics } from './cloud-metrics.ts'
import { checkInput, readBody, readQuery, userIdIn, type RawInput } from './read-input.ts'

export type CloudFetchParts = Readonly<{
  handlers: readonly CloudHandler[]
  limiter: RateLimiter
  leases: {
    /** Claims of a lease whose signature holds, whatever its age; undefined for any other text. */
    verify(token: string): LeaseClaims | undefined
  }
  /** Who an admin route is asked by: by `Authorization: Bearer`, or by the session of a page. */
  findAdmin: (header: CloudCall['header'], now: EpochMs) => Promise<CloudCall['admin']>
  /** What is not under /api: the pages. */
  pages?: (request: Request) => Promise<Response | undefined>
  metrics: CloudMetrics
  log: Pick<Log, 'error'>
  now: () => EpochMs
  /** Monotonic, milliseconds. */
  elapsed: () => number
}>

/** @param caller where the request came from: see callerAddress */
export type CloudFetch = (request: Request, caller: Readonly<{ address: string }>) => Promise<Response> | Response

/** What is known of a request so far; its answer carries it. */
type Progress = { requestId: string; verdict: RateVerdict | undefined }

const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/
/** Longest time that a handler may work for an answer, milliseconds; streams have none. */
const DEADLINE_MS = 30_000
const NO_CREDIT = Number.MAX_SAFE_INTEGER

/** The whole server as one function: who asks, may they, what do they ask, and the answer or the reason why not. */
export function cloudFetch(parts: CloudFetchParts): CloudFetch {
  const app = new Hono<{ Bindings: { address: string } }>()
  const methods = new Map<string, string[]>()
  const nowhere = parts.metrics.route('none')
  for (const handler of parts.handlers) {
    const { method, path } = handler.route
    methods.set(path, [...(methods.get(path) ?? []), method])
    const asked = parts.metrics.route(path)
    app.on(method, path, (context) => timed(handler, asked, context.req.raw, context.env.address))
  }
  app.notFound(async (context) => {
    const progress = { requestId: requestIdOf(context.req.raw), verdict: undefined }
    const { path, method } = context.req
    const allowed = methods.get(path)
    if (!allowed && (method === 'GET' || method === 'HEAD') && !path.startsWith('/api/')) {
      const page = await parts.pages?.(context.req.raw)
      if (page) return page
    }
    const [code, message] = allowed
      ? (['method_not_allowed', `This takes ${allowed.join(' and ')} only.`] as const)
      : (['not_found', 'There is nothing here.'] as const)
    nowhere(STATUS_OF[code], 0)
    return failed(new CloudRefused(code, message, 'See /api/openapi.json for what there is.'), progress)
  })
  app.onError((error, context) => {
    parts.log.error('request-failed', 'A request failed outside of its handler', { error })
    const progress = { requestId: requestIdOf(context.req.raw), verdict: undefined }
    return failed(INTERNAL, progress)
  })

  /** Never fails: what was thrown becomes an answer. Called for every request, so it is one function with few steps. */
  async function timed(handler: CloudHandler, asked: RouteMetrics, request: Request, address: string) {
    const began = parts.elapsed()
    const progress: Progress = { requestId: requestIdOf(request), verdict: undefined }
    let response: Response
    try {
      response = await answer(handler, request, address, progress)
    } catch (error) {
      const refused = error instanceof CloudRefused ? error : isDatabaseAway(error) ? AWAY : INTERNAL
      const where = { route: handler.route.path, requestId: progress.requestId }
      if (refused !== error) parts.log.error('request-failed', 'A request failed', { ...where, error })
      response = failed(refused, progress)
    }
    asked(response.status, (parts.elapsed() - began) / 1000)
    return response
  }

  async function answer(handler: CloudHandler, request: Request, address: string, progress: Progress) {
    const { route } = handler
    // Answered like GET, without a body: a stream would be opened that nobody can ever read.
    if (route.stream && request.method === 'HEAD')
      cloudRefuse('method_not_allowed', 'This takes GET only.', 'Ask with GET.')
    const now = parts.now()
    const header = (name: string) => request.headers.get(name) ?? undefined
    const token = header(CLOUD_HEADER.lease)
    const lease = token === undefined ? undefined : parts.leases.verify(token)
    const admin = route.access === 'admin' ? await parts.findAdmin(header, now) : undefined
    let given: RawInput | undefined
    let misread: unknown
    try {
      given = route.method === 'POST' ? await readBody(route, request) : readQuery(request)
    } catch (error) {
      // Not one of ours: the caller hung up, or the connection broke.
      misread = error instanceof CloudRefused ? error : BROKEN_OFF
    }
    const userId = userIdIn(given?.value)

    // Taken before anything is said about the request, so that mistakes count like everything else.
    const asks = asksOf({
      limit: route.limit,
      address,
      licenceId: lease?.licence_id,
      adminKeyId: admin?.keyId,
      userId: userId.length > LONGEST_USER_ID ? userId.slice(0, LONGEST_USER_ID) : userId,
    })
    if (asks.length > 0) {
      const verdict = (progress.verdict = await parts.limiter.take(asks))
      if (!verdict.allowed) tooOften(verdict)
    }
    if (route.access === 'admin' && !admin)
      cloudRefuse('unauthorized', 'This needs an admin key.', 'Send it as Authorization: Bearer sla_….')
    if (given === undefined) throw misread
    const input = checkInput(route, given.value)
    const deviceId = header(CLOUD_HEADER.deviceId)
    if (deviceId !== undefined && !DeviceId.safeParse(deviceId).success)
      cloudRefuse('body_invalid', `${CLOUD_HEADER.deviceId} is no device id.`, 'Leave it out or correct it.')
    // Whoever renews shows the key of the licence itself; an old lease must not keep him from a new one.
    if (token !== undefined && route.path !== validateLicence.path) checkLease(lease, userId, deviceId)

    const { requestId } = progress
    const { rawBody } = given
    const call: CloudCall = {
      ...{ requestId, now, address, userId, deviceId, lease, admin, rawBody, header },
      get signal() {
        return route.stream ? request.signal : AbortSignal.any([request.signal, AbortSignal.timeout(DEADLINE_MS)])
      },
    }
    const result = await handler.answer(call, input as never)
    if (result instanceof Response) return withHeaders(result, progress)
    const [body, extra] = result instanceof CloudReply ? [result.body as unknown, result.headers] : [result, undefined]
    // The schema also takes out what it does not name: nothing leaves by mistake.
    return json(200, handler.exact === true ? body : route.output.parse(body), progress, extra)
  }

  return (request, caller) => app.fetch(request, caller)
}

const LONGEST_USER_ID = 64

/** The caller's own name of the request, where it can stand in a header and in a log. */
function requestIdOf(request: Request): string {
  const given = request.headers.get(CLOUD_HEADER.requestId)
  return given !== null && REQUEST_ID.test(given) ? given : randomUUID()
}

const BROKEN_OFF = new CloudRefused('body_invalid', 'The body did not arrive whole.', 'Send it again.')

function checkLease(lease: LeaseClaims | undefined, userId: string, deviceId: string | undefined): void {
  const isOurs = lease && (userId === '' || lease.user_id === userId) && (!deviceId || lease.device_id === deviceId)
  if (!isOurs)
    cloudRefuse(
      'lease_invalid',
      'The lease is not one of ours for this user and device.',
      'Validate the licence again; its answer brings a lease.',
    )
}

function tooOften({ retryAfterSeconds }: RateVerdict): never {
  return cloudRefuse(
    'rate_limited',
    'Too many requests.',
    `Ask again in ${retryAfterSeconds} s.`,
    Math.max(1, retryAfterSeconds),
  )
}

const AWAY = new CloudRefused('unavailable', 'The database does not answer.', 'Try again in a moment.', 2)
const INTERNAL = new CloudRefused('internal', 'The server failed.', 'Try again; if it stays, tell whoever runs it.')

function failed({ code, message, nextStep, retryAfterSeconds }: CloudRefused, progress: Progress): Response {
  const body: CloudFailure = {
    ...{ code, message, next_step: nextStep, request_id: progress.requestId },
    ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
  }
  const extra = {
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterSeconds)) }),
    ...(code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
    // What was not read of a body that is too large would be taken for the next request.
    ...(code === 'body_too_large' ? { connection: 'close' } : {}),
  }
  return json(STATUS_OF[code], body, progress, extra)
}

function json(status: number, body: unknown, progress: Progress, extra?: Readonly<Record<string, string>>): Response {
  const headers = headersOf(progress)
  headers['content-type'] = 'application/json'
  if (extra) Object.assign(headers, extra)
  return new Response(JSON.stringify(body), { status, headers })
}

function headersOf({ requestId, verdict }: Progress): Record<string, string> {
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
  }
  if (verdict !== undefined && verdict.remaining !== NO_CREDIT) headers['ratelimit-remaining'] = `${verdict.remaining}`
  return headers
}

function withHeaders(response: Response, progress: Progress): Response {
  for (const [name, value] of Object.entries(headersOf(progress)))
    if (!response.headers.has(name)) response.headers.set(name, value)
  return response
}
