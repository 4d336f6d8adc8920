import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { goTo, test } from '../support/gui.ts'

/** What would run if anything on the page took text for markup; each leaves a mark that the test looks for. */
const HOSTILE = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`

test('text from outside stays text: in names, strategies, reasons and logs', async ({ page, slipway, faults }) => {
  const layout = homeLayout(slipway.home)
  mkdirSync(layout.strategies, { recursive: true })
  writeFileSync(
    join(layout.strategies, 'odd.js'),
    `export default {
      id: 'odd',
      title: ${JSON.stringify(HOSTILE.slice(0, 70))},
      parameters: [],
      open: () => ({
        onBar: (bar) => ({ kind: 'hold', side: 'buy', features: {}, reasons: [{ code: 'odd', text: ${JSON.stringify(HOSTILE)} }] }),
        snapshot: () => null,
      }),
    }`,
  )
  await slipway.slipway('data', 'generate', '--symbol', 'SPY', '--days', '1', '--seed', '3')
  await slipway.slipway(
    ...['account', 'add', 'odd-1', '--user', HOSTILE, '--symbol', 'SPY'],
    ...['--feed', 'replay:max', '--strategy', 'odd'],
  )
  await slipway.slipway('start', 'odd-1', '--wait')
  await slipway.slipway('stop', 'odd-1')
  const log = layout.log('odd-1' as AccountId, 'SPY', 'paper')
  appendFileSync(
    log,
    `${JSON.stringify({ time: '2026-01-05T15:00:00.000Z', level: 'warn', event: HOSTILE, message: HOSTILE })}\n`,
  )
  appendFileSync(log, `${HOSTILE} a torn and foreign line\n`)
  await page.goto(await slipway.startLauncher())

  await goTo(page, '#/account/odd-1/decisions')
  await expect(page.getByText(HOSTILE).first()).toBeVisible()
  await goTo(page, '#/account/odd-1/log')
  await expect(page.getByText('a torn and foreign line').first()).toBeVisible()
  await goTo(page, '#/edit/odd-1')
  await expect(page.getByLabel('User')).toHaveValue(HOSTILE)
  await goTo(page, `#/account/${encodeURIComponent(HOSTILE)}`)
  await expect(page.getByText(HOSTILE).first()).toBeVisible()
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined()
  void faults
})

test('two accounts side by side never mix: not on their pages, not in their logs, not in what they traded', async ({
  page,
  context,
  slipway,
  faults,
}) => {
  const add = (id: string, user: string, seed: string) =>
    slipway.slipway(...['account', 'add', id, '--user', user, '--symbol', 'SPY', '--feed', `synthetic:${seed}`])
  await add('anna-1', 'anna', '1')
  await add('ben-1', 'ben', '2')
  await slipway.slipway('start', '--all', '--wait')
  await page.goto(await slipway.startLauncher())
  await expect(page.getByText('ben-1').first()).toBeVisible()
  const other = await context.newPage()
  await other.goto((JSON.parse(await slipway.slipway('open', '--json')) as { url: string }).url)

  for (const [shown, mine, foreign] of [
    [page, 'anna-1', 'ben-1'],
    [other, 'ben-1', 'anna-1'],
  ] as const) {
    await goTo(shown, `#/account/${mine}/log`)
    const lines = shown.getByRole('listbox', { name: /^Lines of the log/ })
    await expect(lines.getByRole('option').first()).toBeVisible()
    await expect(shown.getByRole('main')).toHaveAttribute('aria-label', mine)
    await expect(shown.getByRole('main').getByText(foreign)).toHaveCount(0)
  }
  // One is stopped on its page; the other goes on.
  await page.getByRole('main').getByRole('button', { name: /^Stop/ }).first().click()
  await expect(page.getByText('Stopped').first()).toBeVisible()
  const rows = JSON.parse(await slipway.slipway('status', '--json')) as { accountId: string; state: string }[]
  expect(rows.find(({ accountId }) => accountId === 'anna-1')?.state).toBe('stopped')
  expect(rows.find(({ accountId }) => accountId === 'ben-1')?.state).not.toBe('stopped')
  void faults
})
