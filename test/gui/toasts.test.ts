import { expect, type Page } from '@playwright/test'
import { button, test } from '../support/gui.ts'

const toasts = (page: Page) =>
  page.getByRole('alert').filter({ has: page.getByRole('button', { name: 'Close this message' }) })

/** Controls of the page of which a part can be seen and something else than themselves would be clicked, in the middle of that. */
function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isToasts = (element: Element) => element.closest('[role="alert"]') !== null
    return [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, [role="radio"]')]
      .filter(
        (control) => !isToasts(control) && control.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }),
      )
      .filter((control) => {
        let { left, top, right, bottom } = control.getBoundingClientRect()
        // What is scrolled out of a frame can't be seen, and is not there to be covered.
        for (let frame = control.parentElement; frame; frame = frame.parentElement) {
          if (getComputedStyle(frame).overflowY === 'visible') continue
          const box = frame.getBoundingClientRect()
          ;[left, right] = [Math.max(left, box.left), Math.min(right, box.right)]
          ;[top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)]
        }
        if (right - left < 1 || bottom - top < 1) return false
        const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
        return found !== null && isToasts(found)
      })
      .map((control) => control.getAttribute('aria-label') ?? control.textContent ?? control.tagName)
  })
}

for (const [width, height] of [
  [1280, 720],
  [640, 360],
] as const) {
  test(`messages cover no control of a page of ${width} × ${height}`, async ({ page, slipway, faults }) => {
    const url = await slipway.startLauncher()
    const ids = ['anna', 'ben', 'carla', 'dora', 'emil', 'frieda', 'gerd', 'hanna', 'ida', 'jan', 'karl', 'lena']
    for (const id of ids)
      await slipway.slipway('account', 'add', id, '--user', 'me', '--symbol', 'MES', '--feed', 'synthetic:3')
    // One that is refused leaves its message until somebody closes it.
    for (const id of ids.slice(-3)) await slipway.slipway('account', 'edit', id, '--set', 'feed=replay')
    await page.setViewportSize({ width, height })
    await page.goto(url)
    for (const id of ids.slice(-3)) await button(page, `Start ${id}`).click()
    await expect(toasts(page)).toHaveCount(3)
    expect(await covered(page)).toEqual([])
    // Whatever lies furthest down can be brought out from under them, and takes a click where it is then.
    const start = button(page, 'Start karl')
    await start.scrollIntoViewIfNeeded()
    expect(await covered(page)).toEqual([])
    const box = (await start.boundingBox())!
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    // A question that is asked meanwhile can be answered, too.
    await button(page, 'Flatten all').click()
    await expect(page.getByRole('dialog')).toBeVisible()
    expect(await covered(page)).toEqual([])
    await page.keyboard.press('Escape')
    await button(page, 'Start anna').click()
    await expect(button(page, 'Stop anna')).toBeVisible()
    await button(page, 'Stop anna').click()
    await expect(button(page, 'Start anna')).toBeVisible()
    void faults
  })
}

test('the banner of the kill switch takes room from the page, and pushes nothing out of the window', async ({
  page,
  slipway,
  faults,
}) => {
  const url = await slipway.startLauncher()
  await slipway.slipway('account', 'add', 'anna', '--user', 'me', '--symbol', 'MES', '--feed', 'synthetic:3')
  await slipway.slipway('kill', 'anna')
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.goto(url)
  await expect(page.getByRole('alert', { name: 'Kill switch' })).toBeVisible()
  await expect(page.getByText('anna', { exact: true }).first()).toBeVisible()
  const bottom = () => page.evaluate(() => document.querySelector('.page')!.getBoundingClientRect().bottom)
  await expect.poll(bottom).toBeLessThanOrEqual(720)
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(720)
  void faults
})
