import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { NO_LEASE, writeLeaseFile } from '../../../../src/adapters/cloud/lease-file.ts'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { ensureDeviceId } from '../../../../src/adapters/home/device-id.ts'
import { openHome } from '../../../../src/adapters/home/open-home.ts'
import { makeLicence } from '../../../../src/apps/cloud/licence/make-licence.ts'
import { revokeLicence } from '../../../../src/apps/cloud/licence/revoke-licence.ts'
import { followLicences } from '../../../../src/apps/launcher/cloud/licence-news.ts'
import type { AccountId } from '../../../../src/domain/account/account-id.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { askCloud, servedCloud } from '../../../support/running-cloud.ts'
import { tempHome } from '../../../support/temp-home.ts'

const USER = '0123456789ab'
const OTHER = 'ba9876543210'

/** Shorter than a launcher's, and still so far apart that no two looks of a bot are taken for one. */
const TIMES = { look: 200, news: 3_000, answer: 5_000 }

type Account = Readonly<{ accountId: AccountId; userId: string }>

/** A cloud with a licence and a lease for each live account, and a launcher that follows its news. */
async function followed(deployment: 'embedded' | 'hosted', accounts: readonly Account[]) {
  const layout = openHome(tempHome())
  const { folder, address } = await servedCloud(
    deployment === 'embedded' ? { deployment, listen: { endpoint: layout.cloudEndpoint } } : { deployment },
  )
  const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(folder, 'cloud.db') })
  onTestFinished(close)
  const by = { actor: 'cli', at: epochMs(Date.now()) }
  const licences: string[] = []
  for (const [n, { accountId, userId }] of accounts.entries()) {
    const { key, licence } = await makeLicence(db, { userId, plan: 'pro', source: 'cli' }, by)
    const { body } = await askCloud(address, '/api/license/validate', {
      body: {
        ...{ license_key: key, user_id: userId, device_id: ensureDeviceId(layout), account_id: `${n}`.repeat(32) },
        app_version: '1.0.0',
      },
    })
    mkdirSync(layout.account(accountId), { recursive: true })
    writeLeaseFile(layout.lease(accountId), { ...NO_LEASE, token: (body as { lease: string }).lease })
    licences.push(licence.id)
  }
  const looked: string[] = []
  const warned: string[] = []
  const follow = () => {
    const news = followLicences({
      layout,
      link: {
        server: () => (deployment === 'embedded' ? { kind: 'local' } : { kind: 'team', url: address, keys: [] }),
      },
      log: { warn: (event) => void warned.push(event) },
      accounts: () => accounts,
      bot: (id) => ({ lookAtLicence: () => Promise.resolve(void looked.push(id)) }),
      random: () => 0,
      times: TIMES,
    })
    onTestFinished(() => news.close())
  }
  return { licences, looked, warned, follow, revoke: (id: string) => revokeLicence(db, id, 'charged back', by) }
}

const [ONE, TWO] = ['live-1' as AccountId, 'live-2' as AccountId]

it('a licence that is revoked is looked at by the live bots of its user at once, and by nobody else', async () => {
  const { licences, looked, warned, follow, revoke } = await followed('embedded', [
    { accountId: ONE, userId: USER },
    { accountId: TWO, userId: OTHER },
  ])
  follow()
  // Each looks once when it begins to hear: of what came before it was told nothing.
  await expect.poll(() => looked.toSorted(), { timeout: 20_000 }).toEqual([ONE, TWO])
  await revoke(licences[0]!)
  await expect.poll(() => looked.length, { timeout: 30_000 }).toBe(3)
  expect(looked[2]).toBe(ONE)
  expect(warned).toEqual([])
}, 60_000)

it('news of a licence that stands are heard where another of the same user was revoked', async () => {
  const { licences, looked, follow, revoke } = await followed('hosted', [
    { accountId: ONE, userId: USER },
    { accountId: TWO, userId: USER },
  ])
  await revoke(licences[0]!)
  follow()
  // Once because the cloud says no to the first lease, once when it lets in with the second.
  await expect.poll(() => looked.length, { timeout: 30_000 }).toBe(4)
  await revoke(licences[1]!)
  await expect.poll(() => looked.length, { timeout: 30_000 }).toBe(6)
}, 90_000)
