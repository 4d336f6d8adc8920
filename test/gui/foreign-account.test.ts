import { writeFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import { button, goTo, picture, test as base } from '../support/gui.ts'
import { venueWithToken, type VenueWithToken } from '../support/venue/venue-with-token.ts'

const TOKEN = 'token-of-sim-1'
const OTHER = 'token-of-sim-2'

const test = base.extend<{ venue: VenueWithToken }>({
  venue: venueWithToken({ token: TOKEN, others: [{ token: OTHER, accountId: 'SIM-2' }] }),
})

test('a token of another account is refused in words, and the right one trades on', async ({
  page,
  slipway,
  venue,
}) => {
  const url = await slipway.startLauncher()
  const gateway = ['--set', `gateway.url=${venue.url}`, '--set', `gateway.tokenFile=${venue.tokenFile}`]
  const market = ['--broker', 'gateway', '--symbol', 'MES', '--feed', 'synthetic:1']
  await slipway.slipway('account', 'add', 'abroad', '--user', 'anna', ...market, ...gateway)
  await slipway.slipway('start', 'abroad', '--wait')
  await slipway.slipway('stop', 'abroad')
  writeFileSync(venue.tokenFile, OTHER, { mode: 0o600 })

  await page.goto(url)
  await goTo(page, '#/account/abroad')
  const account = page.getByRole('region', { name: 'Account abroad' })
  await button(page, 'Start abroad').click()
  await expect(
    account.getByText(/opened the account SIM-2 .* and the books of abroad are those of SIM-1/),
  ).toBeVisible()
  await expect(account.getByText(/Put back the token/)).toBeVisible()
  await picture(page, 'foreign-account')

  writeFileSync(venue.tokenFile, TOKEN, { mode: 0o600 })
  await button(page, 'Start abroad').click()
  await expect(account.getByText('Trading')).toBeVisible()
  expect((await venue.books('SIM-2')).orders).toEqual([])
})
