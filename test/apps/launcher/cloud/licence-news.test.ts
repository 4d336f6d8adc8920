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

it('a licence that is revoked is looked at by the live bots of its user at once, and by nobody else', async () => {
  const layout = openHome(tempHome())
  const { folder } = await servedCloud({ deployment: 'embedded', listen: { endpoint: layout.cloudEndpoint } })
  const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(folder, 'cloud.db') })
  onTestFinished(close)
  const by = { actor: 'cli', at: epochMs(Date.now()) }
  const leased = async (accountId: AccountId, userId: string, digit: string) => {
    const { key, licence } = await makeLicence(db, { userId, plan: 'pro', source: 'cli' }, by)
    const { body } = await askCloud(layout.cloudEndpoint, '/api/license/validate', {
      body: {
        ...{ license_key: key, user_id: userId, device_id: ensureDeviceId(layout), account_id: digit.repeat(32) },
        app_version: '1.0.0',
      },
    })
    mkdirSync(layout.account(accountId), { recursive: true })
    writeLeaseFile(layout.lease(accountId), { ...NO_LEASE, token: (body as { lease: string }).lease })
    return licence.id
  }
  const [one, two] = ['live-1' as AccountId, 'live-2' as AccountId]
  const licenceId = await leased(one, USER, '1')
  await leased(two, OTHER, '2')

  const looked: string[] = []
  const warned: string[] = []
  const news = followLicences({
    layout,
    link: { server: () => ({ kind: 'local' }) },
    log: { warn: (event) => void warned.push(event) },
    accounts: () => [
      { accountId: one, userId: USER },
      { accountId: two, userId: OTHER },
    ],
    bot: (id) => ({ lookAtLicence: () => Promise.resolve(void looked.push(id)) }),
    random: () => 0,
  })
  onTestFinished(() => news.close())
  // Each looks once when it begins to hear: of what came before it was told nothing.
  await expect.poll(() => looked.toSorted(), { timeout: 20_000 }).toEqual([one, two])
  await revokeLicence(db, licenceId, 'charged back', by)
  await expect.poll(() => looked.length, { timeout: 30_000 }).toBe(3)
  expect(looked[2]).toBe(one)
  expect(warned).toEqual([])
}, 60_000)
