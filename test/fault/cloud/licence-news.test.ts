import { mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OwnLicence } from '../../../src/contracts/launcher/cloud.ts'
import { prepareHome, untilBot } from '../../support/bot-fleet.ts'
import { slipway } from '../../support/cli-run.ts'
import { launched, type Launched } from '../../support/launched.ts'
import {
  EAGER_BOT,
  keepKey,
  LIVE_USER,
  liveAccount,
  makeLicence,
  trustCloud,
  type LiveAccount,
} from '../../support/live-account.ts'
import { runningCloud, type RunningCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'

const SLOW = 120_000

describe('news of a licence, with a launcher', () => {
  let live: LiveAccount
  let cloud: RunningCloud
  let licence: Awaited<ReturnType<typeof makeLicence>>
  const homes: Launched[] = []

  const launch = async (layout: LiveAccount['layout']) => {
    const home = await launched({ layout, program: { node: process.execPath, entry: EAGER_BOT, env: process.env } })
    homes.push(home)
    return home
  }
  const until = (wanted: Parameters<typeof untilBot>[2]) => untilBot(live.layout, live.id, wanted)

  beforeEach(async () => {
    live = await liveAccount()
    cloud = await runningCloud()
    licence = await makeLicence(cloud)
    await trustCloud(live.layout, cloud)
    await keepKey(live.layout, licence.key)
    const { client } = await launch(live.layout)
    await client.api.bots.start({ ids: [live.id], all: false, wait: true })
    await until(({ licence: it, state }) => it?.rung === 'fresh' && state === 'trading')
  })
  afterEach(async () => {
    await homes[0]!.client.api.bots.stop({ ids: [], all: true, flatten: true, keepOrders: false })
    for (const home of homes.splice(0)) await home.close()
    await live.venue.close()
  })

  it(
    'that it is revoked reaches a bot that trades, long before it would ask',
    async () => {
      await slipway(cloud.home, ['cloud', 'license', 'revoke', licence.id, '--yes'], { env: {} })
      const blocked = await until(({ licence: it }) => it?.rung === 'refused')
      expect(blocked.licence).toMatchObject({ code: 'license_revoked', isSaid: true })
    },
    SLOW,
  )

  it(
    'that another device has taken the account over stops entries here, and exits go on',
    async () => {
      const other = prepareHome(tempHome())
      await trustCloud(other, cloud)
      await keepKey(other, licence.key)
      mkdirSync(other.account(live.id), { recursive: true })
      const settings = (await homes[0]!.client.api.accounts.show({ id: live.id })) as object
      writeFileSync(other.settings(live.id), JSON.stringify(settings))
      const { client } = await launch(other)
      const own = (await client.api.licence.show({ user: LIVE_USER })) as OwnLicence
      expect(own.accounts.used).toBe(1)
      const { fence } = await client.api.licence.takeOver({ id: live.id })
      expect(fence).toBe(2)
      const blocked = await until(({ licence: it }) => it?.rung === 'refused')
      expect(blocked.licence).toMatchObject({ code: 'lease_lost' })
      expect(blocked.stateReason).toMatch(/exits go on/)
      const state = await homes[0]!.client.api.cloud()
      expect(state.accounts[0]!.licence).toMatchObject({ entries: 'refused', code: 'lease_lost' })
      await homes[0]!.client.api.bots.stop({ ids: [live.id], all: false, flatten: true, keepOrders: false })
      expect((await live.venue.books()).positions).toEqual([])
    },
    SLOW,
  )
})
