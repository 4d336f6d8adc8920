import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { answers, CloudReply, cloudRefuse, type CloudCall } from '../../../src/apps/cloud/cloud-call.ts'
import { cloudFetch, type CloudFetchParts } from '../../../src/apps/cloud/cloud-fetch.ts'
import { openMetrics } from '../../../src/apps/cloud/cloud-metrics.ts'
import { readCalendar, refreshCalendar } from '../../../src/contracts/cloud/calendar.ts'
import { CloudFailure } from '../../../src/contracts/cloud/failure.ts'
import type { LeaseClaims } from '../../../src/contracts/cloud/licence.ts'
import { getConfidence, readStats } from '../../../src/contracts/cloud/pool.ts'
import { cloudRoute } from '../../../src/contracts/cloud/route.ts'
import { UNLIMITED, type RateAsk } from '../../../src/domain/rate/rate-limiter.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const USER = '0123456789ab'
const QUESTION = { user_id: USER, symbol: '6EH4', side: 'buy', features: { atr: 1.5 } }
const LEASE = { licence_id: 'lic_1', user_id: USER, device_id: 'device-0001' } as LeaseClaims
const ADMIN = { keyId: 'adm_1', role: 'owner', label: 'ops' } as const

const echo = cloudRoute({
  ...{ method: 'POST', path: '/api/test/echo', summary: 'For tests', access: 'open', limit: 'user', repeatable: true },
  input: z.strictObject({ text: z.string().default(''), number: z.number().optional() }),
  output: z.object({ text: z.string() }),
})
const failing = cloudRoute({ ...echo, path: '/api/test/failing' })

type Case = Readonly<{ parts?: Partial<CloudFetchParts>; address?: string }>

function server({ parts, address = '192.0.2.1' }: Case = {}) {
  const calls: { call: CloudCall; input: unknown }[] = []
  const asked: (readonly RateAsk[])[] = []
  const errors: unknown[] = []
  const kept = (call: CloudCall, input: unknown) => void calls.push({ call, input })
  const metrics = openMetrics()
  const handle = cloudFetch({
    handlers: [
      answers(getConfidence, (call, input) => {
        kept(call, input)
        return {
          ...{
            confidence: 0.5,
            should_trade: false,
            threshold: 0.5,
            sample_size: 0,
            win_rate: null,
            expected_pnl: null,
          },
          ...{ reason: 'neutral', stop_multiple: null, target_multiple: null, user_id: 'must not leave' },
        }
      }),
      answers(readStats, (call, input) =>
        cloudRefuse('unavailable', `No ${kept(call, input) ?? 'stats'}.`, 'Wait.', 2),
      ),
      answers(refreshCalendar, (call, input) => {
        kept(call, input)
        return { changed: 0, sources: [] }
      }),
      answers(readCalendar, () => new Response('text', { headers: { etag: '"1"' } }) as never),
      answers(echo, (call, input) => {
        kept(call, input)
        return new CloudReply({ text: input.text }, { 'set-cookie': 'a=b' })
      }),
      answers(failing, () => {
        throw new Error('password hunter2 in /home/somebody')
      }),
    ],
    limiter: {
      take: async (asks) => {
        asked.push(asks)
        return { allowed: true, remaining: 42, retryAfterSeconds: 0, refusedBy: undefined }
      },
    },
    leases: { verify: (token) => (token === 'good' ? LEASE : undefined) },
    findAdmin: async (header) => (header('authorization') === 'Bearer sla_right' ? ADMIN : undefined),
    metrics,
    log: { error: (...line) => void errors.push(line) },
    now: () => epochMs(1_000),
    elapsed: () => 0,
    ...parts,
  })
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await handle(new Request(`http://cloud${path}`, init), { address })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text }
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  return { ask, post, calls, asked, errors, metrics }
}

const CONFIDENCE = getConfidence.path

describe("the cloud's door", () => {
  it('hands a call on with who asks, and answers with its request id and what is left of its budget', async () => {
    const { post, calls } = server()
    const answer = await post(CONFIDENCE, QUESTION, {
      'x-request-id': 'request-0001',
      'x-slipway-device': 'device-0001',
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-request-id')).toBe('request-0001')
    expect(answer.headers.get('ratelimit-remaining')).toBe('42')
    expect(calls[0]).toMatchObject({
      call: { requestId: 'request-0001', now: 1_000, address: '192.0.2.1', userId: USER, deviceId: 'device-0001' },
      input: { ...QUESTION, kind: 'signal' },
    })
  })

  it('answers nothing that the contract does not name', async () => {
    const { post } = server()
    expect((await post(CONFIDENCE, QUESTION)).text).not.toContain('must not leave')
  })

  it("takes GET's input from the query", async () => {
    const { ask, calls } = server()
    await ask(`${readStats.path}?user_id=${USER}`)
    expect(calls[0]!.input).toEqual({ user_id: USER })
  })

  it("lets a handler's headers and whole responses through", async () => {
    const { post, ask } = server()
    expect((await post(echo.path, {})).headers.get('set-cookie')).toBe('a=b')
    const whole = await ask(readCalendar.path)
    expect([whole.text, whole.headers.get('etag'), whole.headers.has('x-request-id')]).toEqual(['text', '"1"', true])
  })

  it('answers a refusal with its status, code, next step and when to come again', async () => {
    const answer = await server().ask(`${readStats.path}?user_id=${USER}`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(CloudFailure.parse(JSON.parse(answer.text))).toMatchObject({ code: 'unavailable', retry_after: 2 })
  })

  it('tells nothing of what failed inside, and writes it down', async () => {
    const { post, errors } = server()
    const answer = await post(failing.path, {})
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'internal' })
    expect(answer.text).not.toMatch(/hunter2|somebody/)
    expect(errors).toHaveLength(1)
  })

  it('counts by route and status, never by the path that was asked for', async () => {
    const { ask, post, metrics } = server()
    await post(CONFIDENCE, QUESTION)
    await ask('/api/"\n{}/../secret')
    const text = metrics.text([])
    expect(text).toContain(`slipway_requests_total{route="${CONFIDENCE}",status="200"} 1`)
    expect(text).not.toContain('secret')
  })
})

describe('budgets of requests', () => {
  it('are taken by licence where a lease is shown, else by user, and by address', async () => {
    const { post, asked } = server()
    await post(CONFIDENCE, QUESTION)
    await post(CONFIDENCE, QUESTION, { 'x-slipway-lease': 'good' })
    expect(asked).toEqual([
      [expect.objectContaining({ subject: 'user', key: USER }), { subject: 'address', key: '192.0.2.1' }],
      [
        { subject: 'licence', key: 'lic_1' },
        { subject: 'address', key: '192.0.2.1' },
      ],
    ])
  })

  it.each([
    ['a body that is no JSON', '{'],
    ['no user', '{}'],
    ['wrong features', { ...QUESTION, features: {} }],
  ])('are taken for %s too', async (_, body) => {
    const { post, asked } = server()
    await post(CONFIDENCE, body)
    expect(asked).toHaveLength(1)
  })

  it('that are used up answer 429 with the time to wait, before anything is said of the request', async () => {
    const refused = { allowed: false, remaining: 0, retryAfterSeconds: 17, refusedBy: undefined }
    const { post, calls } = server({ parts: { limiter: { take: async () => refused } } })
    for (const body of [QUESTION, '{']) {
      const answer = await post(CONFIDENCE, body)
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '17'])
      expect(answer.headers.get('ratelimit-remaining')).toBe('0')
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'rate_limited', retry_after: 17 })
    }
    expect(calls).toEqual([])
  })

  it('say nothing where nothing is counted', async () => {
    const { post } = server({ parts: { limiter: { take: async () => UNLIMITED } } })
    expect((await post(CONFIDENCE, QUESTION)).headers.has('ratelimit-remaining')).toBe(false)
  })
})

describe('an admin route', () => {
  it.each([undefined, 'Bearer', 'Bearer sla_wrong', 'Basic sla_right', 'Bearer sla_right, Bearer sla_right'])(
    'turns %s away',
    async (authorization) => {
      const { post, calls } = server()
      const answer = await post(refreshCalendar.path, {}, authorization === undefined ? {} : { authorization })
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([401, 'unauthorized'])
      expect(calls).toEqual([])
    },
  )

  it('knows whose key it was', async () => {
    const { post, calls } = server()
    await post(refreshCalendar.path, {}, { authorization: 'Bearer sla_right' })
    expect(calls[0]!.call.admin).toEqual(ADMIN)
  })
})

describe('bad input', () => {
  const nan = JSON.stringify(QUESTION).replace('1.5', 'NaN')
  const huge = JSON.stringify(QUESTION).replace('1.5', '1e999')
  const injection = "'; DROP TABLE licences; --"
  it.each<[string, unknown, number, string]>([
    ['no user_id', { ...QUESTION, user_id: undefined }, 400, 'user_id_required'],
    ['an empty user_id', { ...QUESTION, user_id: '' }, 400, 'user_id_required'],
    ['user_id as a number', { ...QUESTION, user_id: 12 }, 400, 'user_id_required'],
    ['user_id as a list', { ...QUESTION, user_id: [USER] }, 400, 'user_id_required'],
    ['SQL as user_id', { ...QUESTION, user_id: injection }, 400, 'body_invalid'],
    ['SQL as symbol', { ...QUESTION, symbol: injection }, 400, 'body_invalid'],
    ['line breaks in a symbol', { ...QUESTION, symbol: '6EH4\r\nSet-Cookie: a=b' }, 400, 'body_invalid'],
    ['a wrong side', { ...QUESTION, side: 'BUY' }, 400, 'body_invalid'],
    ['an unknown key', { ...QUESTION, admin: true }, 400, 'body_invalid'],
    [
      'a key that reaches for the prototype',
      JSON.stringify(QUESTION).replace('{', '{"__proto__":{},'),
      400,
      'body_invalid',
    ],
    ['no features', { ...QUESTION, features: {} }, 400, 'body_invalid'],
    [
      '13 features',
      { ...QUESTION, features: Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`f${i}`, 1])) },
      400,
      'body_invalid',
    ],
    ['a feature out of range', { ...QUESTION, features: { atr: 1e7 } }, 400, 'body_invalid'],
    ['a feature named like SQL', { ...QUESTION, features: { [injection]: 1 } }, 400, 'body_invalid'],
    ['a feature that is a text', { ...QUESTION, features: { atr: '1.5' } }, 400, 'body_invalid'],
    ['a feature that is null', { ...QUESTION, features: { atr: null } }, 400, 'body_invalid'],
    ['NaN', nan, 400, 'body_invalid'],
    ['a number beyond every number', huge, 400, 'body_invalid'],
    ['no JSON', 'user_id=1', 400, 'body_invalid'],
    ['an empty body', '', 400, 'body_invalid'],
    ['a list', [QUESTION], 400, 'user_id_required'],
    ['null', 'null', 400, 'user_id_required'],
    ['a text', '"x"', 400, 'user_id_required'],
    ['very deep lists', '['.repeat(30_000), 400, 'body_invalid'],
    ['1 MB', { ...QUESTION, symbol: 'x'.repeat(1_048_576) }, 413, 'body_too_large'],
  ])('is refused: %s', async (_, body, status, code) => {
    const { post, calls, errors } = server()
    const answer = await post(CONFIDENCE, body)
    expect([answer.status, CloudFailure.parse(JSON.parse(answer.text)).code]).toEqual([status, code])
    expect(calls).toEqual([])
    expect(errors).toEqual([])
    expect(answer.text).not.toContain('DROP')
    expect(answer.text.length).toBeLessThan(500)
  })

  it('is refused: 1 MB in pieces, without a length', async () => {
    const { ask, calls } = server()
    const piece = new TextEncoder().encode('x'.repeat(16_384))
    let sent = 0
    const body = new ReadableStream({
      pull: (controller) => (++sent > 64 ? controller.close() : controller.enqueue(piece)),
    })
    const init = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as RequestInit
    const answer = await ask(CONFIDENCE, init)
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([413, 'body_too_large'])
    expect(sent).toBeLessThan(10)
    expect(calls).toEqual([])
  })

  it.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('is refused: %s %o', async (type, headers) => {
    const { post, calls } = server()
    const answer = await post(CONFIDENCE, QUESTION, { 'content-type': type, ...headers })
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([415, 'media_type_unsupported'])
    expect(calls).toEqual([])
  })

  it('is refused: a name given twice in a query', async () => {
    const answer = await server().ask(`${readStats.path}?user_id=${USER}&user_id=${USER}`)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'body_invalid' })
  })

  it.each([
    ['forged', 'bad', USER, undefined],
    ['of another user', 'good', 'ffffffffffff', undefined],
    ['of another device', 'good', USER, 'device-0002'],
  ])('is refused: a lease that is %s', async (_, lease, user, device) => {
    const { post, calls } = server()
    const headers = { 'x-slipway-lease': lease, ...(device ? { 'x-slipway-device': device } : {}) }
    const answer = await post(CONFIDENCE, { ...QUESTION, user_id: user }, headers)
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, 'lease_invalid'])
    expect(calls).toEqual([])
  })

  it.each(['x', 'a b c d e f g h', 'x'.repeat(65), '<script>alert(1)</script>'])(
    'never echoes a request id like %s',
    async (id) => {
      const { post } = server()
      const answer = await post(CONFIDENCE, QUESTION, { 'x-request-id': id })
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  it('is refused: a device id that is none', async () => {
    const answer = await server().post(CONFIDENCE, QUESTION, { 'x-slipway-device': "' or 1=1" })
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'body_invalid' })
  })

  it.each([
    ['GET', CONFIDENCE, 405, 'method_not_allowed'],
    ['PUT', CONFIDENCE, 405, 'method_not_allowed'],
    ['POST', '/api/ml/get_confidence/', 404, 'not_found'],
    ['GET', '/api/none', 404, 'not_found'],
    ['GET', '/../../etc/passwd', 404, 'not_found'],
    ['GET', '/', 404, 'not_found'],
  ])('is refused: %s %s', async (method, path, status, code) => {
    const answer = await server().ask(path, { method })
    expect([answer.status, CloudFailure.parse(JSON.parse(answer.text)).code]).toEqual([status, code])
  })
})
