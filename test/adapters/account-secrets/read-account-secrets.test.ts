import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  readAccountSecrets,
  secretsForStart,
  type CredentialStore,
} from '../../../src/adapters/account-secrets/read-account-secrets.ts'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { AccountSettings } from '../../../src/contracts/account-settings.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { refuse, Refused, type Refusal } from '../../../src/domain/failure/refusal.ts'
import { tempHome } from '../../support/temp-home.ts'

const isPosix = process.platform !== 'win32'

const NOTHING_KEPT: CredentialStore = { read: async () => ({}) }

describe('the token of a gateway', () => {
  let file: string
  beforeEach(() => {
    file = join(tempHome(), 'token')
  })
  const settings = (tokenFile: string, broker = 'gateway', mode = 'paper') =>
    AccountSettings.parse({
      ...{ version: 1, accountId: 'A1', user: 'alice', userId: '6384e2b2184b', broker, mode },
      ...{ strategy: 'vwap-bounce', symbol: 'ES', feed: { kind: 'synthetic' }, createdAt: '2026-01-01T00:00:00.000Z' },
      gateway: { url: 'https://bridge.example', tokenFile },
    })
  const write = (text: string, mode = 0o600) => {
    writeFileSync(file, text)
    chmodSync(file, mode)
  }
  async function refusal(): Promise<Refusal | undefined> {
    try {
      await readAccountSecrets(settings(file), NOTHING_KEPT)
      return undefined
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }

  it('is what its file holds, without the end of the line', async () => {
    write('s3cret-token\n')
    expect(await readAccountSecrets(settings(file), NOTHING_KEPT)).toEqual({ gatewayToken: 's3cret-token' })
  })

  it('is read only where an account has a gateway that asks for one', async () => {
    expect(await readAccountSecrets(settings('none'), NOTHING_KEPT)).toEqual({})
    expect(await readAccountSecrets(settings(file, 'sim'), NOTHING_KEPT)).toEqual({})
  })

  it.runIf(isPosix).each([0o640, 0o604, 0o644, 0o660])(
    'is refused from a file that others can open: %o',
    async (mode) => {
      write('token', mode)
      expect(await refusal()).toMatchObject({
        code: 'file-unreadable',
        message: expect.stringMatching(/read by others/) as string,
        nextStep: expect.stringContaining('chmod 600') as string,
      })
    },
  )

  it('is refused from a file that is not there, with where it was looked for', async () => {
    expect(await refusal()).toMatchObject({
      message: expect.stringContaining(`${file} (there is no such file)`) as string,
      nextStep: expect.stringContaining('slipway vault set A1 token') as string,
    })
  })

  it.each(['', '   \n', 'two words', 'line\nline', 'tökén', 'x'.repeat(9_000)])(
    'is refused when it is none: %j',
    async (text) => {
      write(text)
      expect((await refusal())?.code).toBe('file-unreadable')
    },
  )

  it('is refused from a folder', async () => {
    mkdirSync(file, { mode: 0o700 })
    expect((await refusal())?.code).toBe('file-unreadable')
  })

  it('never appears in the refusal', async () => {
    write('a secret with spaces')
    expect(JSON.stringify(await refusal())).not.toContain('secret with')
  })

  it("is not asked for where the settings can't be read: the bot says what is wrong", async () => {
    expect(await secretsForStart(homeLayout(tempHome()), 'nobody' as AccountId, NOTHING_KEPT)).toEqual({})
  })

  it('comes from the vault first, and then its file is not looked at', async () => {
    const kept = { read: async () => ({ token: 'kept' }) }
    expect(await readAccountSecrets(settings(file), kept)).toEqual({ gatewayToken: 'kept' })
    expect(await readAccountSecrets(settings('none', 'sim'), kept)).toEqual({})
  })

  it('is not asked for in a locked vault by an account that needs none, and refused with its name to one that does', async () => {
    const locked: CredentialStore = { read: async () => refuse('vault-locked', 'The vault is locked.', 'Open it.') }
    expect(await readAccountSecrets(settings('none', 'sim'), locked)).toEqual({})
    await expect(readAccountSecrets(settings('none'), locked)).rejects.toMatchObject({
      refusal: {
        ...{ code: 'vault-locked', message: expect.stringMatching(/^A1 can't be started/) as string },
        nextStep: expect.stringContaining('slipway vault unlock') as string,
      },
    })
  })

  it('is asked for where money is real', async () => {
    await expect(readAccountSecrets(settings('none', 'gateway', 'live'), NOTHING_KEPT)).rejects.toMatchObject({
      refusal: { code: 'setting-invalid', nextStep: expect.stringContaining('slipway vault set A1 token') as string },
    })
  })
})
