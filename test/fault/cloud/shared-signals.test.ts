import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { userIdOf } from '../../../src/adapters/account-registry/read-settings.ts'
import { chooseCloudServer } from '../../../src/adapters/cloud/cloud-server.ts'
import { NO_LEASE, writeLeaseFile } from '../../../src/adapters/cloud/lease-file.ts'
import { ensureDeviceId } from '../../../src/adapters/home/device-id.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { DecisionRow, OrderRow } from '../../../src/contracts/account-records.ts'
import type { SignalsState } from '../../../src/contracts/launcher/signals.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { hostileCloud } from '../../support/hostile-cloud.ts'
import { launched } from '../../support/launched.ts'
import { testKey } from '../../support/leases.ts'
import { makeLicence, trustCloud } from '../../support/live-account.ts'
import { askCloud, runningCloud, type RunningCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const PROMPT_BOT = programOf('prompt-bot')
const SLOW = 180_000
const NOT_FOUND = { code: 'not_found', message: 'There is nothing here.', next_step: 'Go on.', request_id: 'request-1' }

/** A computer with an account that shares what it finds on a made-up market, in real time. */
async function computer(user: string, prepare: (layout: HomeLayout, id: AccountId) => Promise<void>) {
  const layout = prepareHome(tempHome())
  const set = ['cloud.signals=share', 'cloud.confidence=off']
  const id = await addAccount(layout, `desk-of-${user}`, { symbol: 'MES', feed: 'synthetic:3', user, set })
  await prepare(layout, id)
  const home = await launched({ layout, program: { node: process.execPath, entry: PROMPT_BOT, env: process.env } })
  onTestFinished(async () => {
    await home.client.api.bots.stop({ all: true })
    await home.close()
  })
  const { api } = home.client
  return {
    ...{ id, api },
    start: () => api.bots.start({ ids: [id], wait: true }),
    async signals(isWanted: (state: SignalsState) => boolean): Promise<SignalsState> {
      for (const end = performance.now() + 90_000; performance.now() < end; await delay(100)) {
        const state = (await api.signals()) as SignalsState
        if (isWanted(state)) return state
      }
      throw new Error(`not in time: ${JSON.stringify(await api.signals())}`)
    },
  }
}

/** Lends the user the lease of a live account, as its bot would have got it. */
async function licensed(layout: HomeLayout, cloud: RunningCloud, user: string): Promise<void> {
  const set = ['mode=live', 'gateway.url=http://127.0.0.1:1', `gateway.tokenFile=${join(layout.root, 'token')}`]
  const id = await addAccount(layout, `live-of-${user}`, {
    symbol: 'MES',
    feed: 'replay:1x',
    broker: 'gateway',
    user,
    set,
  })
  const { key } = await makeLicence(cloud, user)
  const body = {
    ...{ license_key: key, user_id: userIdOf(user), device_id: ensureDeviceId(layout), app_version: '0.1.0' },
    ...{ account_id: userIdOf(user).padEnd(32, '0'), nonce: 'n'.repeat(16) },
  }
  const answer = await askCloud(cloud.url, '/api/license/validate', { body })
  expect(answer.status).toBe(200)
  const { lease } = answer.body as { lease: string }
  writeLeaseFile(layout.lease(id), { ...NO_LEASE, token: lease })
  await trustCloud(layout, cloud)
}

describe('signals of real bots', () => {
  it(
    'are heard on the other computer, and known as one’s own on the first',
    async () => {
      const cloud = await runningCloud()
      const [anna, ben] = await Promise.all(
        ['anna', 'ben'].map((user) => computer(user, (layout) => licensed(layout, cloud, user))),
      )
      for (const { signals } of [anna!, ben!]) await signals(({ listening }) => listening === 'hearing')
      await anna!.start()
      const own = await anna!.signals(({ signals }) => signals.length > 0)
      const heard = await ben!.signals(({ signals }) => signals.length > 0)
      const [mine, theirs] = [own.signals[0]!, heard.signals[0]!]
      expect(mine).toMatchObject({ accountId: anna!.id, side: 'buy', strategy: 'vwap-bounce', source: 'synthetic' })
      expect(theirs).toEqual({ ...mine, id: theirs.id, at: theirs.at, accountId: null })
      expect(JSON.stringify(heard)).not.toContain('anna')

      await ben!.start()
      const back = await anna!.signals(({ signals }) => signals.some(({ accountId }) => accountId === null))
      expect(back.sharing).toMatchObject([{ accountId: anna!.id, state: 'shares', shared: 1, problem: null }])
    },
    SLOW,
  )

  it(
    'that no cloud takes hold up no order: one that never answers is still being waited for when the order is there',
    async () => {
      const [asked, waiting] = [Promise.withResolvers<void>(), new Set<string>()]
      const cloud = await hostileCloud(({ path }, answer) => {
        // In its own words, so that it is not left alone as one that fails.
        if (path !== '/api/signals') return void answer.writeHead(404).end(JSON.stringify(NOT_FOUND))
        waiting.add(path)
        asked.resolve()
        answer.on('close', () => waiting.delete(path))
      })
      onTestFinished(cloud.close)
      const { kid, public_key } = testKey().publicKey
      const { api, id, start, signals } = await computer('anna', async (layout, account) => {
        await chooseCloudServer(layout, { kind: 'team', url: cloud.url, keys: [{ kid, public_key }] })
        writeLeaseFile(layout.lease(account), { ...NO_LEASE, token: 'a.b.c' })
      })
      await start()
      await asked.promise
      const [entry] = (await api.decisions({ id, action: 'enter' })) as DecisionRow[]
      const orders = (await api.orders({ id })) as OrderRow[]
      expect(entry).toMatchObject({ action: 'enter', side: 'buy' })
      expect(orders.some(({ status, purpose }) => purpose === 'entry' && status !== 'intent')).toBe(true)
      expect(waiting.has('/api/signals')).toBe(true)
      const { sharing } = await signals((state) => state.sharing[0]?.problem !== null)
      expect(sharing).toMatchObject([{ shared: 0, problem: { message: expect.stringMatching(/no answer/) as string } }])
    },
    SLOW,
  )
})
