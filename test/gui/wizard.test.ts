import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { accessibilityFaults, button, goTo, picture, showTheme, test, THEMES } from '../support/gui.ts'

test('an account is added by keyboard alone, copied, changed, exported, removed and imported again', async ({
  page,
  slipway,
  faults,
}) => {
  const url = await slipway.startLauncher()
  await slipway.slipway('data', 'generate', '--symbol', 'SPY', '--days', '2', '--seed', '3')
  await page.goto(url)
  await goTo(page, '#/add')

  // What is missing is said, and the step is not left.
  await page.getByLabel('Account id').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('Give the account an id.')
  await expect(page.getByRole('alert')).toBeInViewport()
  await page.keyboard.type('desk one')
  await page.keyboard.press('Tab')
  await page.keyboard.type('anna')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('desk one')
  await page.getByLabel('Account id').fill('desk-1')
  await page.getByLabel('User').press('Enter')
  await expect(page.getByText('The simulated broker needs none.')).toBeVisible()
  await button(page, 'Next').press('Enter')

  await page.getByRole('combobox', { name: 'Symbol' }).fill('SPY')
  await expect(page.getByText(/bars of SPY are stored/)).toBeVisible()
  await button(page, 'Next').press('Enter')

  await page.getByLabel('Max daily loss').fill('many')
  await expect(page.getByText('Write an amount such as 500 or 500.00.')).toBeVisible()
  await button(page, 'Next').press('Enter')
  await expect(page.getByRole('heading', { name: 'Risk limits' })).toBeVisible()
  await page.getByLabel('Max daily loss').fill('750')
  await page
    .getByText(/^\d+ more settings$/)
    .first()
    .click()
  await expect(
    page.getByText(/entries are made, with their zone: 09:30-11:30,13:00-15:00 America\/Chicago\.$/),
  ).toBeVisible()
  for (const theme of THEMES) {
    await showTheme(page, theme)
    await picture(page, `wizard-risk-${theme}`)
  }
  await button(page, 'Next').press('Enter')
  await expect(page.getByText('Max daily loss: 750', { exact: true })).toBeVisible()
  for (const theme of THEMES) {
    await showTheme(page, theme)
    expect(await accessibilityFaults(page)).toEqual([])
    await picture(page, `wizard-review-${theme}`)
  }
  await button(page, 'Add the account').press('Enter')
  await expect(page).toHaveURL(/#\/account\/desk-1/)

  // A twin starts with the same settings under a free id; one that is taken is told of where it is typed.
  await goTo(page, '#/add?from=desk-1')
  await expect(page.getByLabel('Account id')).toHaveValue('desk-2')
  await page.getByLabel('Account id').fill('DESK-1')
  await expect(page.getByText(/differs from the account desk-1 in upper and lower case only/)).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])
  await button(page, 'Next').click()
  await expect(page.getByRole('alert')).toContainText('in upper and lower case only')
  await expect(page.getByRole('heading', { name: 'Broker' })).toBeVisible()
  await page.getByLabel('Account id').fill('desk-2')
  for (let step = 0; step < 4; step++) await button(page, 'Next').click()
  await button(page, 'Add the account').click()
  await expect(page).toHaveURL(/#\/account\/desk-2/)

  await goTo(page, '#/edit/desk-2')
  await expect(page.getByLabel('Account id')).toBeDisabled()
  for (let step = 0; step < 3; step++) await button(page, 'Next').click()
  await page.getByLabel('Max daily loss').fill('300')
  await button(page, 'Next').click()
  await expect(page.getByText('Max daily loss: 750 → 300')).toBeVisible()
  await button(page, 'Keep the changes').click()
  await expect(page.getByText('desk-2: the changes are kept')).toBeVisible()
  await expect(page).toHaveURL(/#\/account\/desk-2/)

  await goTo(page, '#/edit/desk-2')
  const download = page.waitForEvent('download')
  await button(page, 'Export').click()
  const file = join(slipway.home, 'exported.json')
  await (await download).saveAs(file)
  expect(await readFile(file, 'utf8')).toContain('risk.maxDailyLoss=300')
  await button(page, 'Remove').click()
  await page.getByLabel(/Delete its folder too/).check()
  await expect(button(page, 'Remove and delete')).toBeDisabled()
  await page.getByLabel('Type desk-2 to confirm').fill('desk-2')
  await button(page, 'Remove and delete').click()
  await expect(page).toHaveURL(/#\/accounts/)

  await goTo(page, '#/add')
  const chosen = page.waitForEvent('filechooser')
  await button(page, 'Import from a file').click()
  await (await chosen).setFiles(file)
  await expect(page.getByText('Is added, as paper.')).toBeVisible()
  await button(page, 'Add one account').click()
  await expect(page).toHaveURL(/#\/accounts/)
  const listed = JSON.parse(await slipway.slipway('account', 'show', 'desk-2', '--json')) as { risk: object }
  expect(listed.risk).toMatchObject({ maxDailyLoss: '300' })
  void faults
})

test('real money is asked for by name, and a gateway that lets nobody in is said so before anything is kept', async ({
  page,
  slipway,
  faults,
}) => {
  await page.goto(await slipway.startLauncher())
  await goTo(page, '#/add')
  await page.getByLabel('Account id').fill('real-1')
  await page.getByLabel('User').fill('anna')
  await expect(page.getByRole('radio', { name: 'Live' })).toBeDisabled()
  await page.getByRole('radio', { name: 'Gateway' }).check()
  await page.getByRole('radio', { name: 'Live' }).check()
  await button(page, 'Next').click()
  await button(page, 'Next').click()
  await expect(page.getByRole('alert')).toHaveText('Say where the gateway is.')
  await page.getByLabel('Address of the gateway').fill('http://127.0.0.1:9')
  await button(page, 'Test at the broker').click()
  await expect(page.getByText('The broker did not let us in.')).toBeVisible()
  await button(page, 'Next').click()
  await page.getByRole('combobox', { name: 'Symbol' }).fill('ES')
  await button(page, 'Next').click()
  await button(page, 'Next').click()
  await expect(page.getByText('This account will trade LIVE, with real money.')).toBeVisible()
  await expect(button(page, 'Add the account')).toBeDisabled()
  await page.getByLabel('Type real-1 to confirm').fill('real-2')
  await expect(page.getByText('This is not the id of the account.')).toBeVisible()
  await showTheme(page, 'light')
  await picture(page, 'wizard-live-light')
  await page.getByLabel('Type real-1 to confirm').fill('real-1')
  await button(page, 'Add the account').click()
  await expect(page).toHaveURL(/#\/account\/real-1/)
  // The address of the page never carries what was typed.
  expect(page.url()).not.toContain('127.0.0.1:9')
  void faults
})

test('a half-filled form outlives a reload of the window, without its secrets, until it is discarded', async ({
  page,
  slipway,
}) => {
  const url = await slipway.startLauncher()
  await page.goto(url)
  await goTo(page, '#/add')
  await page.getByLabel('Account id').fill('bridge-1')
  await page.getByLabel('User').fill('anna')
  await page.getByRole('radio', { name: 'Gateway' }).check()
  await button(page, 'Next').click()
  await page.getByLabel('Address of the gateway').fill('http://127.0.0.1:4001')
  await page.getByLabel('Access token').fill('s3cret-token')
  await button(page, 'Next').click()
  await expect(page.getByRole('heading', { name: 'Market and strategy' })).toBeVisible()
  await page.reload()

  // The token is to be typed again, so the form goes on where it is.
  await expect(page.getByText('This is what you had typed before.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Credentials' })).toBeVisible()
  await expect(page.getByLabel('Address of the gateway')).toHaveValue('http://127.0.0.1:4001')
  await expect(page.getByLabel('Access token')).toHaveValue('')
  const stored = await page.evaluate(() =>
    [window.sessionStorage, window.localStorage].flatMap((store) => Object.values(store)).join(),
  )
  expect(stored).toContain('bridge-1')
  expect(stored).not.toContain('s3cret-token')
  expect(await accessibilityFaults(page)).toEqual([])

  await button(page, 'Discard it').click()
  await expect(page.getByText('This is what you had typed before.')).toBeHidden()
  await expect(page.getByLabel('Account id')).toHaveValue('')
  await page.reload()
  await expect(page.getByLabel('Account id')).toHaveValue('')
  await expect(page.getByText('This is what you had typed before.')).toBeHidden()
})
