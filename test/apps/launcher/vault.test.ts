import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryKeychain } from '../../support/keychains.ts'
import { addAccounts, isAlive, launched, startsOf, statusWhen, type Launched } from '../../support/launched.ts'

const PASSPHRASE = 'correct horse battery staple'
const CANARY = 'canary-0ddba11-token'
const refusedAs = (code: string) => ({ refusal: { code } })

describe('the vault of a launcher', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched({ keychain: memoryKeychain() })
  })
  afterEach(() => home.close())
  const api = () => home.client.api

  const addGatewayAccount = (accountId: string, url = 'http://127.0.0.1:1') =>
    api().accounts.add({
      ...{ accountId, user: 'me', broker: 'gateway', symbol: '6EH4' },
      set: [`gateway.url=${url}`],
    })
  const keepToken = (id: string) => api().vault.credentials.set({ id, values: { token: CANARY } })
  const start = async (id: string) => (await api().bots.start({ ids: [id], wait: true }))[0]!

  it('tells what is in use and whose credentials it has, never what they are', async () => {
    expect(await api().vault.status({ lookForKeychain: true })).toMatchObject({
      ...{ state: 'absent', protection: null, accounts: [], keychain: { usable: true } },
    })
    await api().vault.init({ protection: { kind: 'keychain' } })
    await addGatewayAccount('G1')
    expect(await keepToken('G1')).toEqual({ accountId: 'G1', fields: ['token'] })
    const status = await api().vault.status({})
    expect(status).toMatchObject({
      ...{ state: 'unlocked', protection: 'keychain', store: 'The keychain of this test', opensItself: true },
      accounts: [{ accountId: 'G1', fields: ['token'] }],
    })
    const answers = [status, await api().vault.credentials.list(), await api().accounts.show({ id: 'G1' })]
    expect(JSON.stringify(answers)).not.toContain(CANARY)
    expect(readFileSync(home.layout.launcherLog, 'utf8')).not.toContain(CANARY)
  })

  it('keeps an account from starting while it is locked, and says what to do', async () => {
    await api().vault.init({ protection: { kind: 'passphrase', passphrase: PASSPHRASE } })
    await addGatewayAccount('G1')
    await addAccounts(home, ['S1'])
    await keepToken('G1')
    await api().vault.lock()
    expect(await start('G1')).toMatchObject({
      ...{ outcome: 'failed', pid: null },
      refusal: {
        ...{ code: 'vault-locked', message: expect.stringMatching(/^G1 can't be started/) as string },
        nextStep: expect.stringContaining('slipway vault unlock') as string,
      },
    })
    expect(startsOf(home.layout, 'G1')).toEqual([])
    // One that needs no credentials is no concern of the vault.
    expect(await start('S1')).toMatchObject({ outcome: 'trading' })
    await api().vault.unlock({ passphrase: PASSPHRASE })
    expect(await start('G1')).toMatchObject({ outcome: 'trading' })
  })

  it('lets bots that run go on when it is locked, and does not stop one that it could not start again', async () => {
    await api().vault.init({ protection: { kind: 'keychain' } })
    await addGatewayAccount('G1')
    await keepToken('G1')
    const { pid } = await start('G1')
    await api().vault.lock()
    const [restarted] = await api().bots.restart({ ids: ['G1'] })
    expect(restarted).toMatchObject({ outcome: 'refused', pid, refusal: { code: 'vault-locked' } })
    expect(isAlive(pid!)).toBe(true)
    await api().vault.unlock({})
    expect((await api().bots.restart({ ids: ['G1'], wait: true }))[0]).toMatchObject({ outcome: 'trading' })
  })

  it('has a bot that died while it was locked started by itself once somebody opens it', async () => {
    await api().vault.init({ protection: { kind: 'keychain' } })
    await addGatewayAccount('G1')
    await keepToken('G1')
    const { pid } = await start('G1')
    await api().vault.lock()
    process.kill(pid!, 'SIGKILL')
    const waiting = await statusWhen(home.client, 'G1', ({ state, lastError }) =>
      state === 'backing-off' ? /vault is locked/.test(lastError ?? '') : false,
    )
    expect(waiting.pid).toBeNull()
    await api().vault.unlock({})
    expect((await statusWhen(home.client, 'G1', ({ state }) => state === 'trading')).pid).not.toBe(pid)
  })

  it('is open again after a restart of the launcher where it opens by itself, and locked where it does not', async () => {
    await api().vault.init({ protection: { kind: 'keychain' } })
    await addGatewayAccount('G1')
    await keepToken('G1')
    await home.relaunch()
    expect(await api().vault.status({})).toMatchObject({ state: 'locked', opensItself: true })
    expect(await start('G1')).toMatchObject({ outcome: 'trading' })
    await api().vault.change({ protection: { kind: 'passphrase', passphrase: PASSPHRASE } })
    await home.relaunch()
    expect(await api().vault.status({})).toMatchObject({ state: 'locked', opensItself: false })
  })

  it('stops listening to guesses', async () => {
    await api().vault.init({ protection: { kind: 'passphrase', passphrase: PASSPHRASE } })
    await api().vault.lock()
    for (let n = 0; n < 5; n++)
      await expect(api().vault.unlock({ passphrase: `a wrong guess ${n}` })).rejects.toMatchObject(
        refusedAs('vault-refused'),
      )
    await expect(api().vault.unlock({ passphrase: PASSPHRASE })).rejects.toMatchObject({
      refusal: { code: 'unauthorized', nextStep: expect.stringMatching(/^Wait \d+ seconds/) as string },
    })
  })

  it('keeps credentials before their account is registered, and none that a broker has no field for', async () => {
    await api().vault.init({ protection: { kind: 'keychain' } })
    await api().vault.credentials.set({ id: 'NEW', broker: 'gateway', values: { token: CANARY } })
    await expect(
      api().vault.credentials.set({ id: 'NEW', broker: 'gateway', values: { password: 'x' } }),
    ).rejects.toMatchObject({ refusal: { code: 'bad-usage', nextStep: expect.stringContaining('token') as string } })
    await expect(
      api().vault.credentials.set({ id: 'NEW', broker: 'gateway', values: { token: 'two words' } }),
    ).rejects.toMatchObject(refusedAs('bad-usage'))
    await addGatewayAccount('NEW')
    await expect(api().vault.credentials.set({ id: 'new', values: { token: CANARY } })).rejects.toMatchObject(
      refusedAs('account-unknown'),
    )
    expect(await start('NEW')).toMatchObject({ outcome: 'trading' })
  })

  it('forgets what an account had that is removed for good', async () => {
    await api().vault.init({ protection: { kind: 'keychain' } })
    await addGatewayAccount('G1')
    await keepToken('G1')
    await api().accounts.remove({ id: 'G1', purge: true })
    expect(await api().vault.credentials.list()).toEqual([])
  })

  it('knows what each broker must be told', async () => {
    expect(await api().vault.fields({ broker: 'sim' })).toEqual([])
    const fields = await api().vault.fields({ broker: 'gateway' })
    expect(fields.filter(({ secret }) => secret).map(({ name }) => name)).toEqual(['token'])
    expect(fields.filter(({ secret }) => !secret).map(({ setting }) => setting)).toEqual([
      'gateway.url',
      'gateway.account',
    ])
    await expect(api().vault.fields({ broker: 'nobody' })).rejects.toMatchObject(refusedAs('broker-unknown'))
  })

  describe('tries credentials at a gateway', () => {
    let gateway: Server
    let url: string
    let answer: { status: number; body: unknown }
    beforeEach(async () => {
      answer = {
        status: 200,
        body: {
          ...{ protocol: 1, venue: 'Example Exchange', capabilities: { visibilityLagMs: 0 } },
          accounts: [{ accountId: 'U1', mode: 'paper', currency: 'USD' }],
        },
      }
      gateway = createServer((request, response) => {
        const isKnown = request.headers.authorization === `Bearer ${CANARY}`
        const { status, body } = isKnown
          ? answer
          : { status: 401, body: { code: 'unauthorized', message: `unknown: ${request.headers.authorization}` } }
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
      await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve))
      url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`
    })
    afterEach(() => {
      gateway.close()
      gateway.closeAllConnections()
    })
    const test = (values: Record<string, string>, more: { accountId?: string; mode?: 'paper' | 'live' } = {}) =>
      api().vault.credentials.test({ broker: 'gateway', values: { url, ...values }, ...more })

    it('and tells which accounts they open', async () => {
      expect(await test({ token: CANARY })).toMatchObject({
        ...{ ok: true, message: 'Example Exchange let us in.', refusal: null },
        accounts: [{ accountId: 'U1', mode: 'paper', currency: 'USD' }],
      })
    })

    it('and says why they do not, in words that do not hold them', async () => {
      const said = await test({ token: 'another-canary-token' })
      expect(said).toMatchObject({ ok: false, refusal: { code: 'broker-refused' } })
      expect(JSON.stringify(said)).not.toContain('another-canary-token')
      expect(await test({ token: CANARY }, { mode: 'live' })).toMatchObject({
        ...{ ok: false, message: expect.stringMatching(/is a paper account/) as string },
      })
      expect(await test({ token: CANARY, account: 'U2' })).toMatchObject({ ok: false })
      answer = { status: 200, body: { hello: 'world' } }
      expect(await test({ token: CANARY })).toMatchObject({
        message: expect.stringMatching(/does not speak our protocol/) as string,
      })
      expect(await test({ token: CANARY, url: 'http://127.0.0.1:1' })).toMatchObject({
        message: expect.stringMatching(/can't be reached/) as string,
      })
    })

    it('with what is kept of an account, where it is left out', async () => {
      await api().vault.init({ protection: { kind: 'keychain' } })
      await addGatewayAccount('G1', url)
      await keepToken('G1')
      expect(await test({}, { accountId: 'G1' })).toMatchObject({ ok: true })
    })

    it('over no road where others could read them', async () => {
      await expect(test({ token: CANARY, url: 'http://bridge.example' })).rejects.toMatchObject(refusedAs('bad-usage'))
      await expect(test({ token: CANARY, url: '' })).rejects.toMatchObject(refusedAs('bad-usage'))
    })
  })

  it('asks nothing of anybody for a broker that needs nothing', async () => {
    expect(await api().vault.credentials.test({ broker: 'sim', values: {} })).toMatchObject({ ok: true })
  })

  it('that is damaged is no concern of an account that needs no credentials', async () => {
    writeFileSync(home.layout.vault, 'no vault at all')
    await addAccounts(home, ['S1'])
    await addGatewayAccount('G1')
    expect(await start('S1')).toMatchObject({ outcome: 'trading' })
    expect(await start('G1')).toMatchObject({ outcome: 'failed', refusal: { code: 'vault-damaged' } })
  })
})
