import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { openVault } from '../../../src/adapters/vault/open-vault.ts'
import { cliSecrets } from '../../../src/apps/cli/cli-secrets.ts'
import type { Cli } from '../../../src/apps/cli/cli.ts'
import { openSecretReader } from '../../../src/apps/cli/read-secret.ts'
import type { VaultStatus } from '../../../src/contracts/launcher/vault.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { addAccount } from '../../support/bot-fleet.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { noKeychain } from '../../support/keychains.ts'
import { tempHome } from '../../support/temp-home.ts'

const PASSPHRASE = 'correct horse battery staple'
const TOKEN = 'cli-canary-token-51'
const A1 = 'A1' as AccountId

describe('slipway vault', () => {
  let home: string
  beforeEach(() => {
    home = tempHome()
  })
  afterEach(() => slipway(home, ['shutdown', '--bots']))
  const run = (args: string[], more: Parameters<typeof slipway>[2] = {}) => slipway(home, ['vault', ...args], more)

  it('is made, filled, locked and opened with what comes over standard input, and says nothing of it back', async () => {
    const runs = []
    const made = await run(['init', '--passphrase', '--json'], { typed: `${PASSPHRASE}\n` })
    expect(answerOf<VaultStatus>(made)).toMatchObject({ state: 'unlocked', protection: 'passphrase' })
    const added = ['account', 'add', 'A1', '--user', 'me', '--broker', 'gateway', '--symbol', 'ES']
    await slipway(home, [...added, '--set', 'gateway.url=http://127.0.0.1:1'])
    const refused = await run(['set', 'A1', 'token'], { typed: `${TOKEN}\n` })
    expect(refused.code).toBe(5)
    expect(refused.stderr).toMatch(/Nothing was kept/)
    const kept = await run(['set', 'A1', 'token', '--untested', '--json'], { typed: `${TOKEN}\n` })
    expect(answerOf(kept)).toEqual({ accountId: 'A1', fields: ['token'] })
    runs.push(made, refused, kept, await run(['lock']), await run(['status']))
    const wrong = await run(['unlock', '--json'], { typed: 'not this one\n' })
    expect(refusalOf(wrong).code).toBe('vault-refused')
    const opened = await run(['unlock'], { typed: `${PASSPHRASE}\n` })
    expect(opened.stdout).toMatch(/Vault +open/)
    runs.push(wrong, opened, await run(['forget', 'A1']), await run(['status', '--json']))
    expect(answerOf<VaultStatus>(runs.at(-1)!).accounts).toEqual([])
    for (const { stdout, stderr } of runs)
      for (const secret of [PASSPHRASE, TOKEN, 'not this one']) expect(stdout + stderr).not.toContain(secret)
  })

  it('changes its passphrase: the old one first, then the new one', async () => {
    await run(['init', '--passphrase'], { typed: `${PASSPHRASE}\n` })
    expect((await run(['passwd'], { typed: 'wrong one, sorry\na new one for it\n' })).code).toBe(2)
    expect((await run(['passwd'], { typed: `${PASSPHRASE}\na new one for it\n` })).code).toBe(0)
    await run(['lock'])
    expect((await run(['unlock'], { typed: `${PASSPHRASE}\n` })).code).toBe(2)
    expect((await run(['unlock'], { typed: 'a new one for it\n' })).code).toBe(0)
    expect((await run(['auto-lock', '15'])).stdout).toMatch(/Auto-lock +after 15 minutes/)
    expect((await run(['auto-lock', 'soon'])).code).toBe(2)
  })

  it('has a key file that it makes, relative to where one is', async () => {
    const folder = tempHome()
    const made = await run(['init', '--key-file', 'slipway.key', '--json'], { workingFolder: folder })
    expect(answerOf<VaultStatus>(made)).toMatchObject({ protection: 'key-file', opensItself: true })
    expect(statSync(join(folder, 'slipway.key')).mode & 0o077).toBe(0)
    chmodSync(join(folder, 'slipway.key'), 0o644)
    await slipway(home, ['shutdown'])
    if (process.platform !== 'win32') expect(refusalOf(await run(['unlock', '--json'])).code).toBe('file-unreadable')
  })

  it('is not made in a keychain that is not there, and nothing else is made instead', async () => {
    const env = { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: home }
    if (process.platform !== 'linux') return
    const refused = await run(['init', '--keychain', '--json'], { env })
    expect(refusalOf(refused)).toMatchObject({
      ...{ code: 'keychain-unusable', nextStep: expect.stringContaining('--passphrase') as string },
    })
    expect(existsSync(join(home, 'vault'))).toBe(false)
    const asked = await run(['init'], { env, typed: `${PASSPHRASE}\n` })
    expect(asked.stderr).toMatch(/A passphrase opens the vault instead/)
    expect(asked.stdout).toMatch(/A file sealed with a passphrase/)
  })

  it('is begun anew only when that is confirmed, and keeps the old one aside', async () => {
    await run(['init', '--passphrase'], { typed: `${PASSPHRASE}\n` })
    expect((await run(['init', '--passphrase'], { typed: `${PASSPHRASE}\n` })).stderr).toMatch(/vault-exists/)
    expect((await run(['init', '--replace', '--passphrase'], { typed: `${PASSPHRASE}\n` })).code).toBe(2)
    const anew = await run(['init', '--replace', '--yes', '--passphrase'], { typed: 'another one of them\n' })
    expect(anew.code).toBe(0)
    expect(existsSync(join(home, 'quarantine'))).toBe(true)
  })

  it('takes no secret as an argument', async () => {
    for (const args of [
      ['unlock', PASSPHRASE],
      ['set', 'A1', 'token', TOKEN],
      ['init', '--passphrase', PASSPHRASE],
    ])
      expect((await run(args)).code).toBe(2)
  })

  it('says what is missing', async () => {
    expect(refusalOf(await run(['unlock', '--json'])).code).toBe('vault-missing')
    expect(refusalOf(await run(['set', 'A1', 'token', '--json'], { typed: 'x\n' })).code).toBe('account-unknown')
    expect((await run(['init', '--passphrase'], { typed: '' })).stderr).toMatch(/Nothing was entered/)
  })
})

describe('a secret that is typed', () => {
  const terminal = () => {
    const raw: boolean[] = []
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) })
    const stderr = new PassThrough()
    const shown: string[] = []
    stderr.on('data', (chunk: Buffer) => shown.push(chunk.toString()))
    return { stdin, stderr, raw, shown: () => shown.join('') }
  }

  it('is not shown, and may be corrected', async () => {
    const { stdin, stderr, raw, shown } = terminal()
    const asked = openSecretReader({ stdin, stderr }).ask('Passphrase')
    for (const key of ['wrong', '\u0015', 'secrex', '\u007f', 't', '\r']) stdin.write(key)
    expect(await asked).toBe('secret')
    expect(raw).toEqual([true, false])
    expect(shown()).toBe('Passphrase: \n')
  })

  it.each([
    ['Ctrl-C', 'abc\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Enter alone', '\r'],
  ])('is none after %s, and the terminal is as before', async (_, keys) => {
    const { stdin, stderr, raw } = terminal()
    const asked = openSecretReader({ stdin, stderr }).ask('Passphrase')
    stdin.write(keys)
    await expect(asked).rejects.toMatchObject({ refusal: { code: 'bad-usage' } })
    expect(raw).toEqual([true, false])
  })

  it('opens the vault for a bot that the command line starts itself, once for all accounts', async () => {
    const layout = openHome(tempHome())
    const set = ['gateway.url=http://127.0.0.1:1']
    for (const id of ['A1', 'B2'])
      await addAccount(layout, id, { symbol: 'MES', broker: 'gateway', feed: 'synthetic:1', set })
    const vault = openVault({ layout, keychain: noKeychain() })
    await vault.init({ kind: 'passphrase', passphrase: PASSPHRASE }, false)
    await vault.set(A1, { token: TOKEN })
    await vault.set('B2' as AccountId, { token: 'another' })
    const { stdin, stderr } = terminal()
    const secretsOf = cliSecrets({ stdin, stderr } as unknown as Cli, layout)
    const both = Promise.all([secretsOf(A1), secretsOf('B2' as AccountId)])
    stdin.write(`${PASSPHRASE}\r`)
    expect(await both).toEqual([{ gatewayToken: TOKEN }, { gatewayToken: 'another' }])
    const script = cliSecrets({ stdin: new PassThrough(), stderr } as unknown as Cli, layout)
    await expect(script(A1)).rejects.toMatchObject({ refusal: { code: 'vault-locked' } })
    expect(readFileSync(layout.vault, 'utf8')).not.toContain(TOKEN)
  })
})
