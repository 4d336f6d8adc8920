import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, type TestContext } from 'vitest'
import type { CloudTrouble } from '../../../src/adapters/cloud/ask.ts'
import { clientOf, DEVICE, onceQuestion, QUICK, safeQuestion, USER } from '../../support/cloud-questions.ts'
import {
  hostileCloud,
  inTurn,
  refuses,
  says,
  type CloudManner,
  type HostileCloud,
} from '../../support/hostile-cloud.ts'

const FINE = says(200, { fine: true })
const ask = { user_id: USER }

async function cloudOf({ onTestFinished }: TestContext, manner: CloudManner): Promise<HostileCloud> {
  const cloud = await hostileCloud(manner)
  onTestFinished(() => cloud.close())
  return cloud
}

async function failureOf(asked: Promise<{ kind: string }>): Promise<CloudTrouble> {
  const { kind, ...rest } = (await asked) as { kind: string; failure: CloudTrouble }
  expect(kind).toBe('failed')
  return rest.failure
}

describe('a question to the cloud', () => {
  it('names its user, its device and itself, and is JSON', async (test) => {
    const cloud = await cloudOf(test, FINE)
    const client = clientOf(test, { url: cloud.url })
    const asked = await client.ask(safeQuestion, ask, { lease: 'a.b.c' })
    expect(asked).toEqual({ kind: 'answer', value: { fine: true } })
    const [call] = cloud.heard
    expect(call).toMatchObject({ method: 'POST', path: '/api/safe', body: JSON.stringify(ask) })
    expect(call!.headers).toMatchObject({
      'content-type': 'application/json',
      'x-slipway-user': USER,
      'x-slipway-device': DEVICE,
      'x-slipway-lease': 'a.b.c',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('goes through a private socket too, to a path below an address, and keeps its connection', async (test) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-cloud-'))
    test.onTestFinished(() => rmSync(folder, { recursive: true }))
    const socketPath = process.platform === 'win32' ? `\\\\.\\pipe\\${folder.slice(-6)}` : join(folder, 'c.sock')
    const cloud = await hostileCloud(FINE, { socketPath })
    test.onTestFinished(() => cloud.close())
    const client = clientOf(test, { socketPath })
    expect((await client.ask(safeQuestion, ask)).kind).toBe('answer')
    expect((await client.ask(safeQuestion, ask)).kind).toBe('answer')
    expect(cloud.connections()).toBe(1)

    const team = await cloudOf(test, FINE)
    await clientOf(test, { url: `${team.url}/slipway` }).ask(safeQuestion, ask)
    expect(team.heard[0]!.path).toBe('/slipway/api/safe')
  })

  it('does not leave when the cloud would not take it, and the refusal does not repeat what was in it', async (test) => {
    const cloud = await cloudOf(test, FINE)
    const client = clientOf(test, { url: cloud.url })
    const failure = await failureOf(client.ask(safeQuestion, { user_id: 'canary-secret' }))
    expect(failure.kind).toBe('invalid')
    expect(failure.message).toContain('user_id')
    expect(JSON.stringify(failure)).not.toContain('canary')
    expect(cloud.heard).toEqual([])
  })
})

describe('a cloud that misbehaves', () => {
  const NONSENSE: Readonly<Record<string, CloudManner>> = {
    'garbage instead of JSON': (_, answer) => answer.end('\u0000<html>'),
    'JSON that is no answer': says(200, { fine: 'perhaps' }),
    'nothing at all': (_, answer) => answer.writeHead(200).end(),
    'a redirect': (_, answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/api/safe' }).end(),
    "somebody else's page": (_, answer) => answer.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Proxy</h1>'),
    'a failure code nobody knows': refuses(403, 'moon_in_the_seventh_house'),
    'a cut connection': (_, answer) => answer.destroy(),
    'half an answer': (_, answer) => {
      answer.writeHead(200, { 'content-length': '100' }).write('{"fine":')
      setTimeout(() => answer.destroy(), 20)
    },
    'an answer that never ends': (_, answer) => {
      answer.writeHead(200)
      const drip = setInterval(() => answer.write(' '), 20)
      answer.on('close', () => clearInterval(drip))
    },
    'no answer': () => undefined,
    'an answer far too long': (_, answer) => {
      answer.writeHead(200)
      const flood = () => {
        while (!answer.destroyed && answer.write(Buffer.alloc(1 << 20, ' ')));
        if (!answer.destroyed) answer.once('drain', flood)
      }
      flood()
    },
    'a packed bomb': (_, answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(1_000)),
  }
  for (const [what, manner] of Object.entries(NONSENSE))
    it(`is lost to us, after as many tries as are allowed: ${what}`, async (test) => {
      const cloud = await cloudOf(test, manner)
      const failure = await failureOf(clientOf(test, { url: cloud.url }).ask(safeQuestion, ask))
      expect(failure.kind).toBe('lost')
      expect(cloud.heard).toHaveLength(QUICK.tries)
    })

  it('is unreachable when nothing listens, without a byte having left', async (test) => {
    const cloud = await hostileCloud(FINE)
    await cloud.close()
    const failure = await failureOf(clientOf(test, { url: cloud.url }).ask(onceQuestion, ask))
    expect(failure).toMatchObject({
      kind: 'unreachable',
      message: "The cloud can't be reached: nothing listens there.",
    })
  })

  it('is not asked twice what must not be done twice', async (test) => {
    const cloud = await cloudOf(test, refuses(500, 'internal'))
    const failure = await failureOf(clientOf(test, { url: cloud.url }).ask(onceQuestion, ask))
    expect(failure).toMatchObject({ kind: 'lost', code: 'internal' })
    expect(cloud.heard).toHaveLength(1)
  })

  it('is asked again and answers then, where asking twice does no harm', async (test) => {
    const cloud = await cloudOf(
      test,
      inTurn(refuses(500, 'internal'), (_, answer) => answer.destroy(), FINE),
    )
    expect((await clientOf(test, { url: cloud.url }).ask(safeQuestion, ask)).kind).toBe('answer')
    expect(new Set(cloud.heard.map(({ headers }) => headers['x-request-id'])).size).toBe(1)
  })

  it('says no, and that is that: the code, its words without control characters', async (test) => {
    const no = { code: 'license_expired', message: 'Over\u0007.\n', next_step: 'Renew it.', request_id: 'r' }
    const cloud = await cloudOf(test, says(403, no))
    const failure = await failureOf(clientOf(test, { url: cloud.url }).ask(safeQuestion, ask))
    expect(failure).toMatchObject({
      kind: 'refused',
      code: 'license_expired',
      message: 'Over . ',
      nextStep: 'Renew it.',
    })
    expect(cloud.heard).toHaveLength(1)
  })

  it('never gets a key or a lease into what is told of a failure', async (test) => {
    const cloud = await cloudOf(test, (_, answer) => answer.destroy())
    const client = clientOf(test, { url: cloud.url })
    const failure = await failureOf(
      client.ask(safeQuestion, { ...ask, words: 'canary-key' }, { lease: 'canary.lease.x' }),
    )
    expect(JSON.stringify([failure, client.contact()])).not.toContain('canary')
  })
})

describe('the patience of a client', () => {
  it('ends with the budget of the question, and that says nothing of the server', async (test) => {
    const cloud = await cloudOf(test, () => undefined)
    const client = clientOf(test, { url: cloud.url }, { timing: { ...QUICK, tryMs: 60_000, totalMs: 60_000 } })
    for (let time = 0; time < 8; time++)
      expect((await failureOf(client.ask(safeQuestion, ask, { budgetMs: 15 }))).kind).toBe('cancelled')
    expect(client.contact().circuit).toBe('closed')
  })

  it('ends when the caller withdraws the question, and when the client is closed', async (test) => {
    const cloud = await cloudOf(test, () => undefined)
    const client = clientOf(test, { url: cloud.url }, { timing: { ...QUICK, tryMs: 60_000, totalMs: 60_000 } })
    const withdrawn = new AbortController()
    const first = failureOf(client.ask(safeQuestion, ask, { signal: withdrawn.signal }))
    withdrawn.abort()
    expect((await first).kind).toBe('cancelled')
    const second = failureOf(client.ask(safeQuestion, ask))
    client.close()
    expect((await second).kind).toBe('cancelled')
  })

  it('waits as the server asks before it repeats', async (test) => {
    const cloud = await cloudOf(test, inTurn(refuses(503, 'unavailable', { 'retry-after': '1' }), FINE))
    const client = clientOf(test, { url: cloud.url }, { random: () => 0 })
    expect((await client.ask(safeQuestion, ask)).kind).toBe('answer')
    const [first, second] = cloud.heard
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(990)
  })

  it('does not ask before the time that a 429 names, for this user only', async (test) => {
    const cloud = await cloudOf(test, refuses(429, 'rate_limited', { 'retry-after': '60' }))
    let clock = 0
    const client = clientOf(test, { url: cloud.url }, { monotonic: () => clock })
    expect(await failureOf(client.ask(safeQuestion, ask))).toMatchObject({ kind: 'rate-limited', retryAfterMs: 60_000 })
    clock = 59_000
    expect(await failureOf(client.ask(safeQuestion, ask))).toMatchObject({ kind: 'resting', retryAfterMs: 1_000 })
    expect(cloud.heard).toHaveLength(1)
    cloud.behave(FINE)
    expect((await client.ask(safeQuestion, { user_id: 'ba9876543210' })).kind).toBe('answer')
    clock = 60_001
    expect((await client.ask(safeQuestion, ask)).kind).toBe('answer')
  })

  it('goes on asking where no more contributions are taken today', async (test) => {
    const cloud = await cloudOf(test, refuses(429, 'contributions_full', { 'retry-after': '43200' }))
    const client = clientOf(test, { url: cloud.url })
    expect(await failureOf(client.ask(safeQuestion, ask))).toMatchObject({
      ...{ kind: 'refused', code: 'contributions_full', retryAfterMs: 900_000 },
    })
    expect(cloud.heard).toHaveLength(1)
    cloud.behave(FINE)
    expect((await client.ask(safeQuestion, ask)).kind).toBe('answer')
  })

  it('leaves a server alone that failed five times in a row, and tries it once when the rest is over', async (test) => {
    const cloud = await cloudOf(test, refuses(500, 'internal'))
    let clock = 0
    const client = clientOf(test, { url: cloud.url }, { monotonic: () => clock })
    for (let time = 0; time < 5; time++) await client.ask(onceQuestion, ask)
    expect(client.contact()).toMatchObject({ circuit: 'open', restMs: 30_000 })
    expect(await failureOf(client.ask(onceQuestion, ask))).toMatchObject({ kind: 'resting', retryAfterMs: 30_000 })
    clock = 30_001
    expect(client.contact().circuit).toBe('trying')
    const both = await Promise.all([1, 2].map(() => failureOf(client.ask(safeQuestion, ask))))
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['lost', 'resting'])
    expect(cloud.heard).toHaveLength(6)
    clock = 60_100
    cloud.behave(FINE)
    expect((await client.ask(onceQuestion, ask)).kind).toBe('answer')
    expect(client.contact()).toMatchObject({ circuit: 'closed', lastTrouble: undefined })
  })

  it('spends no more repeats than its budget has, however many questions fail', async (test) => {
    const cloud = await cloudOf(test, refuses(500, 'internal'))
    const timing = { ...QUICK, circuit: { ...QUICK.circuit, opensAfter: 1_000 } }
    const client = clientOf(test, { url: cloud.url }, { timing })
    for (let time = 0; time < 20; time++) await client.ask(safeQuestion, ask)
    expect(cloud.heard).toHaveLength(20 + 10)
  })
})
