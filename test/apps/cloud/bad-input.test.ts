import { describe, expect, it } from 'vitest'
import { CloudFailure } from '../../../src/contracts/cloud/failure.ts'
import { getConfidence, readStats } from '../../../src/contracts/cloud/pool.ts'
import { cloudDoor, QUESTION, USER } from '../../support/cloud-door.ts'

const CONFIDENCE = getConfidence.path

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
    const { post, calls, errors } = cloudDoor()
    const answer = await post(CONFIDENCE, body)
    expect([answer.status, CloudFailure.parse(JSON.parse(answer.text)).code]).toEqual([status, code])
    expect(calls).toEqual([])
    expect(errors).toEqual([])
    expect(answer.text).not.toContain('DROP')
    expect(answer.text.length).toBeLessThan(500)
  })

  it('is refused: 1 MB in pieces, without a length', async () => {
    const { ask, calls } = cloudDoor()
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
    const { post, calls } = cloudDoor()
    const answer = await post(CONFIDENCE, QUESTION, { 'content-type': type, ...headers })
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([415, 'media_type_unsupported'])
    expect(calls).toEqual([])
  })

  it('is refused: a name given twice in a query', async () => {
    const answer = await cloudDoor().ask(`${readStats.path}?user_id=${USER}&user_id=${USER}`)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'body_invalid' })
  })

  it.each([
    ['forged', 'bad', USER, undefined],
    ['of another user', 'good', 'ffffffffffff', undefined],
    ['of another device', 'good', USER, 'device-0002'],
  ])('is refused: a lease that is %s', async (_, lease, user, device) => {
    const { post, calls } = cloudDoor()
    const headers = { 'x-slipway-lease': lease, ...(device ? { 'x-slipway-device': device } : {}) }
    const answer = await post(CONFIDENCE, { ...QUESTION, user_id: user }, headers)
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, 'lease_invalid'])
    expect(calls).toEqual([])
  })

  it.each(['x', 'a b c d e f g h', 'x'.repeat(65), '<script>alert(1)</script>'])(
    'never echoes a request id like %s',
    async (id) => {
      const { post } = cloudDoor()
      const answer = await post(CONFIDENCE, QUESTION, { 'x-request-id': id })
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  it('is refused: a device id that is none', async () => {
    const answer = await cloudDoor().post(CONFIDENCE, QUESTION, { 'x-slipway-device': "' or 1=1" })
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
    const answer = await cloudDoor().ask(path, { method })
    expect([answer.status, CloudFailure.parse(JSON.parse(answer.text)).code]).toEqual([status, code])
  })
})
