import { expect } from '@playwright/test'
import { button, goTo, test } from '../support/gui.ts'

test('keys typed right after a dialog with a field was left go to the page', async ({ page, slipway, faults }) => {
  const url = await slipway.startLauncher()
  await slipway.slipway('account', 'add', 'desk-1', '--user', 'anna', '--symbol', 'SPY', '--feed', 'synthetic:3')
  await page.goto(url)
  await expect(page.getByText('desk-1').first()).toBeVisible()
  const keys: readonly [...string[]][] = [['?'], ['Control+k'], ['g', 'c']]
  for (const pressed of keys) {
    await goTo(page, '#/edit/desk-1')
    await button(page, 'Remove').click()
    await page.getByLabel('Delete its folder too').check()
    const field = page.getByLabel('Type desk-1 to confirm')
    await field.fill('desk')
    await expect(field).toBeFocused()
    for (const key of ['Escape', ...pressed]) await page.keyboard.press(key)
    if (pressed[0] === '?') await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
    else if (pressed[0] === 'g') await expect(page.getByRole('heading', { name: 'Economic calendar' })).toBeVisible()
    else {
      // It is loaded when it is first asked for; from when it can be seen it takes what is typed.
      const search = page.getByPlaceholder('Account, page or command')
      await search.waitFor()
      await page.keyboard.type('desk', { delay: 60 })
      await expect(search).toHaveValue('desk')
    }
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }
  // A question that one key leaves, and the next one asks for again.
  for (const name of ['Stop all', 'Flatten all']) {
    await goTo(page, '#/')
    if (!(await button(page, name).isEnabled())) continue
    await button(page, name).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    for (const key of ['Escape', 'g', 'c']) await page.keyboard.press(key)
    await expect(page.getByRole('heading', { name: 'Economic calendar' })).toBeVisible()
  }
  void faults
})
