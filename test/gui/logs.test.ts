import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { expect, type Page } from '@playwright/test'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { writeBigLog, type BigLog } from '../support/big-log.ts'
import { accessibilityFaults, button, goTo, picture, showTheme, test, THEMES } from '../support/gui.ts'
import type { RunningSlipway } from '../support/running-slipway.ts'

const GIGABYTE = 1_000_000_000

const addAccount = (slipway: RunningSlipway, accountId: string) =>
  slipway.slipway(
    ...['account', 'add', accountId, '--user', 'anna', '--broker', 'sim', '--mode', 'paper'],
    ...['--strategy', 'vwap-bounce', '--symbol', 'SPY', '--feed', 'replay:max'],
  )

function logFile(slipway: RunningSlipway, accountId: string): string {
  const layout = homeLayout(slipway.home)
  mkdirSync(layout.logs(accountId as AccountId), { recursive: true })
  return layout.log(accountId as AccountId, 'SPY', 'paper')
}

const linesOf = (page: Page) => page.getByRole('listbox', { name: /^Lines of the log/ })
const chosenLine = (page: Page) => linesOf(page).getByRole('option', { selected: true })
const count = (lines: number) => lines.toLocaleString('en')

test('a log of 1 GB is followed, searched, jumped in and looked into, with the keyboard alone', async ({
  page,
  slipway,
  faults,
}) => {
  // Writing the log alone may take a minute where the machine has much else to do.
  test.slow()
  await addAccount(slipway, 'big')
  const file = logFile(slipway, 'big')
  const log: BigLog = writeBigLog(file, GIGABYTE)
  await page.goto(await slipway.startLauncher())
  await expect(page.getByText('Online')).toBeVisible()
  await goTo(page, '#/account/big/log')
  await expect(page.getByText(`${count(log.lines)} lines. Times are`)).toBeVisible()
  const lines = linesOf(page)
  expect(await lines.getByRole('option').count()).toBeLessThan(100)

  // Follow: a line is seen as it is written.
  const time = new Date(log.timeOf(log.lines)).toISOString()
  appendFileSync(file, `${JSON.stringify({ time, level: 'warn', event: 'news', msg: 'just written' })}\n`)
  await expect(lines.getByText('just written')).toBeVisible()

  // Search: only the lines that match, each to be reached.
  await lines.focus()
  await page.keyboard.press('/')
  await page.keyboard.type('MARGIN CALL')
  await expect(page.getByText(`${count(log.hits)} lines match.`)).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Home')
  await expect(chosenLine(page)).toContainText('margin call: equity is below what the broker asks for')
  await picture(page, 'log-matches')

  // Jump, among all lines again.
  await page.getByLabel('Search the log').fill('')
  await expect(page.getByText(`${count(log.lines + 1)} lines. Times are`)).toBeVisible()
  await lines.focus()
  await page.keyboard.press('t')
  const middle = Math.floor(log.lines / 2 / 20) * 20
  await page.keyboard.type(new Date(log.timeOf(middle)).toISOString())
  await page.keyboard.press('Enter')
  await expect(chosenLine(page)).toHaveAttribute('aria-posinset', String(middle + 1))
  // Asked again it is typed over, and left with nothing changed.
  await page.keyboard.press('t')
  await page.keyboard.type('noon')
  await expect(page.getByLabel('Time (UTC)')).toHaveValue('noon')
  await page.keyboard.press('Escape')
  await expect(lines).toBeFocused()

  // From there to the first, and through a page by wheel: the bar's scale is not the wheel's.
  await page.keyboard.press('PageDown')
  await page.keyboard.press('ArrowDown')
  const box = (await lines.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  const before = Number(await lines.getByRole('option').first().getAttribute('aria-posinset'))
  await page.mouse.wheel(0, 200)
  await expect
    .poll(async () => Number(await lines.getByRole('option').first().getAttribute('aria-posinset')))
    .toBe(before + 10)
  await page.keyboard.press('Enter')
  const detail = page.getByRole('region', { name: 'The chosen line' })
  await expect(detail.getByText('instanceId')).toBeVisible()
  await picture(page, 'log-detail')
  await page.keyboard.press('Home')
  await expect(chosenLine(page)).toHaveAttribute('aria-posinset', '1')
  expect(faults).toEqual([])
})

test('the logs of several accounts are one, looked at in both themes, and saved', async ({ page, slipway, faults }) => {
  const ids = ['anna-es', 'ben-es']
  for (const [at, id] of ids.entries()) {
    await addAccount(slipway, id)
    const line = (n: number) =>
      JSON.stringify({
        time: new Date(Date.UTC(2026, 0, 2, 15, 0, 2 * n + at)).toISOString(),
        ...{ level: n % 9 === 4 ? 'error' : n % 5 === 3 ? 'warn' : 'info', event: n % 3 === 0 ? 'fill' : 'bar' },
        msg: n % 9 === 4 ? 'order rejected: <b>not enough</b> margin' : `close ${(4_700 + n / 4).toFixed(2)}, holding`,
      })
    appendFileSync(
      logFile(slipway, id),
      `${Array.from({ length: 300 }, (_, n) => line(n)).join('\n')}\n{"time":"2026-01-`,
    )
  }
  await page.goto(await slipway.startLauncher())
  await expect(page.getByText('Online')).toBeVisible()
  await goTo(page, '#/logs')
  await expect(page.getByText('602 lines. Times are')).toBeVisible()
  await page.getByLabel('Search the log').fill('margin')
  await page.getByLabel('Only matches').uncheck()
  await button(page, 'Next match').click()
  await expect(page.getByText('Match 1 of 66').first()).toBeVisible()
  await linesOf(page).focus()
  await page.keyboard.press('Enter')
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
  ] as const)
    for (const theme of THEMES) {
      await page.setViewportSize({ width, height })
      await showTheme(page, theme)
      await picture(page, `logs-${theme}-${width}`)
      expect(await accessibilityFaults(page)).toEqual([])
    }

  await page.getByLabel('Search the log').fill('')
  await page.getByLabel('Least important level shown').selectOption('error')
  await page.getByLabel('Only matches').check()
  await expect(page.getByText('68 lines match.')).toBeVisible()
  await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'))
  const download = page.waitForEvent('download')
  await button(page, 'Save').click()
  const saved = readFileSync(await (await download).path(), 'utf8')
    .trimEnd()
    .split('\n')
  expect(saved).toHaveLength(68)
  expect(saved.filter((text) => text.includes('"level":"error"'))).toHaveLength(66)
  expect(faults).toEqual([])
})
