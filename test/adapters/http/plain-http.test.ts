import { describe, expect, it, type TestContext } from 'vitest'
import { isUnsent } from '../../../src/adapters/http/impatient-agents.ts'
import { isTooLong, openPlainHttp, type PlainRequest } from '../../../src/adapters/http/plain-http.ts'
import { hostileCloud, says, type CloudManner } from '../../support/hostile-cloud.ts'

async function placeOf({ onTestFinished }: TestContext, manner: CloudManner) {
  const place = await hostileCloud(manner)
  const headers = { 'x-who': 'we' }
  const http = openPlainHttp({ address: place, connectMs: 2_000, sockets: 2, headers, longestAnswer: 1_000 })
  onTestFinished(async () => {
    http.close()
    await place.close()
  })
  const call = (more: Partial<PlainRequest> = {}) =>
    http.call({ method: 'GET', path: '/v1/x', ...more }, AbortSignal.timeout(5_000))
  const failure = (more?: Partial<PlainRequest>) =>
    call(more).then(
      () => undefined,
      (error: unknown) => error,
    )
  return { place, call, failure }
}

describe('plain HTTP', () => {
  it('sends what it was told to, wants plain JSON, and gives back status, text and the wait asked for', async (test) => {
    const { place, call } = await placeOf(test, says(503, { later: true }, { 'retry-after': '7' }))
    const asked = { method: 'POST', query: { a: 'b c' }, body: '{"n":1}', headers: { 'x-own': 'this' } } as const
    expect(await call(asked)).toEqual({ status: 503, text: '{"later":true}', retryAfter: '7' })
    expect(place.heard[0]).toMatchObject({ method: 'POST', path: '/v1/x?a=b+c', body: '{"n":1}' })
    expect(place.heard[0]!.headers).toMatchObject({
      ...{ accept: 'application/json', 'accept-encoding': 'identity', 'content-type': 'application/json' },
      ...{ 'x-who': 'we', 'x-own': 'this' },
    })
    await call()
    expect(place.heard[1]!.headers['content-type']).toBeUndefined()
  })

  it('follows no redirect', async (test) => {
    const { place, call } = await placeOf(test, (_, answer) => answer.writeHead(302, { location: '/else' }).end())
    expect(await call()).toMatchObject({ status: 302 })
    expect(place.heard).toHaveLength(1)
  })

  it('reads no more than it may, of all answers or of this one, with and without a length told ahead', async (test) => {
    for (const manner of [
      says(200, 'x'.repeat(900)),
      ((_, answer) => {
        answer.write(`"${'x'.repeat(800)}`)
        answer.end(`${'x'.repeat(100)}"`)
      }) satisfies CloudManner,
    ]) {
      const { call, failure } = await placeOf(test, manner)
      expect((await call()).text).toHaveLength(902)
      const error = await failure({ longestAnswer: 500 })
      expect([isTooLong(error), isUnsent(error)]).toEqual([true, false])
    }
  })

  it('tells what never left from what may have been acted on', async (test) => {
    const { place, failure } = await placeOf(test, (_, answer) => answer.destroy())
    const cut = await failure()
    expect([isTooLong(cut), isUnsent(cut)]).toEqual([false, false])
    await place.close()
    expect(isUnsent(await failure())).toBe(true)
  })
})
