import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { openCloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { storeStripeEvent } from '../../src/adapters/cloud-db/subscription-records.ts'
import { openLeaseSigner } from '../../src/adapters/lease-keys/lease-signer.ts'
import { claimLinks } from '../../src/apps/cloud/licence/claim-licence.ts'
import { processStripeEvent } from '../../src/apps/cloud/stripe/process-event.ts'
import { LicenceKey } from '../../src/contracts/cloud/licence.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { servedCloud } from '../support/running-cloud.ts'
import { checkout, paid, updated } from '../support/stripe.ts'

const NOW = epochMs(Date.UTC(2026, 10, 20, 12))

const test = base.extend<{ cloud: Awaited<ReturnType<typeof servedCloud>> }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
  cloud: async ({}, run) => {
    const cloud = await servedCloud({ now: () => NOW })
    try {
      await run(cloud)
    } finally {
      await cloud.close()
      rmSync(cloud.folder, { recursive: true, force: true, maxRetries: 5 })
    }
  },
})

test('a buyer is shown the key by the link of the mail, once', async ({ page, cloud }) => {
  const database = await openCloudDb({ kind: 'sqlite', file: join(cloud.folder, 'cloud.db') })
  for (const event of [checkout(), updated(), paid()]) {
    const stored = { id: event.id, type: event.type, payload: JSON.stringify(event), createdAt: NOW }
    await storeStripeEvent(database.db, stored, NOW)
    await processStripeEvent(database.db, event.id, NOW)
  }
  const { id } = await database.db.selectFrom('licences').select('id').executeTakeFirstOrThrow()
  const parts = { db: database.db, signer: openLeaseSigner(join(cloud.folder, 'keys'), NOW) }
  const link = await claimLinks(parts, cloud.url, () => NOW)(id)
  await database.close()

  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(link!)
  // The visit alone makes nothing, and the link is gone from the address.
  expect(new URL(page.url()).hash).toBe('')
  await page.getByRole('button', { name: 'Show my licence key' }).click()
  await expect(page.getByRole('status')).toHaveText('Plan pro. Copy this key now: it is shown this once.')
  const key = await page.locator('code').textContent()
  expect(LicenceKey.safeParse(key).success).toBe(true)
  expect(complaints).toEqual([])

  await page.goto('about:blank')
  await page.goto(link!)
  await page.getByRole('button').click()
  await expect(page.getByRole('status')).toContainText('This link has been used, or is over.')
  await page.goto('about:blank')
  await page.goto(link!.slice(0, -4))
  await page.getByRole('button').click()
  await expect(page.getByRole('status')).toContainText('not whole')
})
