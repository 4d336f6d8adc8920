import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type Page } from '@playwright/test'
import { repoRoot } from './repo-root.ts'
import { runningSlipway, type RunningSlipway } from './running-slipway.ts'

/** Playwright's `test` with a Slipway of its own, and a page that must not complain. */
export const test = base.extend<{ slipway: RunningSlipway; faults: string[] }>({
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

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

export const THEMES = ['light', 'dark'] as const
export type ShownTheme = (typeof THEMES)[number]

/** Shows the page in a theme the way the system would choose it. */
export async function showTheme(page: Page, theme: ShownTheme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme)
}

/** Goes to a place of the page by its address. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    window.location.hash = to
  }, hash)
}

/** What axe finds wrong with the page as it is shown, or with a part of it, one line each; nothing is as it should be. */
export async function accessibilityFaults(page: Page, part?: string): Promise<string[]> {
  // Our pages have no frames, which is all that the slower mode looks at beside; and what is in order need not be told.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations } = await (part === undefined ? axe : axe.include(part)).analyze()
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(' ')})`))
}

/** Keeps a picture for a person to look at: test-results/looks/NAME.png. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(repoRoot, 'test-results', 'looks', `${name}.png`), animations: 'disabled' })
}
