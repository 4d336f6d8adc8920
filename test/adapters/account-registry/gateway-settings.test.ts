import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applySettings } from '../../../src/adapters/account-registry/apply-settings.ts'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import type { AccountSettingsInput } from '../../../src/contracts/account-settings.ts'
import { Refused, type Refusal } from '../../../src/domain/failure/refusal.ts'

const account: AccountSettingsInput = {
  ...{ version: 1, accountId: 'A1', user: 'alice', userId: '6384e2b2184b', broker: 'gateway', mode: 'paper' },
  ...{ strategy: 'vwap-bounce', symbol: 'ES', feed: { kind: 'synthetic', seed: 1 } },
  createdAt: '2026-01-01T00:00:00.000Z',
}
const rules = accountRules(homeLayout(import.meta.dirname))
const TOKEN_FILE = join(import.meta.dirname, 'token')

function refusalOf(assignments: string[], change: Partial<AccountSettingsInput> = {}): Refusal | undefined {
  try {
    applySettings({ ...account, ...change }, assignments, rules)
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
}

describe('settings of an account at a gateway', () => {
  it('say where it is and which file has the token', () => {
    const settings = applySettings(
      account,
      ['gateway.url=https://bridge.example:8443/slipway/', `gateway.tokenFile=${TOKEN_FILE}`, 'gateway.account=U123'],
      rules,
    )
    expect(settings.gateway).toEqual({
      url: 'https://bridge.example:8443/slipway',
      tokenFile: TOKEN_FILE,
      account: 'U123',
      timeoutMs: 10_000,
    })
  })

  it.each([
    ['without an address', [], /where it is/],
    ['with no address at all', ['gateway.url=somewhere'], /an address/],
    ['with a password in the address', ['gateway.url=https://me:secret@bridge.example'], /an address/],
    ['with a token in the address', ['gateway.url=https://bridge.example/?token=x'], /an address/],
    ['with its token in the open', ['gateway.url=http://bridge.example'], /for everybody to read/],
    [
      'with a token file somewhere',
      ['gateway.url=http://127.0.0.1:1', 'gateway.tokenFile=token'],
      /where a command is run/,
    ],
    ['with a call that never ends', ['gateway.url=http://127.0.0.1:1', 'gateway.timeoutMs=0'], /timeoutMs/],
  ])('are refused %s', (_, assignments, message) => {
    expect(refusalOf(assignments)).toMatchObject({
      code: 'setting-invalid',
      message: expect.stringMatching(message) as string,
    })
  })

  it.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])(
    'may be in the open on this machine: %s',
    (url) => {
      expect(refusalOf([`gateway.url=${url}`])).toBeUndefined()
    },
  )

  it('leave the token of a live account to the vault, where they name no file', () => {
    const live = ['mode=live', 'gateway.url=https://bridge.example']
    expect(refusalOf(live)).toBeUndefined()
    expect(refusalOf([...live, `gateway.tokenFile=${TOKEN_FILE}`])).toBeUndefined()
  })

  it('are what live money needs', () => {
    expect(refusalOf(['mode=live'], { broker: 'sim' })).toMatchObject({
      code: 'broker-unknown',
      nextStep: expect.stringMatching(/--broker gateway/) as string,
    })
  })

  it('rest where the broker is simulated', () => {
    expect(applySettings({ ...account, broker: 'sim' }, [], rules).gateway.url).toBe('none')
  })
})
