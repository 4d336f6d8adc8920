import { expect } from '@playwright/test'
import { accessibilityFaults, button, goTo, picture, showTheme, test, THEMES } from '../support/gui.ts'

const SIZES = { small: { width: 1280, height: 720 }, large: { width: 1920, height: 1080 } } as const

test('every page stands in both themes and sizes, and axe finds nothing wrong with any of them', async ({
  page,
  slipway,
  faults,
}) => {
  test.slow()
  const url = await slipway.startLauncher()
  await slipway.slipway('data', 'generate', '--symbol', 'SPY', '--days', '5', '--seed', '3')
  const add = (id: string, ...settings: string[]) =>
    slipway.slipway(...['account', 'add', id, '--user', 'anna', '--symbol', 'SPY', '--feed', 'replay:max', ...settings])
  await add('desk-1', '--set', 'risk.blackout=high')
  await add('desk-2')
  await slipway.slipway('start', 'desk-1', '--wait')
  await page.goto(url)

  const pages = [
    ['accounts', '#/accounts', page.getByText('desk-1').first()],
    ['account', '#/account/desk-1', page.getByText('desk-1').first()],
    ['add', '#/add', page.getByLabel('Account id')],
    ['edit', '#/edit/desk-1', page.getByLabel('Account id')],
    ['logs', '#/logs', page.getByRole('main')],
    ['calendar', '#/calendar', page.getByText('Blackouts of your accounts')],
    ['cloud', '#/cloud', page.getByText('Waiting to be contributed')],
    ['health', '#/health', page.getByText(/need a look|Everything is fine/)],
    ['settings', '#/settings', page.getByText('Notifications')],
  ] as const
  const found: string[] = []
  for (const theme of THEMES) {
    await showTheme(page, theme)
    for (const [name, hash, sign] of pages) {
      await goTo(page, hash)
      await expect(sign).toBeVisible()
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport)
        await picture(page, `${name}-${theme}-${size}`)
      }
      found.push(...(await accessibilityFaults(page)).map((fault) => `${name}, ${theme}: ${fault}`))
      // Nothing is wider than the window: a page is never scrolled sideways.
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, name).toBeLessThanOrEqual(0)
    }
  }
  expect(found).toEqual([])
  void faults
})

test('the palette and the keys lead everywhere, and the theme and zone somebody chose are kept', async ({
  page,
  slipway,
  faults,
}) => {
  const url = await slipway.startLauncher()
  await slipway.slipway('account', 'add', 'desk-1', '--user', 'anna', '--symbol', 'SPY', '--feed', 'synthetic:3')
  await page.goto(url)
  await expect(page.getByText('desk-1').first()).toBeVisible()

  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page.getByRole('heading', { name: 'Economic calendar' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Account, page or command').fill('desk')
  await page.keyboard.press('Enter')
  // Typed at once, it goes to the page and not into the palette that was just left.
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await expect(page).toHaveURL(/#\/account\/desk-1/)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeHidden()

  await goTo(page, '#/settings')
  await page.getByText('Dark', { exact: true }).click()
  await page.getByRole('radio', { name: 'Of the exchange' }).check()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.reload()
  await expect(page.getByRole('radio', { name: 'Of the exchange' })).toBeChecked()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')

  // At twice the size everything can still be reached.
  await page.setViewportSize({ width: 640, height: 360 })
  await goTo(page, '#/health')
  await expect(button(page, 'Look again')).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
  void faults
})
