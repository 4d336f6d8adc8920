import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { answers, answersExactly } from '../../../src/apps/cloud/cloud-call.ts'
import { createLocalLimiter } from '../../../src/apps/cloud/limits/local-limiter.ts'
import { readCalendar, refreshCalendar } from '../../../src/contracts/cloud/calendar.ts'
import { CloudFailure } from '../../../src/contracts/cloud/failure.ts'
import { getConfidence, readStats } from '../../../src/contracts/cloud/pool.ts'
import { RATE_BUDGETS } from '../../../src/domain/rate/budgets.ts'
import { UNLIMITED } from '../../../src/domain/rate/rate-limiter.ts'
import { ADMIN, cloudDoor, echo, failing, QUESTION, USER } from '../../support/cloud-door.ts'

const CONFIDENCE = getConfidence.path

describe("the cloud's door", () => {
  it('hands a call on with who asks, and answers with its request id and what is left of its budget', async () => {
    const { post, calls } = cloudDoor()
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
    const { post } = cloudDoor()
    expect((await post(CONFIDENCE, QUESTION)).text).not.toContain('must not leave')
  })

  it('sends an exact answer as it was made', async () => {
    const { post } = cloudDoor({ parts: { handlers: [answersExactly(echo, () => ({ text: 'as it is' }))] } })
    expect((await post(echo.path, {})).text).toBe('{"text":"as it is"}')
  })

  it("takes GET's input from the query", async () => {
    const { ask, calls } = cloudDoor()
    await ask(`${readStats.path}?user_id=${USER}`)
    expect(calls[0]!.input).toEqual({ user_id: USER })
  })

  it("lets a handler's headers and whole responses through", async () => {
    const { post, ask } = cloudDoor()
    expect((await post(echo.path, {})).headers.get('set-cookie')).toBe('a=b')
    const whole = await ask(readCalendar.path)
    expect([whole.text, whole.headers.get('etag'), whole.headers.has('x-request-id')]).toEqual(['text', '"1"', true])
  })

  it('answers a refusal with its status, code, next step and when to come again', async () => {
    const answer = await cloudDoor().ask(`${readStats.path}?user_id=${USER}`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(CloudFailure.parse(JSON.parse(answer.text))).toMatchObject({ code: 'unavailable', retry_after: 2 })
  })

  it('tells nothing of what failed inside, and writes it down', async () => {
    const { post, errors } = cloudDoor()
    const answer = await post(failing.path, {})
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'internal' })
    expect(answer.text).not.toMatch(/hunter2|somebody/)
    expect(errors).toHaveLength(1)
  })

  it('counts by route and status, never by the path that was asked for', async () => {
    const { ask, post, metrics } = cloudDoor()
    await post(CONFIDENCE, QUESTION)
    await ask('/api/"\n{}/../secret')
    const text = metrics.text([])
    expect(text).toContain(`slipway_requests_total{route="${CONFIDENCE}",status="200"} 1`)
    expect(text).not.toContain('secret')
  })

  it('answers HEAD like GET, but opens no stream for it', async () => {
    const opened: string[] = []
    const stream = {
      ...echo,
      method: 'GET',
      stream: true,
      path: '/api/test/stream',
      input: z.strictObject({}),
    } as const
    const handlers = [
      answers(stream, () => {
        opened.push('stream')
        return new Response('')
      }),
      answers({ ...readCalendar, path: '/api/test/plain' }, () => new Response('text')),
    ]
    const { ask } = cloudDoor({ parts: { handlers } })
    expect((await ask(stream.path, { method: 'HEAD' })).status).toBe(405)
    expect((await ask('/api/test/plain', { method: 'HEAD' })).status).toBe(200)
    expect(opened).toEqual([])
  })
})

describe('budgets of requests', () => {
  it('are taken by licence where a lease is shown, and by address; never by who somebody says he is', async () => {
    const { post, asked } = cloudDoor()
    await post(CONFIDENCE, QUESTION)
    await post(CONFIDENCE, QUESTION, { 'x-slipway-lease': 'good' })
    expect(asked).toEqual([
      [{ subject: 'address', key: '192.0.2.1' }],
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
    const { post, asked } = cloudDoor()
    await post(CONFIDENCE, body)
    expect(asked).toHaveLength(1)
  })

  it('that are used up answer 429 with the time to wait, before anything is said of the request', async () => {
    const refused = { allowed: false, remaining: 0, retryAfterSeconds: 17, refusedBy: undefined }
    const { post, calls } = cloudDoor({ parts: { limiter: { take: async () => refused } } })
    for (const body of [QUESTION, '{']) {
      const answer = await post(CONFIDENCE, body)
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '17'])
      expect(answer.headers.get('ratelimit-remaining')).toBe('0')
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'rate_limited', retry_after: 17 })
    }
    expect(calls).toEqual([])
  })

  it('say nothing where nothing is counted', async () => {
    const { post } = cloudDoor({ parts: { limiter: { take: async () => UNLIMITED } } })
    expect((await post(CONFIDENCE, QUESTION)).headers.has('ratelimit-remaining')).toBe(false)
  })
})

describe('pages, and what is not there', () => {
  const limiter = () => createLocalLimiter({ budgets: RATE_BUDGETS, elapsed: () => 0 })
  const pages = async (request: Request) =>
    new URL(request.url).pathname === '/' ? new Response('page', { headers: { 'cache-control': 'x' } }) : undefined

  it('are counted by address, to the last of 600 in a minute, and leave the other budgets alone', async () => {
    const { ask, post } = cloudDoor({ parts: { limiter: limiter(), pages } })
    const statuses: number[] = []
    for (let n = 0; n < 600; n++) {
      const [path, method] = [
        ['/', 'GET'],
        ['/api/none', 'GET'],
        ['/none.php', 'GET'],
        [CONFIDENCE, 'PUT'],
      ][n % 4]!
      statuses.push((await ask(path!, { method: method! })).status)
    }
    expect([200, 404, 405].map((status) => statuses.filter((one) => one === status).length)).toEqual([150, 300, 150])
    for (const path of ['/', '/api/none']) {
      const refused = await ask(path)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'rate_limited', retry_after: 60 })
    }
    expect((await post(CONFIDENCE, QUESTION)).status).toBe(200)
  })

  it('let another address in, and whoever comes by the private socket', async () => {
    const shared = limiter()
    for (let n = 0; n < 600; n++) await shared.take([{ subject: 'page', key: '192.0.2.1' }])
    const statusFrom = async (address: string) =>
      (await cloudDoor({ parts: { limiter: shared, pages }, address }).ask('/')).status
    expect(await statusFrom('192.0.2.1')).toBe(429)
    expect(await statusFrom('192.0.2.2')).toBe(200)
    expect(await statusFrom('local')).toBe(200)
  })

  it('tell what is left, and keep the headers of the page', async () => {
    const { ask } = cloudDoor({ parts: { limiter: limiter(), pages } })
    const page = await ask('/')
    expect([page.text, page.headers.get('cache-control')]).toEqual(['page', 'x'])
    expect(page.headers.get('ratelimit-remaining')).toBe('599')
    expect((await ask('/none.php')).headers.get('ratelimit-remaining')).toBe('598')
  })
})

describe('an admin route', () => {
  it.each([undefined, 'Bearer', 'Bearer sla_wrong', 'Basic sla_right', 'Bearer sla_right, Bearer sla_right'])(
    'turns %s away',
    async (authorization) => {
      const { post, calls } = cloudDoor()
      const answer = await post(refreshCalendar.path, {}, authorization === undefined ? {} : { authorization })
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([401, 'unauthorized'])
      expect(calls).toEqual([])
    },
  )

  it('knows whose key it was', async () => {
    const { post, calls } = cloudDoor()
    await post(refreshCalendar.path, {}, { authorization: 'Bearer sla_right' })
    expect(calls[0]!.call.admin).toEqual(ADMIN)
  })
})
