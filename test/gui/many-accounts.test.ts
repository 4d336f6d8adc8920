import { expect, type Locator } from '@playwright/test'
import { goTo, test } from '../support/gui.ts'

/** Whether all of a text can be seen where it stands: nothing around it cuts it off, and no dots stand for the rest. */
function isWhole(text: Locator): Promise<boolean> {
  return text.evaluate((element) => {
    const range = document.createRange()
    range.selectNodeContents(element)
    const { right, bottom } = range.getBoundingClientRect()
    for (let frame: Element | null = element; frame; frame = frame.parentElement) {
      if (getComputedStyle(frame).overflow !== 'hidden') continue
      const box = frame.getBoundingClientRect()
      if (right > box.right + 0.5 || bottom > box.bottom + 0.5) return false
      if (frame.matches('td, th, .logWhose')) break
    }
    return true
  })
}

test('accounts whose names differ in their last letters only are told apart in the table and in logs', async ({
  page,
  slipway,
  faults,
}) => {
  const url = await slipway.startLauncher()
  const ids = ['carla-options-NIFTY', 'carla-options-SENSEX']
  for (const id of ids)
    await slipway.slipway('account', 'add', id, '--user', 'carla', '--symbol', 'MES', '--feed', 'synthetic:3')
  await slipway.slipway('start', '--all', '--wait')
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.goto(url)
  for (const id of ids) {
    const name = page.getByRole('link', { name: id, exact: true })
    await expect(name).toBeVisible()
    expect(await isWhole(name), id).toBe(true)
  }
  await goTo(page, '#/logs')
  for (const id of ids) {
    const name = page.locator('.logWhose', { hasText: id }).first()
    await expect(name).toBeVisible()
    expect(await isWhole(name), id).toBe(true)
  }
  void faults
})

test('figures of all accounts move no button when they grow, and stay whole in a narrow window', async ({
  page,
  slipway,
  faults,
}) => {
  const add = (id: string, symbol: string, cash: string) =>
    slipway.slipway(
      ...['account', 'add', id, '--user', 'anna', '--symbol', symbol, '--feed', 'synthetic:3'],
      ...['--set', `simulation.startingCash=${cash}`],
    )
  const url = await slipway.startLauncher()
  await add('dollars', 'MES', '1')
  await slipway.slipway('start', '--all', '--wait')
  await page.setViewportSize({ width: 1920, height: 1080 })
  await page.goto(url)
  const flatten = page.getByRole('button', { name: 'Flatten all' })
  await expect(page.getByText('1.00 USD').first()).toBeVisible()
  const before = await flatten.boundingBox()
  await add('rupees', 'NIFTY', '9999999999999.00')
  await add('coins', 'BTC-PERP', '999999999.000000')
  await add('more', 'MES', '9999999999999.00')
  await slipway.slipway('start', '--all', '--wait')
  await expect(page.getByText('9,999,999,999,999.00 INR').first()).toBeVisible()
  await expect(page.getByText('999,999,999.000000 USDT').first()).toBeVisible()
  expect(await flatten.boundingBox()).toEqual(before)
  await page.setViewportSize({ width: 375, height: 740 })
  for (const figure of await page.locator('.totals dd').all())
    await expect.poll(() => figure.evaluate((it) => it.getBoundingClientRect().right)).toBeLessThanOrEqual(375)
  void faults
})
