import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { readAccountSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import { openCloudDb } from '../../../src/adapters/cloud-db/open-cloud-db.ts'
import { ensureLeaseKeys } from '../../../src/adapters/lease-keys/lease-signer.ts'
import { readHeldPositions } from '../../../src/adapters/state-db/read-holdings.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { addAccount, generateBars, prepareHome, untilBot } from '../../support/bot-fleet.ts'
import { describeWithServers, freshDatabaseOn } from '../../support/cloud-databases.ts'
import { launched } from '../../support/launched.ts'
import { EAGER_BOT, trustCloud } from '../../support/live-account.ts'
import { runningCloud, type RunningCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'
import { makeUnseededPool } from '../../support/unseeded-pool.ts'

/** One computer: a home with a launcher, an account with trades to contribute, and one that trades all the time. */
async function computer(user: string, cloud: RunningCloud) {
  const layout = prepareHome(tempHome())
  generateBars(layout, 'MES', 20, 5)
  const past = await addAccount(layout, 'past', { symbol: 'MES', feed: 'replay:max', user })
  const id = await addAccount(layout, 'busy', { symbol: 'MES', feed: 'replay:600x', strategy: 'eager', user })
  await trustCloud(layout, cloud)
  const home = await launched({ layout, program: { node: process.execPath, entry: EAGER_BOT, env: process.env } })
  onTestFinished(async () => {
    await home.client.api.bots.stop({ all: true })
    await home.close()
  })
  await home.client.api.bots.start({ ids: [past, id] })
  return { ...home, id, until: (wanted: Parameters<typeof untilBot>[2]) => untilBot(layout, id, wanted) }
}

describeWithServers('two launchers at two instances of the cloud', ({ postgres, redis }) => {
  it('contribute to one pool, and close what they hold when their instance is gone', async () => {
    const databaseUrl = await freshDatabaseOn(postgres)
    await makeUnseededPool({ kind: 'postgres', url: databaseUrl })
    const keys = join(tempHome(), 'keys')
    ensureLeaseKeys(keys, epochMs(Date.now()))
    const hosted = { databaseUrl, redisUrl: `${redis}/7`, args: ['--keys', keys] }
    const instances = [await runningCloud(hosted), await runningCloud(hosted)] as const
    const computers = [await computer('anna', instances[0]), await computer('ben', instances[1])] as const
    const database = await openCloudDb({ kind: 'postgres', url: databaseUrl, connections: 1 })
    onTestFinished(database.close)
    const contributors = async () => {
      const rows = await database.db.selectFrom('experiences').select('user_id').distinct().execute()
      return rows.filter(({ user_id }) => /^[0-9a-f]{12}$/.test(user_id)).length
    }
    for (const end = performance.now() + 60_000; (await contributors()) < 2; await delay(200))
      if (performance.now() > end) throw new Error('not both have contributed')

    for (const [at, { client, id, layout, until }] of computers.entries()) {
      await until(({ position }) => position !== 0)
      await instances[at]!.kill()
      const stopped = await client.api.bots.stop({ ids: [id], flatten: true })
      expect(stopped).toMatchObject([{ accountId: id, outcome: 'stopped' }])
      expect(readHeldPositions(layout, readAccountSettings(layout, id))).toEqual([])
    }
  })
})
