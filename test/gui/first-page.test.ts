import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { accessibilityFaults, button, goTo, test } from '../support/gui.ts'
import type { RunningSlipway } from '../support/running-slipway.ts'

const rowsOf = (page: Page, accountId: string) => page.locator(`[data-account="${accountId}"]`)
/** A speed at which a bot trades for minutes. */
const SLOWLY = 'replay:600x'

const addAccount = (slipway: RunningSlipway, accountId: string, user: string, feed: string, ...settings: string[]) =>
  slipway.slipway(
    ...['account', 'add', accountId, '--user', user, '--broker', 'sim', '--mode', 'paper'],
    ...['--strategy', 'vwap-bounce', '--symbol', 'SPY', '--feed', feed],
    ...settings.flatMap((setting) => ['--set', setting]),
  )

const generateData = (slipway: RunningSlipway) =>
  slipway.slipway('data', 'generate', '--symbol', 'SPY', '--days', '5', '--seed', '3')

const SIZES = { small: { width: 1280, height: 720 }, large: { width: 1920, height: 1080 } } as const

/** Pictures in both themes and sizes for a person to look at, and what axe finds wrong on the way. */
async function look(page: Page, folder: string, name: string): Promise<string[]> {
  const wrong: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    wrong.push(...(await accessibilityFaults(page)))
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport)
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${size}.png`), animations: 'disabled' })
    }
  }
  return wrong
}

test('the first run leads from nothing to a running paper bot with one button', async ({ page, slipway, faults }, {
  project,
}) => {
  const url = await slipway.startLauncher()
  await page.goto(url)
  await expect(page.getByText('No accounts yet')).toBeVisible()
  expect(page.url()).not.toContain('code')
  expect(await look(page, project.outputDir, 'first-run')).toEqual([])

  await button(page, 'Start a demo').click()
  const row = rowsOf(page, 'demo')
  await expect(row.getByText('Trading')).toBeVisible({ timeout: 60_000 })
  await expect(row.getByText('Paper')).toBeVisible()
  expect(await look(page, project.outputDir, 'accounts')).toEqual([])

  await page.getByText('Cards', { exact: true }).click()
  await expect(page.locator('li.card')).toHaveCount(1)
  expect(await look(page, project.outputDir, 'cards')).toEqual([])
  await page.reload()
  // How somebody likes to see the accounts is remembered.
  await expect(page.locator('li.card')).toHaveCount(1)

  await button(page, 'Stop demo').click()
  const stopped = rowsOf(page, 'demo').getByText('Stopped')
  // A demo that holds a position just now is asked about first.
  const sure = page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true })
  await expect(sure.or(stopped).first()).toBeVisible()
  if (await sure.isVisible()) await sure.click()
  await expect(stopped).toBeVisible()
  const [status] = JSON.parse(await slipway.slipway('status', 'demo', '--json')) as { state: string; pid: null }[]
  expect(status).toMatchObject({ state: 'stopped', pid: null })
  expect(faults).toEqual([])
})

test('accounts are chosen, started and stopped by keyboard alone, and what became of each is told', async ({
  page,
  slipway,
  faults,
}) => {
  await generateData(slipway)
  const url = await slipway.startLauncher()
  await addAccount(slipway, 'anna-spy', 'anna', SLOWLY)
  await addAccount(slipway, 'ben-spy', 'ben', SLOWLY)
  await slipway.slipway('account', 'add', 'no-bars', '--user', 'ben', '--symbol', 'QQQ', '--feed', SLOWLY)
  await page.goto(url)
  await page.getByLabel('Choose anna-spy').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(page.getByText('3 accounts chosen')).toBeVisible()
  await button(page, 'Start chosen').focus()
  await page.keyboard.press('Enter')
  const results = page.getByRole('dialog', { name: 'Start: 2 of 3 done, 1 not.' })
  await expect(results.getByText(/There are no 1m bars of QQQ/)).toBeVisible()
  await page.keyboard.press('Escape')
  for (const id of ['anna-spy', 'ben-spy']) await expect(rowsOf(page, id).getByText('Trading')).toBeVisible()

  // A stopped bot is started again without a mouse: the focus stays in its row.
  await button(page, 'Stop ben-spy').focus()
  await page.keyboard.press('Enter')
  await expect(rowsOf(page, 'ben-spy').getByText('Stopped')).toBeVisible()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(rowsOf(page, 'ben-spy').getByText('Trading')).toBeVisible()

  // All of them, with one key and Enter, from another page.
  await page.goto(`${new URL(url).origin}/#/settings`)
  await page.keyboard.press('Control+.')
  await expect(page.getByRole('dialog', { name: 'Stop all?' })).toBeVisible()
  await page.keyboard.press('Enter')
  await page.goto(`${new URL(url).origin}/#/accounts`)
  for (const id of ['anna-spy', 'ben-spy']) await expect(rowsOf(page, id).getByText('Stopped')).toBeVisible()
  expect(faults).toEqual([])
})

test('flatten all wants a typed word, keeps entries away, and is released above every page', async ({
  page,
  slipway,
  faults,
}, { project }) => {
  await generateData(slipway)
  const url = await slipway.startLauncher()
  await addAccount(slipway, 'anna-spy', 'anna', SLOWLY)
  await page.goto(url)
  await button(page, 'Start anna-spy').click()
  await expect(rowsOf(page, 'anna-spy').getByText('Trading')).toBeVisible()
  await button(page, 'Flatten all').click()
  const question = page.getByRole('dialog', { name: 'Flatten all accounts?' })
  await expect(question.getByRole('button', { name: 'Flatten all' })).toBeDisabled()
  await question.getByLabel('Type FLATTEN to go on').fill('flatten')
  await question.getByLabel(/^Why/).fill('the news')
  await question.getByLabel(/^Why/).press('Enter')
  await expect(page.getByRole('dialog', { name: 'Flatten all: 1 of 1 done.' })).toBeVisible()
  await page.keyboard.press('Escape')
  const banner = page.getByRole('alert', { name: 'Kill switch' })
  await expect(banner.getByText(/Reason: the news/)).toBeVisible()
  await expect(rowsOf(page, 'anna-spy').getByText('Blocked')).toBeVisible()
  expect(await look(page, project.outputDir, 'kill-switch')).toEqual([])

  await page.goto(`${new URL(url).origin}/#/settings`)
  await banner.getByRole('button', { name: 'Release …' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Release', exact: true }).click()
  await expect(banner).toBeHidden()
  await page.goto(`${new URL(url).origin}/#/accounts`)
  await expect(rowsOf(page, 'anna-spy').getByText('Trading')).toBeVisible()
  expect(faults).toEqual([])
})

test('a bot that is killed is seen at once, and comes back', async ({ page, slipway, faults }) => {
  await generateData(slipway)
  const url = await slipway.startLauncher()
  await addAccount(slipway, 'demo', 'anna', SLOWLY)
  await page.goto(url)
  await button(page, 'Start demo').click()
  await expect(rowsOf(page, 'demo').getByText('Trading')).toBeVisible()
  const [{ pid }] = JSON.parse(await slipway.slipway('status', 'demo', '--json')) as [{ pid: number }]
  process.kill(pid, 'SIGKILL')
  await expect(page.getByRole('alert').filter({ hasText: 'demo crashed and starts again' })).toBeVisible()
  await expect(rowsOf(page, 'demo').getByText('Trading')).toBeVisible()
  const [{ pid: next }] = JSON.parse(await slipway.slipway('status', 'demo', '--json')) as [{ pid: number }]
  expect(next).not.toBe(pid)
  expect(faults).toEqual([])
})

test('a refusal says what is wrong and what to do', async ({ page, slipway, faults }) => {
  const url = await slipway.startLauncher()
  await addAccount(slipway, 'no-data', 'anna', SLOWLY)
  await page.goto(url)
  await button(page, 'Start no-data').click()
  const notice = page.getByRole('alert').filter({ hasText: 'no-data: start refused' })
  await expect(notice.getByText('There are no 1m bars of SPY to replay.')).toBeVisible()
  await expect(notice.getByText(/data import FILE/)).toBeVisible()
  await expect(notice.getByText('data-missing')).toBeVisible()
  expect(faults).toEqual([])
})

test('a page outlives a reload and its launcher, and says how to get a new one', async ({ page, slipway, faults }) => {
  await generateData(slipway)
  const url = await slipway.startLauncher()
  await addAccount(slipway, 'demo', 'anna', SLOWLY)
  await page.goto(url)
  await button(page, 'Start demo').click()
  await expect(rowsOf(page, 'demo').getByText('Trading')).toBeVisible()
  await page.reload()
  await expect(rowsOf(page, 'demo').getByText('Trading')).toBeVisible()

  await slipway.stopLauncher()
  await expect(page.getByText(/^Stale since/)).toBeVisible()
  await expect(rowsOf(page, 'demo').getByText('Trading')).toBeVisible()

  // The next launcher finds the bot, keeps the port, and knows the session.
  await slipway.startLauncher()
  await expect(page.getByText(/^Stale since/)).toBeHidden()
  await expect(rowsOf(page, 'demo').getByText('Trading')).toBeVisible()

  // One that knows no sessions, as after a week without use.
  await slipway.stopLauncher()
  rmSync(join(slipway.home, 'run', 'sessions.json'))
  const next = await slipway.startLauncher()
  await expect(page.getByRole('heading', { name: "This page's session has ended" })).toBeVisible()
  await expect(page.getByText('npx slipway open')).toBeVisible()

  // A page opened in the same browser brings this one back too.
  const other = await page.context().newPage()
  await other.goto(next)
  await expect(rowsOf(other, 'demo').getByText('Trading')).toBeVisible()
  await expect(rowsOf(page, 'demo').getByText('Trading')).toBeVisible()
  expect(faults).toEqual([])
})

test('a page whose code did not come waits for the launcher and leaves the others alone', async ({ page, slipway }) => {
  const url = await slipway.startLauncher()
  await addAccount(slipway, 'demo', 'anna', SLOWLY)
  await page.goto(url)
  await expect(rowsOf(page, 'demo').getByText('Stopped')).toBeVisible()
  await slipway.stopLauncher()
  await expect(page.getByText(/^Stale since/)).toBeVisible()

  await page.keyboard.press('Control+k')
  await goTo(page, '#/health')
  await expect(page.getByText('This part is not loaded yet')).toBeVisible()
  await expect(page.getByText(/^Stale since/)).toBeVisible()
  await goTo(page, '#/accounts')
  await expect(rowsOf(page, 'demo').getByText('Stopped')).toBeVisible()
  await goTo(page, '#/health')
  await expect(page.getByText('It comes by itself when the launcher answers.')).toBeVisible()

  await slipway.startLauncher()
  await expect(page.getByRole('heading', { name: 'Health' })).toBeVisible()
})
