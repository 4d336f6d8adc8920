import { randomUUID } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isAlive, launched, startsOf, type Launched } from '../../support/launched.ts'
import { startVenue, type VenueProcess } from '../../support/venue/start-venue.ts'
import { programOf } from '../../support/programs/programs.ts'

describe('an account at a gateway', () => {
  let venue: VenueProcess
  let home: Launched
  let tokenFile: string
  beforeAll(async () => {
    venue = await startVenue(1, { token: 'the-right-token' })
  })
  afterAll(() => venue.close())
  beforeEach(async () => {
    home = await launched({ program: { node: process.execPath, entry: programOf('bot'), env: process.env } })
    tokenFile = join(home.layout.root, 'token')
    writeFileSync(tokenFile, 'the-right-token\n', { mode: 0o600 })
    await home.client.api.accounts.add({
      ...{ accountId: 'A1', user: 'alice', broker: 'gateway', symbol: 'MES', feed: 'synthetic:1' },
      set: [`gateway.url=${venue.url}`, `gateway.tokenFile=${tokenFile}`],
    })
  })
  afterEach(async () => {
    await home.client.api.bots.stop({ all: true })
    await home.close()
  })

  const start = async () => (await home.client.api.bots.start({ ids: ['A1'], wait: true }))[0]

  it('is traded by a bot that was handed the token', async () => {
    expect(await start()).toMatchObject({ outcome: 'trading' })
    expect((await venue.books()).listening).toBe(1)
  })

  it('is not started when the token lies open, and says how to put that right', async () => {
    if (process.platform === 'win32') return
    chmodSync(tokenFile, 0o644)
    await expect(start()).resolves.toMatchObject({ pid: null, refusal: { code: 'file-unreadable' } })
    expect(startsOf(home.layout, 'A1')).toEqual([])
  })

  it('is refused by a gateway that does not know the token, in words that do not hold it', async () => {
    writeFileSync(tokenFile, 'the-wrong-token')
    const outcome = await start()
    expect(outcome).toMatchObject({ outcome: 'refused', refusal: { code: 'broker-refused' } })
    expect(outcome?.refusal?.nextStep).toMatch(/gateway\.tokenFile/)
    expect(JSON.stringify(outcome)).not.toContain('the-wrong-token')
  })

  it('is not ended by a restart that its gateway would refuse', async () => {
    const { pid } = (await start())!
    const restart = async () => (await home.client.api.bots.restart({ ids: ['A1'], wait: true }))[0]
    writeFileSync(tokenFile, 'the-wrong-token')
    const refused = await restart()
    expect(refused).toMatchObject({ outcome: 'refused', state: 'trading', pid, refusal: { code: 'broker-refused' } })
    expect(JSON.stringify(refused)).not.toContain('the-wrong-token')
    expect(isAlive(pid!)).toBe(true)
    writeFileSync(tokenFile, 'the-right-token')
    const after = await restart()
    expect(after).toMatchObject({ outcome: 'trading' })
    expect(after?.pid).not.toBe(pid)
  })

  it('needs its gateway at the first start only, to learn what its books begin with', async () => {
    await venue.disconnect('all', 600_000)
    expect(await start()).toMatchObject({ outcome: 'refused', refusal: { code: 'broker-refused' } })
    await venue.reset(2, { token: 'the-right-token' })
    expect(await start()).toMatchObject({ outcome: 'trading' })
  })

  it('stays the one it is there while it is traded, and after kill -9 while an order of it works, where none has an identity', async () => {
    await venue.settings({ account: { identity: '' } })
    const { api } = home.client
    const set = ['gateway.url=http://127.0.0.1:9']
    const refusedFor = async (code: string, message: RegExp) => {
      const refused = { refusal: { code, message: expect.stringMatching(message) as string } }
      await expect(api.accounts.edit({ id: 'A1', set })).rejects.toMatchObject(refused)
      await expect(api.accounts.checkEdit({ id: 'A1', set })).rejects.toMatchObject(refused)
    }
    await start()
    const command = { kind: 'buy', symbol: 'MES', quantity: 1, limitPrice: '10' } as const
    await expect
      .poll(async () => (await api.trade({ accountId: 'A1', requestId: randomUUID(), command })).kind)
      .toBe('accepted')
    await refusedFor('account-held', /^The gateway\.url can't change while the bot runs\./)
    process.kill((await api.status({ id: 'A1' }))[0]!.pid!, 'SIGKILL')
    await api.bots.stop({ ids: ['A1'] })
    await refusedFor('setting-invalid', /^The gateway\.url can't change while account A1 has working orders\.$/)
    expect((await api.accounts.show({ id: 'A1' })).gateway.url).toBe(venue.url)
  })
})
