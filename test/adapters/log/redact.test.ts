import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLog, type Log } from '../../../src/adapters/log/open-log.ts'
import { namesSecret, secretRegistry } from '../../../src/adapters/log/redact.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const SECRET = 'p@ss/w+rd "42" ünïcode'

let folder: string
let log: Log

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-redact-'))
  log = openLog({ file: join(folder, 'a.log'), fixed: {}, now: () => epochMs(0), secrets: [SECRET] })
})
afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})
const written = () => readFileSync(join(folder, 'a.log'), 'utf8')

describe('a secret in a log', () => {
  const utf8 = Buffer.from(SECRET)
  it.each([
    ['as it is', SECRET],
    ['URL-encoded', encodeURIComponent(SECRET)],
    ['in a form', new URLSearchParams({ v: SECRET }).toString()],
    ['base64', utf8.toString('base64')],
    ['base64url', utf8.toString('base64url')],
    ['hex', utf8.toString('hex')],
    ['upper-case hex', utf8.toString('hex').toUpperCase()],
    ['in JSON', JSON.stringify({ v: SECRET })],
    ['in Basic authentication', Buffer.from(`user:${SECRET}`).toString('base64')],
    ['in longer base64', Buffer.from(`ab${SECRET}cd`).toString('base64')],
  ])('is hidden %s', (_, text) => {
    log.info('event', `before ${text} after`, { text, nested: [{ [text]: text }] })
    expect(written()).toContain('[redacted]')
    // What is left must not hold a recognisable half of it either.
    expect(written()).not.toContain(text.slice(0, 12))
    expect(written()).toContain('before ')
  })

  it('is hidden from the moment it is known', () => {
    log.info('event', 'opaque-token-1')
    log.addSecret('opaque-token-1')
    log.info('event', 'opaque-token-1')
    expect(written().match(/opaque-token-1/g)).toHaveLength(1)
  })

  it('is hidden when it is a number', () => {
    log.addSecret('482913')
    log.info('event', 'x', { code: 482913 })
    expect(written()).not.toContain('482913')
  })

  it('is hidden line by line when it is a key file', () => {
    const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'
    log.addSecret(`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`)
    log.info('event', `line ${body}`)
    expect(written()).not.toContain(body)
  })

  it('never survives, whatever it is and wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(secret.trim().length >= 8 && !'[redacted]'.includes(secret.trim()))
        const registry = secretRegistry([secret])
        expect(registry.hide(`${before}${secret}${after}`)).not.toContain(secret.trim())
      }),
    )
  })

  it('is not looked for when it is so short that it would hide ordinary text', () => {
    log.addSecret('12')
    log.info('event', '12 lots')
    expect(written()).toContain('12 lots')
  })
})

describe('a credential that nobody registered', () => {
  it('is hidden under the names of secrets', () => {
    log.info('event', 'x', { apiKey: 'k-1', access_token: 't-1', nested: { Password: 'w-1', 'set-cookie': ['c-1'] } })
    expect(written()).not.toMatch(/k-1|t-1|w-1|c-1/)
  })

  it('does not take names that only sound like one', () => {
    for (const [name, value] of [
      ['signature', 'vwap-bounce'],
      ['instrumentToken', 256_265],
      ['promptTokens', 512],
      ['idempotencyKey', 'x'],
      ['symbol', 'ES'],
    ] as const)
      expect(namesSecret(name, value)).toBe(false)
  })

  it('is hidden in URLs, queries and authorization headers', () => {
    log.info(
      'event',
      'GET https://joe:hidden1@host/x?access_token=hidden2&symbol=ES Authorization: Bearer hidden3hidden3',
    )
    expect(written()).not.toMatch(/hidden/)
    expect(written()).toContain('symbol=ES')
  })

  it('is hidden in the errors of HTTP libraries: only name, message, stack, code and cause are kept', () => {
    const error = Object.assign(new Error('Request failed'), {
      code: 'ERR_BAD_REQUEST',
      config: { headers: { Authorization: 'leak-1' } },
      request: { _header: 'GET / HTTP/1.1\r\nX-Key: leak-2' },
      response: { config: { headers: { 'X-Key': 'leak-3' } } },
      toJSON: () => ({ leak: 'leak-4' }),
      cause: Object.assign(new Error('inner'), { config: 'leak-5' }),
    })
    log.error('event', 'x', { error, request: { _header: 'leak-6', headers: { 'X-Key': 'leak-7' } } })
    log.crash(error)
    expect(written()).not.toContain('leak')
    expect(written()).toContain('ERR_BAD_REQUEST')
    expect(written()).toContain('inner')
  })
})
