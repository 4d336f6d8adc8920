import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { NO_LEASE, writeLeaseFile } from '../../../../src/adapters/cloud/lease-file.ts'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { insertPush } from '../../../../src/adapters/cloud-db/push-records.ts'
import { ensureDeviceId } from '../../../../src/adapters/home/device-id.ts'
import { openHome } from '../../../../src/adapters/home/open-home.ts'
import { makeLicence } from '../../../../src/apps/cloud/licence/make-licence.ts'
import { revokeLicence } from '../../../../src/apps/cloud/licence/revoke-licence.ts'
import { hearCloud, type CloudHearer } from '../../../../src/apps/launcher/cloud/hear-cloud.ts'
import type { AccountId } from '../../../../src/domain/account/account-id.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { askCloud, servedCloud } from '../../../support/running-cloud.ts'
import { tempHome } from '../../../support/temp-home.ts'

const USER = '0123456789ab'
const ACCOUNT = 'live-1' as AccountId
const SIGNAL = { symbol_class: 'us-equity-index', side: 'buy', strategy: 'vwap-bounce', confidence: 0.7 } as const

/** A computer at a cloud: what it hears, and its lease. */
async function computer(deployment: 'embedded' | 'hosted') {
  const layout = openHome(tempHome())
  const { folder, address } = await servedCloud(
    deployment === 'embedded' ? { deployment, listen: { endpoint: layout.cloudEndpoint } } : { deployment },
  )
  const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(folder, 'cloud.db') })
  onTestFinished(close)
  const by = { actor: 'cli', at: epochMs(Date.now()) }
  const { key, licence } = await makeLicence(db, { userId: USER, plan: 'pro', source: 'cli' }, by)
  const body = {
    ...{ license_key: key, user_id: USER, device_id: ensureDeviceId(layout), account_id: '1'.repeat(32) },
    app_version: '1.0.0',
  }
  mkdirSync(layout.account(ACCOUNT), { recursive: true })
  const [said, open]: [string[], Record<string, boolean>] = [[], {}]
  const hearer = (topic: 'signal' | 'calendar', more: Partial<CloudHearer> = {}): CloudHearer => ({
    topic,
    said: () => void said.push(topic),
    connected: (isOpen) => void (open[topic] = isOpen),
    ...more,
  })
  const server =
    deployment === 'embedded' ? { kind: 'local' as const } : { kind: 'team' as const, url: address, keys: [] }
  const ear = hearCloud(
    {
      ...{ layout, random: () => 0, lookMs: 100, userId: () => USER },
      link: { server: () => server },
      log: { warn: (event) => void said.push(event) },
      holders: () => [{ accountId: ACCOUNT, userId: USER }],
    },
    [hearer('calendar'), hearer('signal', { leased: true })],
  )
  onTestFinished(() => ear.close())
  return {
    ...{ said, open },
    async takeLease() {
      const answer = await askCloud(address, '/api/license/validate', { body })
      const { lease } = answer.body as { lease: string }
      writeLeaseFile(layout.lease(ACCOUNT), { ...NO_LEASE, token: lease })
    },
    dropLease: () => writeLeaseFile(layout.lease(ACCOUNT), { ...NO_LEASE }),
    revoke: () => revokeLicence(db, licence.id, 'charged back', by),
    async tell() {
      const calendar = { revision: 1, emergency: null, withdrawn: null }
      const everyone = { at: epochMs(Date.now()), audience: null }
      await insertPush(db, { ...everyone, topic: 'signal', payload: SIGNAL })
      await insertPush(db, { ...everyone, topic: 'calendar', payload: calendar })
    },
  }
}

it('without a lease a team tells a computer its calendar, and with one its signals too, as long as there is one', async () => {
  const { said, open, takeLease, dropLease, tell } = await computer('hosted')
  await expect.poll(() => open, { timeout: 20_000 }).toEqual({ calendar: true })
  await tell()
  await expect.poll(() => said, { timeout: 10_000 }).toEqual(['calendar'])
  await takeLease()
  await expect.poll(() => open, { timeout: 20_000 }).toEqual({ calendar: true, signal: true })
  await tell()
  await expect.poll(() => said.toSorted(), { timeout: 10_000 }).toEqual(['calendar', 'calendar', 'signal'])
  dropLease()
  await expect.poll(() => open, { timeout: 10_000 }).toEqual({ calendar: true, signal: false })
}, 60_000)

it('a licence that ends takes the signals of a team away, and not its calendar', async () => {
  const { said, open, takeLease, revoke, tell } = await computer('hosted')
  await takeLease()
  await revoke()
  await expect.poll(() => open, { timeout: 20_000 }).toEqual({ calendar: true })
  await tell()
  await expect.poll(() => said, { timeout: 10_000 }).toEqual(['calendar'])
  expect(open).toEqual({ calendar: true })
}, 60_000)

it('the cloud of this computer tells everything without a lease', async () => {
  const { said, open, tell } = await computer('embedded')
  await expect.poll(() => open, { timeout: 20_000 }).toEqual({ calendar: true, signal: true })
  await tell()
  await expect.poll(() => said.toSorted(), { timeout: 10_000 }).toEqual(['calendar', 'signal'])
}, 60_000)
