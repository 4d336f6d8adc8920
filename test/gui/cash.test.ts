import { expect } from '@playwright/test'
import { accessibilityFaults, button, goTo, picture, showTheme, test as base, THEMES } from '../support/gui.ts'
import { venueWithToken, type VenueWithToken } from '../support/venue/venue-with-token.ts'

const TOKEN = 'cash-canary-token-17'

/** A venue whose token is in `tokenFile`. */
const test = base.extend<{ venue: VenueWithToken }>({
  venue: venueWithToken({ token: TOKEN }),
})

test('what the broker charged is booked from the page, and the bot trades on', async ({
  page,
  slipway,
  venue,
  faults,
}) => {
  await slipway.slipway('data', 'generate', '--symbol', 'MES', '--days', '2', '--seed', '3')
  const url = await slipway.startLauncher()
  await slipway.slipway(
    ...['account', 'add', 'abroad', '--user', 'anna', '--broker', 'gateway', '--symbol', 'MES', '--feed', 'replay:30x'],
    ...['--set', `gateway.url=${venue.url}`, '--set', `gateway.tokenFile=${venue.tokenFile}`],
  )
  await slipway.slipway('start', 'abroad', '--wait')
  await slipway.slipway('stop', 'abroad')
  await venue.moveCash('-12.50')
  await slipway.slipway('start', 'abroad')

  await page.goto(url)
  await expect(page.getByText('Online')).toBeVisible()
  await goTo(page, '#/account/abroad/reconciliation')
  const cash = page.getByRole('group', { name: 'Cash' })
  await expect(cash.getByText('99,987.50 USD at the broker')).toBeVisible()
  await expect(
    page.getByText(/if 12\.50 went out without a fill, book it: slipway cash abroad fee 12\.50/),
  ).toBeVisible()
  await expect(cash.getByLabel('Amount, USD')).toHaveValue('12.50')
  for (const theme of THEMES) {
    await showTheme(page, theme)
    expect(await accessibilityFaults(page, 'main')).toEqual([])
    await picture(page, `cash-differs-${theme}`)
  }

  await cash.getByLabel('Book it as…').selectOption('withdrawal')
  await cash.getByLabel('Amount, USD').fill('12.51')
  await cash.getByRole('button', { name: 'Book it' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Book it' }).click()
  await expect(page.getByText('It was not booked')).toBeVisible()
  await expect(page.getByText(/which is beyond what the broker says/)).toBeVisible()

  await cash.getByLabel('Book it as…').selectOption('fee')
  await cash.getByLabel('Amount, USD').fill('12.50')
  await cash.getByLabel('Note').fill('CME data')
  await cash.getByRole('button', { name: 'Book it' }).click()
  await picture(page, 'cash-asked')
  await page.getByRole('dialog').getByRole('button', { name: 'Book it' }).click()
  await expect(page.getByText(/12\.50 USD went out as a fee \(CME data\), booked as page-/)).toBeVisible()
  await expect(button(page, 'Book it')).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Account abroad' }).getByText('Trading')).toBeVisible()
  expect((await venue.books()).cash).toBe('99987.50')
  expect(faults).toEqual([])
})
