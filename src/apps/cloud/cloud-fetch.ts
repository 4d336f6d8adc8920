import { randomUUID } from 'node:crypto'
import { isDatabaseAway } from '../../adapters/cloud-db/database-away.ts'
import { STATUS_OF, type CloudFailure } from '../../contracts/cloud/failure.ts'
import { validateLicence, type LeaseClaims } from '../../contracts/cloud/licence.ts'
import { CLOUD_HEADER, DeviceId } from '../../contracts/cloud/words.ts'
import { asksOf } from '../../domain/rate/budgets.ts'
import type { RateAsk, RateLimiter, RateVerdict } from '../../domain/rate/rate-limiter.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import type { Asked } from './asked.ts'
import { CloudRefused, CloudReply, cloudRefuse, type CloudCall, type CloudHandler } from './cloud-call.ts'
import type { CloudMetrics, RouteMetrics } from './cloud-metrics.ts'
import { checkInput, mayHaveBody, readBody, readQuery, userIdIn, type RawInput } from './read-input.ts'

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

/** An answer in one piece, with its length. */
export type PlainAnswer = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: string }>

/** @param address where the request came from: see callerAddress */
export type CloudAnswerer = (asked: Asked, address: string) => Promise<PlainAnswer | Response>

/** What is known of a request so far; its answer carries it. */
type Progress = { requestId: string; verdict: RateVerdict | undefined }

const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/
/** Longest time that a handler may work for an answer, milliseconds; streams have none. */
const DEADLINE_MS = 30_000
const READING = new Set(['GET', 'HEAD'])
const NO_CREDIT = Number.MAX_SAFE_INTEGER

type Served = Readonly<{ handler: CloudHandler; note: RouteMetrics }>

/** The whole server as one function: who asks, may they, what do they ask, and the answer or the reason why not. */
export function cloudAnswerer(parts: CloudFetchParts): CloudAnswerer {
  // Paths of the API hold no parameters: to find one is to look it up.
  const routes = new Map<string, Map<string, Served>>()
  for (const handler of parts.handlers) {
    const { method, path } = handler.route
    const methods = routes.get(path) ?? new Map<string, Served>()
    routes.set(path, methods.set(method, { handler, note: parts.metrics.route(path) }))
  }
  const noteNowhere = parts.metrics.route('none')

  async function nowhere(asked: Asked, path: string, address: string): Promise<PlainAnswer | Response> {
    const methods = routes.get(path)
    const progress: Progress = { requestId: requestIdOf(asked), verdict: undefined }
    try {
      await take(asksOf({ ...NOBODY, limit: 'page', address }), progress)
    } catch (error) {
      if (!(error instanceof CloudRefused)) throw error
      noteNowhere(STATUS_OF[error.code], 0)
      return failed(error, progress)
    }
    if (!methods && READING.has(asked.method) && path.startsWith('/') && !path.startsWith('/api/')) {
      const page = await parts.pages?.(new Request(`http://localhost${path}`))
      if (page) return withHeaders(page, progress)
    }
    const [code, message] = methods
      ? (['method_not_allowed', `This takes ${[...methods.keys()].join(' and ')} only.`] as const)
      : (['not_found', 'There is nothing here.'] as const)
    noteNowhere(STATUS_OF[code], 0)
    const refused = new CloudRefused(code, message, 'See /api/openapi.json for what there is.')
    return failed(refused, progress)
  }

  /** Never fails: what was thrown becomes an answer. Called for every request, so it is one function with few steps. */
  async function timed({ handler, note }: Served, asked: Asked, address: string) {
    const began = parts.elapsed()
    const progress: Progress = { requestId: requestIdOf(asked), verdict: undefined }
    let response: PlainAnswer | Response
    try {
      response = await answer(handler, asked, address, progress)
    } catch (error) {
      const refused = error instanceof CloudRefused ? error : isDatabaseAway(error) ? AWAY : INTERNAL
      const where = { route: handler.route.path, requestId: progress.requestId }
      if (refused !== error) parts.log.error('request-failed', 'A request failed', { ...where, error })
      response = failed(refused, progress)
    }
    note(response.status, (parts.elapsed() - began) / 1000)
    return response
  }

  /** A promise only where somebody else is asked: each costs a turn of a loop that all requests go round. */
  function take(asks: readonly RateAsk[], progress: Progress): Promise<void> | undefined {
    if (asks.length === 0) return undefined
    const said = parts.limiter.take(asks)
    if (said instanceof Promise) return said.then((verdict) => letIn(verdict, progress))
    letIn(said, progress)
    return undefined
  }

  async function answer(handler: CloudHandler, asked: Asked, address: string, progress: Progress) {
    const { route } = handler
    // Answered like GET, without a body: a stream would be opened that nobody can ever read.
    if (route.stream && asked.method === 'HEAD')
      cloudRefuse('method_not_allowed', 'This takes GET only.', 'Ask with GET.')
    const now = parts.now()
    const { header } = asked
    const token = header(CLOUD_HEADER.lease)
    const lease = token === undefined ? undefined : parts.leases.verify(token)
    // Before a key is looked up: who tries many shall not keep the database busy.
    if (route.limit === 'admin') await take(asksOf({ ...NOBODY, limit: 'admin', address }), progress)
    const admin = route.access === 'admin' ? await parts.findAdmin(header, now) : undefined
    let given: RawInput | undefined
    let misread: unknown
    try {
      given = route.method === 'POST' ? readBody(await asked.text(mayHaveBody(route, asked))) : readQuery(asked)
    } catch (error) {
      misread = error
    }
    const userId = userIdIn(given?.value)

    // Taken before anything is said about the request, so that mistakes count like everything else.
    if (route.limit !== 'admin' || admin) {
      const others = take(
        asksOf({
          limit: route.limit,
          address,
          licenceId: lease?.licence_id,
          adminKeyId: admin?.keyId,
          userId: userId.length > LONGEST_USER_ID ? userId.slice(0, LONGEST_USER_ID) : userId,
        }),
        progress,
      )
      if (others) await others
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

    const facts = { requestId: progress.requestId, now, address, userId, deviceId, lease, admin, header }
    const call = new AnsweredCall(facts, given.rawBody, asked, route.stream === true)
    const said = handler.answer(call, input as never)
    const result = said instanceof Promise ? ((await said) as unknown) : said
    if (result instanceof Response) return withHeaders(result, progress)
    const [body, extra] = result instanceof CloudReply ? [result.body as unknown, result.headers] : [result, undefined]
    // The schema also takes out what it does not name: nothing leaves by mistake.
    return json(200, handler.exact === true ? body : route.output.parse(body), progress, extra)
  }

  return (asked, address) => {
    const end = asked.url.indexOf('?')
    const path = end === -1 ? asked.url : asked.url.slice(0, end)
    const methods = routes.get(path)
    const served = methods?.get(asked.method === 'HEAD' ? 'GET' : asked.method)
    return served ? timed(served, asked, address) : nowhere(asked, path, address)
  }
}

/**
 * A class, because its signal is made when somebody looks at it: an object with a getter of its own has a hidden class of
 * its own as well, which keeps all of its request alive until the next full collection.
 */
class AnsweredCall implements CloudCall {
  readonly requestId: string
  readonly now: EpochMs
  readonly address: string
  readonly userId: string
  readonly deviceId: string | undefined
  readonly lease: LeaseClaims | undefined
  readonly admin: CloudCall['admin']
  readonly rawBody: string
  readonly header: CloudCall['header']
  readonly #asked: Asked
  readonly #isStream: boolean

  constructor(facts: Omit<CloudCall, 'signal' | 'rawBody'>, rawBody: string, asked: Asked, isStream: boolean) {
    this.requestId = facts.requestId
    this.now = facts.now
    this.address = facts.address
    this.userId = facts.userId
    this.deviceId = facts.deviceId
    this.lease = facts.lease
    this.admin = facts.admin
    this.rawBody = rawBody
    this.header = facts.header
    this.#asked = asked
    this.#isStream = isStream
  }

  get signal(): AbortSignal {
    if (this.#isStream) return this.#asked.signal()
    return AbortSignal.any([this.#asked.signal(), AbortSignal.timeout(DEADLINE_MS)])
  }
}

const LONGEST_USER_ID = 64
/** As whom a request counts of which only the address is known. */
const NOBODY = { licenceId: undefined, userId: '', adminKeyId: undefined } as const

/** The caller's own name of the request, where it can stand in a header and in a log. */
function requestIdOf({ header }: Asked): string {
  const given = header(CLOUD_HEADER.requestId)
  return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID()
}

function checkLease(lease: LeaseClaims | undefined, userId: string, deviceId: string | undefined): void {
  const isOurs = lease && (userId === '' || lease.user_id === userId) && (!deviceId || lease.device_id === deviceId)
  if (!isOurs)
    cloudRefuse(
      'lease_invalid',
      'The lease is not one of ours for this user and device.',
      'Validate the licence again; its answer brings a lease.',
    )
}

/** @throws {CloudRefused} rate_limited */
function letIn(verdict: RateVerdict, progress: Progress): void {
  progress.verdict = verdict
  const { allowed, retryAfterSeconds } = verdict
  if (allowed) return
  cloudRefuse(
    'rate_limited',
    'Too many requests.',
    `Ask again in ${retryAfterSeconds} s.`,
    Math.max(1, retryAfterSeconds),
  )
}

const AWAY = new CloudRefused('unavailable', 'The database does not answer.', 'Try again in a moment.', 2)
const INTERNAL = new CloudRefused('internal', 'The server failed.', 'Try again; if it stays, tell whoever runs it.')

function failed({ code, message, nextStep, retryAfterSeconds }: CloudRefused, progress: Progress): PlainAnswer {
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

function json(
  status: number,
  body: unknown,
  progress: Progress,
  extra?: Readonly<Record<string, string>>,
): PlainAnswer {
  const text = JSON.stringify(body)
  const headers = headersOf(progress)
  headers['content-type'] = 'application/json'
  headers['content-length'] = `${Buffer.byteLength(text)}`
  if (extra) Object.assign(headers, extra)
  return { status, headers, body: text }
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
