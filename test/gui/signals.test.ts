import { expect } from '@playwright/test'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { accessibilityFaults, button, goTo, picture, showTheme, test, THEMES } from '../support/gui.ts'
import { askCloud } from '../support/running-cloud.ts'

const SIGNAL = { user_id: 'bbbbbbbbbbbb', symbol_class: 'us-equity-index', side: 'buy', strategy: 'vwap-bounce' }

test('signals of others come to the page as they are shared, and sharing one’s own is turned on from there', async ({
  page,
  slipway,
  faults,
}) => {
  test.slow()
  const url = await slipway.startLauncher()
  await slipway.slipway('account', 'add', 'desk-1', '--user', 'anna', '--symbol', 'MES', '--feed', 'synthetic:3')
  await page.goto(url)
  await goTo(page, '#/cloud')
  const panel = page.getByRole('region', { name: 'Signals' })
  await expect(panel.getByText('No cloud is used, so none is heard')).toBeVisible()
  await page.getByRole('radio', { name: /The one on this computer/ }).check()
  await button(page, 'Use it').click()
  await expect(panel.getByText('None was heard since')).toBeVisible({ timeout: 60_000 })
  await expect(panel.getByText('Sharing is off')).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])

  const { cloudEndpoint } = homeLayout(slipway.home)
  const share = (more: object) =>
    askCloud(cloudEndpoint, '/api/signals', { body: { ...SIGNAL, confidence: 0.7, ...more } })
  expect((await share({ strategy: '<img src=x onerror=alert(1)>' })).status).toBe(400)
  expect((await share({ source: 'live' })).status).toBe(200)
  await share({ side: 'sell', confidence: 0.5, source: 'synthetic', symbol_class: 'stock' })
  const rows = panel.getByRole('row')
  await expect(rows).toHaveCount(3)
  await expect(rows.nth(1)).toContainText('sell')
  await expect(rows.nth(2)).toContainText('live account')
  await expect(rows.nth(2)).toContainText('others')

  await panel.getByRole('link', { name: 'Settings of desk-1' }).click()
  for (let step = 0; step < 3; step++) await button(page, 'Next').click()
  await page.getByRole('combobox', { name: 'Signals' }).click()
  await page.getByRole('option', { name: 'share' }).click()
  await button(page, 'Next').click()
  await expect(page.getByText('Signals: off → share')).toBeVisible()
  await button(page, 'Keep the changes').click()
  await expect(page).toHaveURL(/#\/account\/desk-1/)
  await goTo(page, '#/cloud')
  await expect(panel.getByRole('listitem')).toHaveText('desk-1 shares, from its next entry on.')

  for (const theme of THEMES) {
    await showTheme(page, theme)
    await panel.scrollIntoViewIfNeeded()
    await picture(page, `signals-${theme}`)
    expect(await accessibilityFaults(page)).toEqual([])
  }
  void faults
})
