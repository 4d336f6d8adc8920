import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AccountSettings } from '../../src/contracts/account-settings.ts'
import { botStartOf, SETTINGS_RULES } from '../../src/contracts/bot-start.ts'
import { sha256Hex } from '../../src/domain/digest/sha256.ts'

const LEAST = { home: '/home', accountId: 'A1', instanceId: 'one' }

/** What a form says of a setting is no rule. */
const withoutWords = (key: string, value: unknown) =>
  (key === 'description' || key === 'unit' || key === 'title') && typeof value === 'string' ? undefined : value

describe('the rules of settings', () => {
  it('have a name that changes with them: write the new one into bot-start.ts', () => {
    const schema = z.toJSONSchema(AccountSettings, { io: 'input', unrepresentable: 'any' })
    expect(SETTINGS_RULES).toBe(sha256Hex(JSON.stringify(schema, withoutWords)).slice(0, 12))
  })
})

describe('a start message', () => {
  it('needs a home, an account and an instance', () => {
    expect(botStartOf(LEAST)).toEqual({ ...LEAST, secrets: {} })
    for (const value of [undefined, null, [], 'A1', {}, { ...LEAST, home: 1 }, { home: '/home', accountId: 'A1' }])
      expect(() => botStartOf(value)).toThrow(TypeError)
  })

  it('has secrets that are texts', () => {
    expect(botStartOf({ ...LEAST, secrets: { token: 'abc' } }).secrets).toEqual({ token: 'abc' })
    for (const secrets of [null, ['abc'], { token: 1 }, 'abc'])
      expect(() => botStartOf({ ...LEAST, secrets })).toThrow(TypeError)
  })

  it('is refused where it only seems to ask for flattening, or for no more than a look', () => {
    expect(botStartOf({ ...LEAST, flattenOnly: true }).flattenOnly).toBe(true)
    expect(() => botStartOf({ ...LEAST, flattenOnly: 'no' })).toThrow(TypeError)
    expect(botStartOf({ ...LEAST, checkOnly: true }).checkOnly).toBe(true)
    expect(() => botStartOf({ ...LEAST, checkOnly: 'yes' })).toThrow(TypeError)
  })

  it('leaves out checked settings that are none, so that they are read again', () => {
    for (const checked of [null, true, {}, { rules: 'a', text: '{}' }, { rules: 1, text: '{}', settings: {} }])
      expect(botStartOf({ ...LEAST, checked }).checked).toBeUndefined()
  })

  it('leaves out a cloud that is none: a bot trades without', () => {
    const cloud = { address: { socketPath: '/run/cloud.sock' }, deviceId: 'device-1' }
    expect(botStartOf({ ...LEAST, cloud }).cloud).toEqual(cloud)
    const lease = { accountRef: '0123456789abcdef0123456789abcdef', keys: [] }
    expect(botStartOf({ ...LEAST, cloud: { ...cloud, lease } }).cloud).toEqual({ ...cloud, lease })
    for (const none of [
      null,
      'local',
      {},
      { address: {} },
      { ...cloud, address: 'a' },
      { ...cloud, lease: { keys: 1 } },
    ])
      expect(botStartOf({ ...LEAST, cloud: none }).cloud).toBeUndefined()
  })
})
