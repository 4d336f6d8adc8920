import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { accessibilityFaults, button, goTo, picture, showTheme, test as base, THEMES } from '../support/gui.ts'
import { repoRoot } from '../support/repo-root.ts'
import { runningCloud, type RunningCloud } from '../support/running-cloud.ts'
import { venueWithToken, type VenueWithToken } from '../support/venue/venue-with-token.ts'
import { venueBars } from '../support/venue/venue-bars.ts'

const TOKEN = 'live-canary-token-91'
const PASSPHRASE = 'correct horse battery staple'
const BAR_MS = 150
const SIZES = { small: { width: 1280, height: 720 }, large: { width: 1920, height: 1080 } } as const
/** Parameters with which a bot trades several times a day. */
const OFTEN = ['bandSigma=1', 'stopSigma=1.2', 'atrStopMultiple=1', 'rsiLong=49', 'minRewardRisk=0.5']

/** A team's cloud, and a venue with a live account whose token is in `tokenFile`. */
const test = base.extend<{ cloud: RunningCloud; venue: VenueWithToken }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
  cloud: async ({}, run) => {
    const cloud = await runningCloud({ program: join(repoRoot, 'dist', 'cloud.mjs') })
    await run(cloud)
    await cloud.stop()
  },
  venue: venueWithToken({ token: TOKEN, account: { accountId: 'U-7', mode: 'live' } }),
})

/** A key for the user of the live account, made by the cloud's operator. */
function makeLicence({ home }: RunningCloud, user: string): string {
  const words = ['cloud', 'license', 'create', '--user', user, '--plan', 'pro', '--json']
  const env = { ...process.env, SLIPWAY_HOME: home, DATABASE_URL: '', REDIS_URL: '' }
  const said = execFileSync(process.execPath, [join(repoRoot, 'dist', 'cli.mjs'), ...words], { env })
  return (JSON.parse(said.toString()) as { licenseKey: string }).licenseKey
}

/** Chooses the team's cloud, makes a vault and keeps the licence key in it, all on the page. */
async function getLicensed(page: Page, cloud: RunningCloud): Promise<void> {
  await goTo(page, '#/settings')
  await page.getByRole('radio', { name: 'A passphrase' }).check()
  await page.getByLabel('New passphrase', { exact: true }).fill(PASSPHRASE)
  await page.getByLabel('New passphrase again').fill(PASSPHRASE)
  await button(page, 'Make the vault').click()
  await expect(button(page, 'Lock it now')).toBeVisible()
  await goTo(page, '#/cloud')
  await page.getByRole('radio', { name: "My team's" }).check()
  await page.getByLabel('Address').fill(cloud.url)
  await button(page, 'Look at it').click()
  await button(page, 'They are: use it').click()
  await expect(page.getByText(`${cloud.url}.`)).toBeVisible()
  await page.getByRole('textbox', { name: 'Licence key' }).fill(makeLicence(cloud, 'anna'))
  await button(page, 'Keep it in the vault').click()
  await expect(page.getByText('Kept: pro, active.')).toBeVisible()
}

/** Pictures in both themes and sizes, for a person to look at. */
async function look(page: Page, name: string): Promise<void> {
  for (const theme of THEMES) {
    await showTheme(page, theme)
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport)
      await picture(page, `live-${name}-${theme}-${size}`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, name).toBeLessThanOrEqual(0)
    }
  }
}

type Look = Readonly<{ word: string; signs: number; colour: string; edge: string }>

/** How an account shows itself where it stands among others: by word, sign, colour and edge. */
function looksOf(page: Page, accountId: string): Promise<Look> {
  return page.locator(`[data-account="${accountId}"]`).evaluate((element) => {
    const badge = element.querySelector('[title^="Trades "]')!
    const edged = element.querySelector('td') ?? element
    return {
      word: badge.textContent,
      signs: badge.querySelectorAll('svg').length,
      colour: getComputedStyle(badge).backgroundColor,
      edge: getComputedStyle(edged).boxShadow + getComputedStyle(edged).borderLeftWidth,
    }
  })
}

/** Live differs from paper in every one of these ways. */
async function expectUnmistakable(page: Page): Promise<void> {
  const live = await looksOf(page, 'real-mes')
  const paper = await looksOf(page, 'paper-mes')
  expect(live).toMatchObject({ word: 'Live', signs: 1 })
  expect(paper).toMatchObject({ word: 'Paper', signs: 1 })
  expect(live.colour).not.toBe(paper.colour)
  expect(live.edge).not.toBe(paper.edge)
}

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
}

test('a live account is taken for no paper one, and its page shows what it did with real money', async ({
  page,
  slipway,
  cloud,
  venue,
  faults,
}) => {
  test.setTimeout(480_000)
  await slipway.slipway('data', 'generate', '--symbol', 'MES', '--days', '3', '--seed', '5')
  const add = (id: string, ...settings: string[]) =>
    slipway.slipway(
      ...['account', 'add', id, '--user', 'anna', '--symbol', 'MES', '--feed', `replay:${60_000 / BAR_MS}x`],
      ...[...settings, ...OFTEN].flatMap((setting) => ['--set', setting]),
    )
  await page.goto(await slipway.startLauncher())
  await add('paper-mes')
  const gateway = [`gateway.url=${venue.url}`, 'gateway.account=U-7', `gateway.tokenFile=${venue.tokenFile}`]
  await add('real-mes', 'broker=gateway', 'mode=live', ...gateway, 'risk.maxDailyLoss=50000')

  await getLicensed(page, cloud)
  const standing = page.getByRole('row', { name: /real-mes Live .*licence key is kept/ })
  await expect(standing).toBeVisible()
  await standing.scrollIntoViewIfNeeded()
  await look(page, 'cloud')

  await goTo(page, '#/accounts')
  await expectUnmistakable(page)
  await button(page, 'Start real-mes').click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('real-mes trades LIVE, with real money.')).toBeVisible()
  await closeDialog(page)
  await expect(button(page, 'Start real-mes')).toBeFocused()
  await button(page, 'Start all').click()
  await expect(dialog.getByText('One of the 2 accounts trades LIVE, with real money: real-mes.')).toBeVisible()
  await look(page, 'start-question')
  expect(await accessibilityFaults(page)).toEqual([])
  const bars = venueBars(homeLayout(slipway.home), 'MES')
  await venue.bar(bars[0]!)
  await dialog.getByRole('button', { name: 'Start all' }).click()
  const row = page.locator('[data-account="real-mes"]')
  await expect(row.getByText('Trading')).toBeVisible({ timeout: 60_000 })
  const [{ lastBarAt }] = JSON.parse(await slipway.slipway('status', 'real-mes', '--json')) as [{ lastBarAt: string }]
  const now = bars.findIndex(({ time = 0 }) => time >= Date.parse(lastBarAt))
  await venue.replay(bars.slice(now), BAR_MS)

  // What it holds, with stop and target at the venue.
  await goTo(page, '#/account/real-mes')
  const head = page.getByRole('region', { name: 'Account real-mes' })
  await expect(head.getByText('Live account: this is real money')).toBeVisible()
  await expect(head.getByText('Live', { exact: true })).toBeVisible()
  await page.getByRole('tab', { name: 'Positions' }).click()
  await expect(page.getByRole('row', { name: /(Buy|Sell) stop stop/ })).toBeVisible({ timeout: 180_000 })
  await picture(page, 'live-holds')

  await goTo(page, '#/accounts')
  await expect(row.locator('[data-column="trades"]')).not.toHaveText('0', { timeout: 180_000 })
  await expectUnmistakable(page)
  await look(page, 'table')
  await page.keyboard.press('Control+.')
  await expect(dialog.getByText(/One of the 2 accounts trades LIVE/)).toBeVisible()
  await look(page, 'stop-question')
  await closeDialog(page)
  await button(page, 'Flatten all').click()
  await expect(dialog.getByText(/One of the 2 accounts trades LIVE/)).toBeVisible()
  await look(page, 'flatten-question')
  await closeDialog(page)
  await page.getByText('Cards', { exact: true }).click()
  await expectUnmistakable(page)
  await look(page, 'cards')
  expect(await accessibilityFaults(page)).toEqual([])

  await goTo(page, '#/account/real-mes')
  await expect(page.getByRole('application', { name: /^Price chart of MES/ })).toBeVisible()
  await look(page, 'account')
  expect(await accessibilityFaults(page)).toEqual([])
  const shows = {
    Balance: page.getByRole('application', { name: 'Balance and drawdown of real-mes' }),
    Orders: page.getByRole('row', { name: /(Buy|Sell) stop stop/ }).first(),
    Fills: page.getByRole('row', { name: /(Bought|Sold)/ }).first(),
    Trades: page.getByRole('row', { name: /USD/ }).first(),
    Decisions: page.getByRole('row', { name: /Enter: / }).first(),
    Settings: page.getByText('U-7', { exact: true }),
  } as const
  for (const [tab, sign] of Object.entries(shows)) {
    await page.getByRole('tab', { name: tab, exact: true }).click()
    await expect(sign, tab).toBeVisible()
    await look(page, tab.toLowerCase())
  }
  expect(await page.content()).not.toContain(TOKEN)
  expect(faults).toEqual([])
})
