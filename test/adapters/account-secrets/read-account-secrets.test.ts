import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readAccountSecrets, secretsForStart } from '../../../src/adapters/account-secrets/read-account-secrets.ts'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { AccountSettings } from '../../../src/contracts/account-settings.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { Refused, type Refusal } from '../../../src/domain/failure/refusal.ts'
import { tempHome } from '../../support/temp-home.ts'

const isPosix = process.platform !== 'win32'

describe('the token of a gateway', () => {
  let file: string
  beforeEach(() => {
    file = join(tempHome(), 'token')
  })
  const settings = (tokenFile: string, broker = 'gateway') =>
    AccountSettings.parse({
      ...{ version: 1, accountId: 'A1', user: 'alice', userId: '6384e2b2184b', broker, mode: 'paper' },
      ...{ strategy: 'vwap-bounce', symbol: 'ES', feed: { kind: 'synthetic' }, createdAt: '2026-01-01T00:00:00.000Z' },
      gateway: { url: 'https://bridge.example', tokenFile },
    })
  const write = (text: string, mode = 0o600) => {
    writeFileSync(file, text)
    chmodSync(file, mode)
  }
  function refusal(): Refusal | undefined {
    try {
      readAccountSecrets(settings(file))
      return undefined
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }

  it('is what its file holds, without the end of the line', () => {
    write('s3cret-token\n')
    expect(readAccountSecrets(settings(file))).toEqual({ gatewayToken: 's3cret-token' })
  })

  it('is read only where an account has a gateway that asks for one', () => {
    expect(readAccountSecrets(settings('none'))).toEqual({})
    expect(readAccountSecrets(settings(file, 'sim'))).toEqual({})
  })

  it.runIf(isPosix).each([0o640, 0o604, 0o644, 0o660])('is refused from a file that others can open: %o', (mode) => {
    write('token', mode)
    expect(refusal()).toMatchObject({
      code: 'file-unreadable',
      message: expect.stringMatching(/read by others/) as string,
      nextStep: expect.stringContaining('chmod 600') as string,
    })
  })

  it('is refused from a file that is not there, with where it was looked for', () => {
    expect(refusal()?.message).toContain(`${file} (there is no such file)`)
  })

  it.each(['', '   \n', 'two words', 'line\nline', 'tökén', 'x'.repeat(9_000)])(
    'is refused when it is none: %j',
    (text) => {
      write(text)
      expect(refusal()?.code).toBe('file-unreadable')
    },
  )

  it('is refused from a folder', () => {
    mkdirSync(file, { mode: 0o700 })
    expect(refusal()?.code).toBe('file-unreadable')
  })

  it('never appears in the refusal', () => {
    write('a secret with spaces')
    expect(JSON.stringify(refusal())).not.toContain('secret with')
  })

  it("is not asked for where the settings can't be read: the bot says what is wrong", () => {
    expect(secretsForStart(homeLayout(tempHome()), 'nobody' as AccountId)).toEqual({})
  })
})
