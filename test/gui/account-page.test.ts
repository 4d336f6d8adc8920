import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { accessibilityFaults, button, test } from '../support/gui.ts'
import type { RunningSlipway } from '../support/running-slipway.ts'

/** Parameters with which a bot trades several times a day. */
const OFTEN = ['bandSigma=1', 'stopSigma=1.2', 'atrStopMultiple=1', 'rsiLong=49', 'minRewardRisk=0.5']
const TABS = [
  ...['Balance', 'Positions', 'Orders', 'Fills', 'Trades', 'Decisions', 'Reconciliation', 'Risk', 'Lock', 'Settings'],
  'Log',
]

/** A launcher with an account whose bars are of five made-up days; @returns the address of its page */
async function accountOf(slipway: RunningSlipway, accountId: string, speed: string): Promise<string> {
  await slipway.slipway('data', 'generate', '--symbol', 'SPY', '--days', '5', '--seed', '3')
  const url = await slipway.startLauncher()
  await slipway.slipway(
    ...['account', 'add', accountId, '--user', 'anna', '--broker', 'sim', '--mode', 'paper'],
    ...['--strategy', 'vwap-bounce', '--symbol', 'SPY', '--feed', `replay:${speed}`],
    ...OFTEN.flatMap((setting) => ['--set', setting]),
  )
  return url
}

async function open(page: Page, url: string, accountId: string): Promise<void> {
  await page.goto(url)
  await expect(page.getByText('Online')).toBeVisible()
  await page.evaluate((hash) => (window.location.hash = hash), `#/account/${accountId}`)
  await expect(page.getByRole('heading', { name: accountId, exact: true })).toBeVisible()
}

const headOf = (page: Page, accountId: string) => page.getByRole('region', { name: `Account ${accountId}` })
const chartOf = (page: Page) => page.getByRole('application', { name: /^Price chart of SPY/ })

/** Colours of the chart's drawing that are neither its ground nor a grey. */
const coloursDrawn = (page: Page) =>
  page.evaluate(() => {
    const seen = new Set<string>()
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.chart canvas')) {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      for (let at = 0; at < data.length; at += 4) {
        const [red = 0, green = 0, blue = 0, alpha] = data.slice(at, at + 4)
        if (alpha === 255 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60)
          seen.add(`${red},${green},${blue}`)
      }
    }
    return seen.size
  })

test('an account is started on its page, and the chart shows what its bot sees and did', async ({
  page,
  slipway,
  faults,
}, { project }) => {
  const url = await accountOf(slipway, 'demo', 'max')
  await open(page, url, 'demo')
  await expect(page.getByText(/this account has not traded. Start it/)).toBeVisible()
  await button(page, 'Start demo').click()
  await expect(headOf(page, 'demo').getByText(/the feed has no more bars/)).toBeVisible()
  await expect(chartOf(page)).toBeVisible()
  await expect.poll(() => coloursDrawn(page)).toBeGreaterThan(3)

  const trades = JSON.parse(await slipway.slipway('trades', 'demo', '--json')) as { entryPrice: string }[]
  expect(trades.length).toBeGreaterThan(0)
  // The same in words, for those who do not see it, and as a table.
  await expect(page.getByText(/bars of 1m from .* Last fill,/)).toBeAttached()
  await page.getByText('1h', { exact: true }).click()
  await expect(page.getByRole('application', { name: 'Price chart of SPY, 1h bars' })).toBeVisible()
  await page.getByRole('switch', { name: 'As a table' }).check()
  const table = page.getByRole('region', { name: 'Bars of SPY' })
  await expect(table.getByText(/Entry: (bought|sold)/).first()).toBeVisible()
  await page.getByRole('switch', { name: 'As a table' }).uncheck()

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [width, height] of [
      [1280, 720],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height })
      await expect.poll(() => coloursDrawn(page)).toBeGreaterThan(3)
      const path = join(project.outputDir, `account-chart-${colorScheme}-${width}.png`)
      await page.screenshot({ path, animations: 'disabled' })
    }
  }
  expect(faults).toEqual([])
})

test('every tab has something to say, in both themes, and axe finds nothing', async ({ page, slipway, faults }, {
  project,
}) => {
  // Two dozen pages, each looked at by axe.
  test.slow()
  const url = await accountOf(slipway, 'demo', 'max')
  await open(page, url, 'demo')
  await button(page, 'Start demo').click()
  await expect(headOf(page, 'demo').getByText(/the feed has no more bars/)).toBeVisible()
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const tab of ['Chart', ...TABS]) {
      await page.getByRole('tab', { name: tab, exact: true }).click()
      const panel = page.getByRole('tabpanel', { name: tab, exact: true })
      await expect(panel.getByText(/^Reading /)).toHaveCount(0)
      await expect(panel).not.toBeEmpty()
      found.push(...(await accessibilityFaults(page, 'main')).map((fault) => `${tab} ${colorScheme}: ${fault}`))
      const path = join(project.outputDir, `account-${tab.toLowerCase()}-${colorScheme}.png`)
      await page.screenshot({ path, animations: 'disabled' })
    }
  }
  expect(found).toEqual([])
  expect(faults).toEqual([])
})

test('the chart follows the newest bar, is moved by keyboard, and goes back to it', async ({
  page,
  slipway,
  faults,
}) => {
  const url = await accountOf(slipway, 'demo', '1200x')
  await open(page, url, 'demo')
  await button(page, 'Start demo').click()
  const legend = page.locator('.legendTime')
  await expect(legend).toBeVisible()
  const before = await legend.textContent()
  await expect(legend).not.toHaveText(before ?? '')
  await expect(button(page, 'To the newest bar')).toHaveCount(0)

  // More bars than are in view at once.
  const told = page.locator('.chart .forReaders')
  await expect.poll(async () => Number.parseInt((await told.textContent()) ?? '', 10)).toBeGreaterThan(200)
  await chartOf(page).focus()
  await page.keyboard.press('Home')
  await expect(button(page, 'To the newest bar')).toBeVisible()
  await page.keyboard.press('End')
  await expect(button(page, 'To the newest bar')).toHaveCount(0)
  await page.keyboard.press('-')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('PageUp')
  await expect(button(page, 'To the newest bar')).toBeVisible()
  await button(page, 'To the newest bar').click()
  await expect(button(page, 'To the newest bar')).toHaveCount(0)
  expect(faults).toEqual([])
})

test('the lock of an account says who holds it, and sees another holder after a kill', async ({
  page,
  slipway,
  faults,
}) => {
  const url = await accountOf(slipway, 'demo', '60x')
  await open(page, url, 'demo')
  await button(page, 'Start demo').click()
  await expect(headOf(page, 'demo').getByText('Trading')).toBeVisible()
  await page.getByRole('tab', { name: 'Lock' }).click()
  await expect(page.getByText('Held by a running bot')).toBeVisible()
  await expect(page.getByText(/A lock is never forced/)).toBeVisible()
  const record = JSON.parse(readFileSync(join(slipway.home, 'locks', 'account_demo.lock'), 'utf8')) as { pid: number }
  process.kill(record.pid, 'SIGKILL')
  // It is started again by itself, as another process.
  await expect(page.getByText(String(record.pid), { exact: true })).toHaveCount(0)
  await expect(headOf(page, 'demo').getByText('Trading')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('Held by a running bot')).toBeVisible()
  expect(faults).toEqual([])
})

test('a bot is asked to be flat from the page, after a question', async ({ page, slipway, faults }) => {
  const url = await accountOf(slipway, 'demo', '60x')
  await open(page, url, 'demo')
  await button(page, 'Start demo').click()
  await expect(headOf(page, 'demo').getByText('Trading')).toBeVisible()
  await button(page, 'Flatten demo').click()
  const dialog = page.getByRole('dialog', { name: 'Flatten demo?' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toHaveCount(0)
  await button(page, 'Flatten demo').click()
  await dialog.getByRole('button', { name: 'Flatten', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'demo is flat' })).toBeVisible()
  expect(faults).toEqual([])
})
