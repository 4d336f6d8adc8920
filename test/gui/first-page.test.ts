import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test as base, type Page } from '@playwright/test'
import { runningSlipway, type RunningSlipway } from '../support/running-slipway.ts'

const test = base.extend<{ slipway: RunningSlipway; faults: string[] }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
  slipway: async ({}, run) => {
    const slipway = runningSlipway()
    try {
      await run(slipway)
    } finally {
      await slipway.close()
    }
  },
  /** What the browser complains about: errors of the page, and whatever its Content-Security-Policy forbids. */
  faults: async ({ page }, run) => {
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      const isAway = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !isAway) faults.push(message.text())
    })
    await page.exposeFunction('tellOfViolation', (what: string) => void faults.push(what))
    await page.addInitScript(() => {
      const tell = (window as unknown as { tellOfViolation: (what: string) => void }).tellOfViolation
      document.addEventListener('securitypolicyviolation', (event) =>
        tell(`${event.violatedDirective}: ${event.blockedURI}`),
      )
    })
    await run(faults)
    expect(faults).toEqual([])
  },
})

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const rowsOf = (page: Page, accountId: string) => page.locator(`[data-account="${accountId}"]`)
const logOf = (page: Page, accountId: string) => page.getByRole('region', { name: `Lines of the log of ${accountId}` })

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

test('a bot is started on the page, its first log line is seen, and it is stopped again', async ({
  page,
  slipway,
  faults,
}, { project }) => {
  const url = await slipway.startLauncher()
  await page.goto(url)
  await expect(page.getByText('No accounts yet')).toBeVisible()
  expect(page.url()).not.toContain('code')

  await generateData(slipway)
  await addAccount(slipway, 'demo', 'anna', SLOWLY)
  const rows = rowsOf(page, 'demo')
  await expect(rows.getByText('Stopped')).toBeVisible()
  await expect(rows.getByText('Paper')).toBeVisible()

  await button(page, 'Start demo').click()
  await expect(logOf(page, 'demo').getByText('Bot of demo starting')).toBeVisible()
  await expect(rows.getByText('Trading')).toBeVisible()
  await expect(rows.getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d$/)).toBeVisible()

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(project.outputDir, `first-page-${colorScheme}.png`), animations: 'disabled' })
  }

  await button(page, 'Stop demo').click()
  await expect(rows.getByText('Stopped')).toBeVisible()
  await expect(rows.getByText('requested')).toBeVisible()
  await expect(logOf(page, 'demo').getByText('bot-stopped')).toBeVisible()
  const [status] = JSON.parse(await slipway.slipway('status', 'demo', '--json')) as { state: string; pid: null }[]
  expect(status).toMatchObject({ state: 'stopped', pid: null })
  expect(faults).toEqual([])
})

test('two accounts never mix in the log, and an account can be chosen and started by keyboard alone', async ({
  page,
  slipway,
  faults,
}) => {
  await generateData(slipway)
  const url = await slipway.startLauncher()
  await addAccount(slipway, 'anna-spy', 'anna', SLOWLY, 'bandSigma=1')
  await addAccount(slipway, 'ben-spy', 'ben', SLOWLY, 'bandSigma=1')
  await page.goto(url)
  await button(page, 'Start all').click()
  for (const id of ['anna-spy', 'ben-spy']) {
    const [own, other] = id === 'anna-spy' ? [id, 'ben-spy'] : [id, 'anna-spy']
    await button(page, own).focus()
    await page.keyboard.press('Enter')
    const log = logOf(page, own)
    await expect(log.getByText(`Bot of ${own} starting`)).toBeVisible()
    await expect(rowsOf(page, own).getByText('Trading')).toBeVisible()
    await page.getByLabel('Raw').check()
    await expect(log.getByText(`"accountId":"${own}"`).first()).toBeVisible()
    await expect(page.getByText(`"accountId":"${other}"`)).toHaveCount(0)
    await page.getByLabel('Raw').uncheck()
  }
  await page.getByLabel('Only lines with this text').fill('STARTING')
  await expect(logOf(page, 'ben-spy').locator('.logLine')).toHaveCount(1)

  // A stopped bot is started again without a mouse: the focus stays in its row.
  await button(page, 'Stop ben-spy').focus()
  await page.keyboard.press('Enter')
  await expect(rowsOf(page, 'ben-spy').getByText('Stopped')).toBeVisible()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(rowsOf(page, 'ben-spy').getByText('Trading')).toBeVisible()
  await expect(rowsOf(page, 'anna-spy').getByText('Trading')).toBeVisible()
  expect(faults).toEqual([])
})

test('the log follows its end until somebody scrolls up, and shows what was traded beside it', async ({
  page,
  slipway,
  faults,
}) => {
  await generateData(slipway)
  const url = await slipway.startLauncher()
  const often = ['bandSigma=1', 'stopSigma=1.2', 'atrStopMultiple=1', 'rsiLong=49', 'minRewardRisk=0.5']
  await addAccount(slipway, 'fast', 'anna', 'replay:max', ...often)
  await page.goto(url)
  await button(page, 'Start fast').click()
  await expect(rowsOf(page, 'fast').getByText('feed-ended')).toBeVisible()
  const log = logOf(page, 'fast')
  const end = log.getByText('bot-stopped')
  await expect(end).toBeVisible()

  const follow = page.getByLabel('Follow')
  await log.hover()
  await page.mouse.wheel(0, -2_000)
  await expect(follow).not.toBeChecked()
  await expect(end).not.toBeVisible()
  await button(page, 'To the newest line').click()
  await expect(follow).toBeChecked()
  await expect(end).toBeVisible()

  const trades = JSON.parse(await slipway.slipway('trades', 'fast', '--json')) as unknown[]
  expect(trades.length).toBeGreaterThan(0)
  await expect(page.getByRole('region', { name: 'Trades' }).getByRole('row')).toHaveCount(trades.length + 1)
  expect(faults).toEqual([])
})

test('what an account ordered, decided and risks stands beside its log', async ({ page, slipway, faults }, {
  project,
}) => {
  await generateData(slipway)
  const url = await slipway.startLauncher()
  const often = ['bandSigma=1', 'stopSigma=1.2', 'atrStopMultiple=1', 'rsiLong=49', 'minRewardRisk=0.5']
  await addAccount(slipway, 'demo', 'anna', 'replay:max', ...often, 'risk.maxTradesPerDay=1')
  await page.goto(url)
  await button(page, 'Start demo').click()
  await expect(rowsOf(page, 'demo').getByText('feed-ended')).toBeVisible()
  for (const [tab, says] of [
    ['Orders', 'filled'],
    ['Decisions', 'Hold'],
    ['Reconciliation', 'Agree'],
    ['Risk', 'Max daily loss'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click()
    await expect(page.getByRole('region', { name: tab }).getByText(says).first()).toBeVisible()
    await page.screenshot({ path: join(project.outputDir, `records-${tab.toLowerCase()}.png`), animations: 'disabled' })
  }
  // The chosen listing is there again after a reload.
  await page.reload()
  await expect(page.getByRole('region', { name: 'Risk' })).toBeVisible()
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
