import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readVenueAccount } from '../../../src/adapters/state-db/read-venue-account.ts'
import { slipway } from '../../support/cli-run.ts'
import { accountIdOf, launched, statusWhen, type Launched } from '../../support/launched.ts'
import { movedGateway } from '../../support/moved-gateway.ts'
import { programOf } from '../../support/programs/programs.ts'
import { startVenue, type VenueBooks, type VenueProcess } from '../../support/venue/start-venue.ts'

const TOKEN = 'token-of-sim-1'
const OTHER = 'token-of-sim-2'
const SETTINGS = { token: TOKEN, others: [{ token: OTHER, accountId: 'SIM-2' }] }

describe('an account whose gateway may open another one', () => {
  let venue: VenueProcess
  let home: Launched
  let tokenFile: string
  beforeAll(async () => {
    venue = await startVenue(1, SETTINGS)
  })
  afterAll(() => venue.close())
  beforeEach(async () => {
    await venue.reset(1, SETTINGS)
    home = await launched({ program: { node: process.execPath, entry: programOf('bot'), env: process.env } })
    tokenFile = join(home.layout.root, 'token')
    hand(TOKEN)
    await home.client.api.accounts.add({
      ...{ accountId: 'A1', user: 'alice', broker: 'gateway', symbol: 'MES', feed: 'synthetic:1' },
      set: [`gateway.url=${venue.url}`, `gateway.tokenFile=${tokenFile}`],
    })
  })
  afterEach(async () => {
    await home.client.api.bots.stop({ all: true })
    await home.close()
  })

  const hand = (token: string) => writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 })
  const start = async () => (await home.client.api.bots.start({ ids: ['A1'], wait: true }))[0]
  const stop = () => home.client.api.bots.stop({ ids: ['A1'] })
  const onRecord = () => readVenueAccount(home.layout, accountIdOf('A1'))
  const callsIn = ({ timeLine }: VenueBooks) =>
    new Set(timeLine.flatMap((entry) => (entry.what === 'request' ? [entry['call']] : [])))

  /** One lot long, with an order that works beside it. */
  async function hold(): Promise<void> {
    const { api } = home.client
    expect(await start()).toMatchObject({ outcome: 'trading' })
    const command = { kind: 'buy', symbol: 'MES', quantity: 1, limitPrice: '10' } as const
    for (let bought = 0; bought < 2; bought++)
      await expect
        .poll(async () => (await api.trade({ accountId: 'A1', requestId: randomUUID(), command })).kind)
        .toBe('accepted')
    const { orders } = await venue.books()
    await venue.fill(String(orders[0]!['clientOrderId']))
    await expect.poll(async () => (await api.status({ id: 'A1' }))[0]?.position).toBe(1)
  }

  async function kill(): Promise<void> {
    process.kill((await home.client.api.status({ id: 'A1' }))[0]!.pid!, 'SIGKILL')
    await stop()
  }

  const FOREIGN = {
    code: 'account-foreign',
    message: expect.stringMatching(
      /opened the account SIM-2 \(slipway-test\/SIM-2, paper\), and the books of A1 are those of SIM-1/,
    ) as string,
  }

  it('knows it from the start of its books, and is refused with the token of another, in words that say what to do', async () => {
    await start()
    expect(onRecord()).toEqual({
      ...{ accountId: 'SIM-1', mode: 'paper', identity: 'slipway-test/SIM-1', address: `${venue.url}/` },
    })
    await stop()
    hand(OTHER)
    const said = await slipway(home.layout.root, ['start', 'A1', '--wait'])
    expect(said.code).toBe(5)
    expect(said.stderr).toContain(
      `The gateway ${venue.url}/ opened the account SIM-2 (slipway-test/SIM-2, paper), and the books of A1 are those of SIM-1 (slipway-test/SIM-1, paper): nothing was sent.`,
    )
    expect(said.stderr).toMatch(/Put back the token \(slipway vault set A1 token\).* \[account-foreign\]/)
    expect(callsIn(await venue.books('SIM-2'))).toEqual(new Set(['capabilities']))
    const shown = await slipway(home.layout.root, ['status', 'A1', '--json'])
    expect(shown.stdout).toMatch(/opened the account SIM-2/)
    hand(TOKEN)
    expect(await start()).toMatchObject({ outcome: 'trading' })
  })

  it('is never said to run already, however soon its bot was refused', async () => {
    const { api } = home.client
    await start()
    await stop()
    hand(OTHER)
    for (let time = 0; time < 5; time++) {
      const [outcome] = await api.bots.start({ ids: ['A1'] })
      expect(['started', 'refused']).toContain(outcome?.outcome)
      await statusWhen(home.client, 'A1', ({ pid, lastError }) => pid === null && /SIM-2/.test(lastError ?? ''))
    }
  })

  it('is told apart when a token is tried for the vault, before it is kept', async () => {
    await start()
    await stop()
    const { vault } = home.client.api
    await vault.init({ protection: { kind: 'passphrase', passphrase: 'correct horse battery staple' } })
    const set = ['vault', 'set', 'A1', 'token']
    const other = await slipway(home.layout.root, set, { typed: `${OTHER}\n` })
    expect(other.code).toBe(5)
    expect(other.stderr).toMatch(/opened the account SIM-2 .* \[account-foreign\]/)
    expect(await vault.credentials.list()).toEqual([])
    expect((await slipway(home.layout.root, set, { typed: `${TOKEN}\n` })).code).toBe(0)
    const tried = { broker: 'gateway', values: { url: venue.url, token: OTHER } }
    expect(await vault.credentials.test(tried)).toMatchObject({ ok: true })
    expect(await vault.credentials.test({ ...tried, accountId: 'A1' })).toMatchObject({ ok: false, refusal: FOREIGN })
  })

  it('closes nothing in the other one, whatever is held: no exit, no cancel, not even by the kill switch', async () => {
    await hold()
    await kill()
    hand(OTHER)
    expect(await start()).toMatchObject({ outcome: 'refused', refusal: FOREIGN })
    const [killed] = await home.client.api.killSwitch.engage({ ids: ['A1'] })
    expect(killed).toMatchObject({ accountId: 'A1', refusal: { code: 'account-foreign' } })
    const other = await venue.books('SIM-2')
    expect([other.orders, other.positions, other.listening]).toEqual([[], [], 0])
    expect(callsIn(other)).toEqual(new Set(['capabilities']))
    await home.client.api.killSwitch.release({ ids: ['A1'] })
    hand(TOKEN)
    expect(await start()).toMatchObject({ outcome: 'trading' })
    expect((await venue.books()).positions).toMatchObject([{ symbol: 'MES', quantity: 1 }])
  })

  it('is left by its bot for good when the gateway comes back with another one', async () => {
    await hold()
    const before = await venue.books()
    await venue.settings({ account: { accountId: 'SIM-9' } })
    await venue.disconnect('stream')
    const left = await statusWhen(home.client, 'A1', ({ pid }) => pid === null)
    expect(left.lastError).toMatch(/opened the account SIM-9/)
    expect((await home.client.api.status({ id: 'A1' }))[0]).toMatchObject({ state: 'stopped', pid: null })
    const after = await venue.books()
    expect(after.orders).toEqual(before.orders)
    expect(after.reports).toBe(before.reports)
    await venue.settings({ account: { accountId: 'SIM-1' } })
    expect(await start()).toMatchObject({ outcome: 'trading' })
  })

  it('goes to a new address of its gateway with all it holds, and is found there', async () => {
    const moved = await movedGateway(venue)
    try {
      await hold()
      await kill()
      const { api } = home.client
      await expect(api.accounts.edit({ id: 'A1', set: ['gateway.account=SIM-2'] })).rejects.toMatchObject({
        refusal: { code: 'setting-invalid', message: expect.stringMatching(/^The gateway\.account/) as string },
      })
      await api.accounts.edit({ id: 'A1', set: [`gateway.url=${moved.url}`] })
      expect(await start()).toMatchObject({ outcome: 'trading' })
      await expect.poll(() => onRecord()?.address).toBe(`${moved.url}/`)
      expect((await api.status({ id: 'A1' }))[0]).toMatchObject({ position: 1 })
      // At the new address, too, it is one account and no other.
      await kill()
      hand(OTHER)
      expect(await start()).toMatchObject({ outcome: 'refused', refusal: FOREIGN })
      await api.accounts.edit({ id: 'A1', set: [`gateway.url=${venue.url}`] })
      hand(TOKEN)
      expect(await start()).toMatchObject({ outcome: 'trading' })
      await stop()
    } finally {
      await moved.close()
    }
  })

  it('stays at its address while it holds something, where the gateway tells no identity', async () => {
    await venue.settings({ account: { identity: '' } })
    await hold()
    await kill()
    await expect(
      home.client.api.accounts.edit({ id: 'A1', set: ['gateway.url=http://127.0.0.1:9'] }),
    ).rejects.toMatchObject({
      refusal: {
        code: 'setting-invalid',
        message: "The gateway.url can't change while account A1 has an open position and working orders.",
      },
    })
    hand(OTHER)
    expect(await start()).toMatchObject({ outcome: 'refused', refusal: { code: 'account-foreign' } })
  })

  it('whose books are older than this is known once they agree with the broker', async () => {
    await hold()
    await kill()
    const db = new Database(home.layout.state(accountIdOf('A1')))
    db.exec('DROP TABLE venue_account')
    db.pragma(`user_version = ${Number(db.pragma('user_version', { simple: true })) - 1}`)
    db.close()
    // A wrong token now leaves no mark: the books do not agree with what it opens.
    hand(OTHER)
    await start()
    await expect.poll(async () => (await home.client.api.reconciliations({ id: 'A1' })).length).toBeGreaterThan(1)
    expect(onRecord()).toBeUndefined()
    await kill()
    hand(TOKEN)
    await start()
    await expect.poll(() => onRecord()).toMatchObject({ accountId: 'SIM-1', identity: 'slipway-test/SIM-1' })
  })
})
