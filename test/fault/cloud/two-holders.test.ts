import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openCloudDb } from '../../../src/adapters/cloud-db/open-cloud-db.ts'
import { ensureLeaseKeys } from '../../../src/adapters/lease-keys/lease-signer.ts'
import { describeWithPostgres, freshDatabaseOn } from '../../support/cloud-databases.ts'
import { accountRef, device, makeLicence, USER } from '../../support/licences.ts'
import { askCloud, runningCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { makeUnseededPool } from '../../support/unseeded-pool.ts'

describeWithPostgres('devices at two instances of the cloud', (open) => {
  it('never hold one account together, also when one instance dies in the middle', async () => {
    const { options } = await open()
    const databaseUrl = await freshDatabaseOn(options.kind === 'postgres' ? options.url : '')
    await makeUnseededPool({ kind: 'postgres', url: databaseUrl })
    const keys = join(tempHome(), 'keys')
    ensureLeaseKeys(keys, epochMs(Date.now()))
    const database = await openCloudDb({ kind: 'postgres', url: databaseUrl, connections: 2 })
    const { key } = await makeLicence(database.db, { plan: 'team', devices: 100, accounts: 100 }, epochMs(Date.now()))
    const instances = await Promise.all([1, 2].map(() => runningCloud({ databaseUrl, args: ['--keys', keys] })))

    /** Asks one instance, and the other where that one is gone: as a client does. */
    const validate = async (n: number, account: number) => {
      const body = {
        ...{ license_key: key, user_id: USER, device_id: device(n), account_id: accountRef(account) },
        app_version: '1.2.3',
      }
      const ask = (which: number) => askCloud(instances[which]!.url, '/api/license/validate', { body })
      const answer = await ask(n % 2).catch(() => ask(1 - (n % 2)))
      return answer.status === 200 ? 'taken' : (answer.body as { code: string }).code
    }
    const answers: Promise<string>[] = []
    for (let account = 1; account <= 8; account++) {
      for (let n = 0; n < 6; n++) answers.push(validate(n, account))
      if (account === 4) void instances[0]!.kill()
    }
    const said = await Promise.all(answers)
    for (let account = 0; account < 8; account++) {
      const ofAccount = said.slice(account * 6, account * 6 + 6)
      // A device whose answer was lost with the instance has asked again, and renews what it got.
      expect(ofAccount.toSorted((a, b) => a.localeCompare(b))).toEqual([
        ...Array<string>(5).fill('account_held'),
        'taken',
      ])
    }
    const rows = await database.db.selectFrom('account_leases').select(['account_id', 'fence']).execute()
    await database.close()
    expect(rows.map(({ fence }) => fence)).toEqual(Array<number>(8).fill(1))
  })
})
