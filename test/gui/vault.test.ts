import { expect } from '@playwright/test'
import { accessibilityFaults, button, goTo, picture, showTheme, test, THEMES } from '../support/gui.ts'
import { startVenue } from '../support/venue/start-venue.ts'

const PASSPHRASE = 'correct horse battery staple'
const TOKEN = 'gui-canary-token-77'

test('a token is typed once, in an account that is added, and opens the gateway for its bot', async ({
  page,
  slipway,
  faults,
}) => {
  const venue = await startVenue(1)
  try {
    await venue.settings({ token: TOKEN })
    await page.goto(await slipway.startLauncher())
    await goTo(page, '#/add')
    await page.getByLabel('Account id').fill('desk-1')
    await page.getByLabel('User').fill('anna')
    await page.getByRole('radio', { name: 'Gateway' }).check()
    await button(page, 'Next').click()
    await page.getByLabel('Address of the gateway').fill(venue.url)
    await page.getByLabel('Access token').fill('not-this-one')
    await button(page, 'Test at the broker').click()
    await expect(page.getByText('The gateway refused the token', { exact: false })).toBeVisible()
    await page.getByLabel('Access token').fill(TOKEN)
    await button(page, 'Test at the broker').click()
    await expect(page.getByText('The broker let us in.')).toBeVisible()

    // There is no vault yet: it is made here, with the keyboard, and what was typed stays.
    await button(page, 'Make a vault …').click()
    await page.getByRole('radio', { name: 'A passphrase' }).check()
    await page.getByLabel('New passphrase', { exact: true }).fill(PASSPHRASE)
    await page.getByLabel('New passphrase again').fill(PASSPHRASE)
    for (const theme of THEMES) {
      await showTheme(page, theme)
      await picture(page, `vault-made-${theme}`)
      expect(await accessibilityFaults(page)).toEqual([])
    }
    await page.keyboard.press('Enter')
    await expect(page.getByText('There is no vault yet.')).toBeHidden()
    await expect(page.getByLabel('Access token')).toHaveValue(TOKEN)
    await button(page, 'Next').click()
    await page.getByRole('combobox', { name: 'Symbol' }).fill('MES')
    await button(page, 'Next').click()
    await button(page, 'Next').click()
    await button(page, 'Add the account').click()
    await expect(page).toHaveURL(/#\/account\/desk-1/)
    expect(page.url()).not.toContain(TOKEN)

    await slipway.slipway('account', 'edit', 'desk-1', '--set', 'feed=synthetic:1')
    const started = JSON.parse(await slipway.slipway('start', 'desk-1', '--wait', '--json')) as { outcome: string }[]
    expect(started).toMatchObject([{ outcome: 'trading' }])
    await goTo(page, '#/settings')
    await expect(page.getByRole('rowheader', { name: 'desk-1' })).toBeVisible()
    for (const theme of THEMES) {
      await showTheme(page, theme)
      await page.getByRole('heading', { name: 'Vault' }).scrollIntoViewIfNeeded()
      await picture(page, `vault-open-${theme}`)
      expect(await accessibilityFaults(page)).toEqual([])
    }
    expect(await page.content()).not.toContain(TOKEN)
  } finally {
    await slipway.slipway('stop', '--all').catch(() => undefined)
    await venue.close()
  }
  void faults
})

test('a vault is locked, and opened again, in the settings', async ({ page, slipway, faults }) => {
  await page.goto(await slipway.startLauncher())
  await goTo(page, '#/settings')
  await page.getByRole('radio', { name: 'A passphrase' }).check()
  await page.getByLabel('New passphrase', { exact: true }).fill(PASSPHRASE)
  await page.getByLabel('New passphrase again').fill(PASSPHRASE)
  await button(page, 'Make the vault').click()
  await button(page, 'Lock it now').click()
  await page.getByLabel('Passphrase', { exact: true }).fill('a wrong one of them')
  await page.keyboard.press('Enter')
  await expect(page.getByText('It is still locked.')).toBeVisible()
  for (const theme of THEMES) {
    await showTheme(page, theme)
    await picture(page, `vault-locked-${theme}`)
    expect(await accessibilityFaults(page)).toEqual([])
  }
  await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  await page.keyboard.press('Enter')
  await expect(button(page, 'Lock it now')).toBeVisible()
  void faults
})
