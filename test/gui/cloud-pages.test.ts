import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { insertAdminKey } from '../../src/adapters/cloud-db/admin-records.ts'
import { openCloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { newId, newSecretKey } from '../../src/adapters/cloud-db/secret-keys.ts'
import { noteFailedTry, storeStripeEvent } from '../../src/adapters/cloud-db/subscription-records.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { accessibilityFaults, button, showTheme, test as base, THEMES } from '../support/gui.ts'
import { repoRoot } from '../support/repo-root.ts'
import { runningCloud, type RunningCloud } from '../support/running-cloud.ts'

const USER = '0123456789ab'
const NOW = epochMs(Date.UTC(2026, 10, 20, 10))

/** A cloud server as an operator runs it, and the key of its owner. */
const test = base.extend<{ cloud: RunningCloud & { adminKey: string } }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
  cloud: async ({}, run) => {
    const cloud = await runningCloud({ program: join(repoRoot, 'dist', 'cloud.mjs') })
    const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(cloud.home, 'cloud', 'cloud.db') })
    const { key, hash } = newSecretKey('sla_')
    await insertAdminKey(db, { id: newId('adm_'), hash, label: 'Ada', role: 'owner' }, epochMs(Date.now()))
    // An event that nobody can read, and that was given up on.
    const event = { id: 'evt_parked01', type: 'invoice.paid', payload: '{"id":"evt_parked01"}', createdAt: NOW }
    await storeStripeEvent(db, event, NOW)
    await noteFailedTry(db, event.id, 'It could not be done with: lines is missing', 1, NOW)
    await close()
    try {
      await run({ ...cloud, adminKey: key })
    } finally {
      await cloud.stop()
    }
  },
})

async function signIn(page: Page, url: string, key: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Licence key or admin key').fill(key)
  await button(page, 'Sign in').click()
}

test('an admin makes a licence, its user signs in with the key, and the admin ends it', async ({
  page,
  cloud,
  faults,
}) => {
  await signIn(page, `${cloud.url}/admin`, cloud.adminKey)
  await expect(page.getByText('There is no licence yet.')).toBeVisible()
  await button(page, 'New licence …').click()
  await page.getByLabel('User id').fill(USER)
  await button(page, 'Make it').click()
  await expect(page.getByText('This key is shown once')).toBeVisible()
  const key = await page.locator('.commandText').innerText()
  expect(key).toMatch(/^slw_[\w-]{43}$/)
  await button(page, 'I have copied it').click()
  await expect(page.getByRole('row', { name: /starter active/ })).toBeVisible()
  expect(await page.content()).not.toContain(key)

  await button(page, 'Sign out').click()
  await page.getByLabel('Licence key or admin key').fill(key)
  await button(page, 'Sign in').click()
  await expect(page.getByRole('heading', { name: 'Your licence' })).toBeVisible()
  await expect(page.getByText(`User ${USER}`)).toBeVisible()
  await expect(page.getByText('No device has used this licence yet.')).toBeVisible()
  await page.screenshot({ path: 'test-results/looks/cloud-user.png' })

  await button(page, 'Sign out').click()
  await signIn(page, cloud.url, cloud.adminKey)
  await page.getByRole('button', { name: /^Revoke lic_/ }).click()
  await page.getByRole('textbox', { name: /^Reason to revoke/ }).fill('Asked for by its user')
  await button(page, 'Revoke').click()
  await expect(page.getByRole('row', { name: /starter revoked/ })).toBeVisible()
  await page.getByRole('tab', { name: 'Audit' }).click()
  await expect(page.getByRole('cell', { name: 'licences.revoke' })).toBeVisible()
  expect(faults).toEqual([])
})

test('an emergency is declared after a second question, and ended', async ({ page, cloud, faults }) => {
  await signIn(page, cloud.url, cloud.adminKey)
  await page.getByRole('tab', { name: 'Calendar' }).click()
  await expect(page.getByRole('rowheader', { name: 'FOMC' }).first()).toBeVisible()
  await page.getByLabel('What has happened').fill('Exchange halted')
  await page.getByRole('button', { name: 'Close entries for all users' }).click()
  await button(page, 'Close entries').click()
  await expect(page.getByRole('row', { name: /EMERGENCY.*Exchange halted/ })).toBeVisible()
  await page.getByRole('button', { name: /^End emergency/ }).click()
  await button(page, 'End').click()
  await expect(page.getByRole('row', { name: /EMERGENCY/ })).toHaveCount(0)
  expect(faults).toEqual([])
})

test('an event of Stripe that is parked is told with its reason, tried again and dismissed', async ({
  page,
  cloud,
  faults,
}) => {
  await signIn(page, cloud.url, cloud.adminKey)
  await page.getByRole('tab', { name: 'Stripe' }).click()
  await expect(page.getByText('1 is parked and not tried again by itself; it came 2026-11-20 10:00 UTC.')).toBeVisible()
  const row = page.getByRole('row', { name: /evt_parked01/ })
  await expect(row).toContainText('lines is missing')
  await button(page, 'Try again evt_parked01').click()
  await expect(page.getByText('evt_parked01 was tried and stays as it is')).toBeVisible()
  await expect(row.getByRole('cell', { name: '2', exact: true })).toBeVisible()
  await button(page, 'Dismiss evt_parked01').click()
  await page.getByRole('textbox', { name: 'Reason to dismiss evt_parked01' }).fill('refunded by hand')
  await button(page, 'Dismiss').click()
  await expect(page.getByText('Every event was done with.')).toBeVisible()
  await page.getByRole('tab', { name: 'Audit' }).click()
  await expect(page.getByRole('cell', { name: 'stripe.dismiss' })).toBeVisible()
  expect(faults).toEqual([])
})

test('a wrong key, hostile text and a dead server are told and change nothing', async ({ page, cloud, faults }) => {
  await signIn(page, cloud.url, '<img src=x onerror=alert(1)>')
  await expect(page.getByText('This key opens nothing here.')).toBeVisible()
  await expect(page.getByLabel('Licence key or admin key')).toHaveValue('')
  await cloud.kill()
  await page.getByLabel('Licence key or admin key').fill('sla_whatever-it-is')
  await button(page, 'Sign in').click()
  await expect(page.getByText('The server does not answer.')).toBeVisible()
  expect(faults).toEqual([])
})

for (const theme of THEMES)
  test(`every panel can be read by everybody (${theme})`, async ({ page, cloud, faults }) => {
    await page.goto(cloud.url)
    await showTheme(page, theme)
    await expect(page.getByLabel('Licence key or admin key')).toBeVisible()
    expect(await accessibilityFaults(page)).toEqual([])
    await signIn(page, cloud.url, cloud.adminKey)
    for (const name of ['Licences', 'Live accounts', 'Users', 'Stripe', 'Rate limits', 'Calendar', 'Pool', 'Audit']) {
      await page.getByRole('tab', { name, exact: true }).click()
      await expect(page.getByText('Asking the server …')).toHaveCount(0)
      expect(await accessibilityFaults(page), name).toEqual([])
      await page.screenshot({ path: `test-results/looks/cloud-${name.replace(' ', '-').toLowerCase()}-${theme}.png` })
    }
    expect(faults).toEqual([])
  })
