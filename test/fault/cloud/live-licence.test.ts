import { chmodSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretsForStart } from '../../../src/adapters/account-secrets/read-account-secrets.ts'
import { connectToBot } from '../../../src/adapters/bot-control/connect-to-bot.ts'
import { spawnBot, type BotProcess } from '../../../src/adapters/bot-process/spawn-bot.ts'
import { readLeaseFile } from '../../../src/adapters/cloud/lease-file.ts'
import { chooseCloudServer, cloudServerOf } from '../../../src/adapters/cloud/cloud-server.ts'
import { openVault } from '../../../src/adapters/vault/open-vault.ts'
import { startBot, untilBot } from '../../support/bot-fleet.ts'
import { slipway } from '../../support/cli-run.ts'
import { cannot } from '../../support/guard-provocation.ts'
import { hostileCloud, refuses, type CloudManner } from '../../support/hostile-cloud.ts'
import { noKeychain } from '../../support/keychains.ts'
import {
  EAGER_BOT,
  keepKey,
  liveAccount,
  makeLicence,
  trustCloud,
  type LiveAccount,
} from '../../support/live-account.ts'
import { runningCloud, type RunningCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'

const SLOW = 120_000

describe('a live bot and the cloud it has its licence from', () => {
  let live: LiveAccount
  let bot: BotProcess | undefined

  beforeEach(async () => {
    live = await liveAccount()
  })
  afterEach(async () => {
    bot?.kill()
    await live.venue.close()
  })

  const start = async () => (bot = await startBot(live.layout, live.id, EAGER_BOT))
  const until = (wanted: Parameters<typeof untilBot>[2]) => untilBot(live.layout, live.id, wanted)

  async function fills(atLeast: number): Promise<number> {
    for (const end = performance.now() + 60_000; performance.now() < end; await delay(50)) {
      const { fills: made } = await live.venue.books()
      if (made.length >= atLeast) return made.length
    }
    throw new Error('the venue did not get there')
  }

  async function stop(flatten: boolean): Promise<number> {
    const began = performance.now()
    const connection = await connectToBot({ endpoint: live.layout.botEndpoint(live.id), timeoutMs: 2_000 })
    await connection!.request({ type: 'stop', flatten, keepOrders: false }, 30_000)
    connection!.close()
    expect((await bot!.exited).code).toBe(0)
    return performance.now() - began
  }

  async function licensed(): Promise<{ cloud: RunningCloud; licenceId: string }> {
    const cloud = await runningCloud()
    const { key, id } = await makeLicence(cloud)
    await trustCloud(live.layout, cloud)
    await keepKey(live.layout, key)
    return { cloud, licenceId: id }
  }

  it(
    'trades on its lease when the cloud is pulled, restarts without it, closes, and ends',
    async () => {
      const { cloud } = await licensed()
      await start()
      await until(({ licence, state }) => licence?.rung === 'fresh' && state === 'trading')
      const before = await fills(2)
      await cloud.kill()
      await fills(before + 4)
      bot!.kill()
      await bot!.exited
      await start()
      await until(({ licence, state }) => licence?.rung === 'fresh' && state === 'trading')
      const again = (await live.venue.books()).fills.length
      await fills(again + 2)
      await stop(true)
      expect((await live.venue.books()).positions).toEqual([])
      // Nobody has heard that it was given free, so it is still ours.
      expect(readLeaseFile(live.layout.lease(live.id))).toMatchObject({ released: false })
    },
    SLOW,
  )

  it(
    'gives the account free at a stop in order, and keeps it when it is killed',
    async () => {
      const { cloud, licenceId } = await licensed()
      await start()
      await until(({ licence, state }) => licence?.rung === 'fresh' && state === 'trading')
      const leases = async () => {
        const shown = await slipway(cloud.home, ['cloud', 'license', 'show', licenceId, '--json'], { env: {} })
        return (JSON.parse(shown.stdout) as { leases: { state: string }[] }).leases.map(({ state }) => state)
      }
      expect(await leases()).toEqual(['held'])
      bot!.kill()
      await bot!.exited
      expect(await leases()).toEqual(['held'])
      await start()
      await until(({ licence, state }) => licence?.rung === 'fresh' && state === 'trading')
      await stop(true)
      expect(await leases()).toEqual(['released'])
      expect(readLeaseFile(live.layout.lease(live.id))).toMatchObject({ released: true })
    },
    SLOW,
  )

  it(
    'makes no entry once its licence is revoked, and closes what it holds',
    async () => {
      const { cloud, licenceId } = await licensed()
      await start()
      await until(({ position }) => position !== 0)
      bot!.kill()
      await bot!.exited
      await slipway(cloud.home, ['cloud', 'license', 'revoke', licenceId, '--yes'], { env: {} })
      await start()
      const blocked = await until(({ licence, state }) => licence?.rung === 'refused' && state === 'blocked')
      expect(blocked.stateReason).toMatch(/revoked/i)
      await stop(true)
      expect((await live.venue.books()).positions).toEqual([])
    },
    SLOW,
  )

  it(
    'makes no entry without a licence, whatever a server says that is not the one it trusts, and the loop goes on',
    async () => {
      await licensed()
      const manners: CloudManner[] = [
        () => undefined,
        (_, answer) => answer.destroy(),
        (_, answer) => answer.end('<html>'),
        refuses(500, 'internal'),
        (_, answer) =>
          answer.end(
            JSON.stringify({
              valid: true,
              plan: 'team',
              expires_at: null,
              lease: 'a.b.c',
              server_time: '2026-01-01T00:00:00Z',
            }),
          ),
      ]
      let turn = 0
      const hostile = await hostileCloud((...call) => manners[turn++ % manners.length]!(...call))
      const trusted = cloudServerOf(live.layout)
      if (trusted.kind !== 'team') throw new Error('no team')
      await chooseCloudServer(live.layout, { ...trusted, url: hostile.url })
      await start()
      const first = await until(({ state, lastBarAt }) => state === 'blocked' && lastBarAt !== null)
      expect(first.stateReason).toMatch(/licence/)
      await until(({ lastBarAt }) => lastBarAt! > first.lastBarAt! + 20 * 60_000)
      expect((await live.venue.books()).fills).toEqual([])
      await stop(false)
      await hostile.close()
    },
    SLOW,
  )

  it.skipIf(cannot('movedClock'))(
    'makes no entry a month later without the cloud, and closes what it holds; the clock set right, it trades again',
    async () => {
      const { cloud } = await licensed()
      await start()
      await until(({ position }) => position !== 0)
      bot!.kill()
      await bot!.exited
      await cloud.kill()
      const later = join(tempHome(), 'node-later')
      writeFileSync(later, `#!/bin/sh\nDONT_FAKE_MONOTONIC=1 exec faketime -f +30d ${process.execPath} "$@"\n`)
      chmodSync(later, 0o700)
      const { layout, id } = live
      const secrets = await secretsForStart(layout, id, openVault({ layout, keychain: noKeychain() }))
      bot = await spawnBot(
        { node: later, entry: EAGER_BOT, env: process.env },
        { home: layout.root, accountId: id, instanceId: randomUUID(), secrets },
        layout.botOutput(id),
      )
      const blocked = await until(({ licence, state }) => licence?.rung === 'ended' && state === 'blocked')
      expect(blocked.stateReason).toMatch(/run out/)
      await stop(true)
      expect((await live.venue.books()).positions).toEqual([])
      await start()
      await until(({ licence, state }) => licence?.rung === 'fresh' && state === 'trading')
      await stop(true)
    },
    SLOW,
  )
})
