import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scratchCheckout } from '../support/scratch-checkout.ts'

const vitest = (passed: number, failed: number, pending: number, todo = 0) =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: pending, numTodoTests: todo })

const playwright = (expected: number, unexpected: number, flaky: number, skipped: number) =>
  JSON.stringify({ stats: { expected, unexpected, flaky, skipped } })

// Symbolic links to a program need a privilege on Windows; npm test itself makes none there.
describe.skipIf(process.platform === 'win32')('npm test', () => {
  let checkout: ReturnType<typeof scratchCheckout>

  beforeEach(() => {
    checkout = scratchCheckout('')
  })
  afterEach(() => checkout.remove())

  const test = (args: readonly string[], env: NodeJS.ProcessEnv) =>
    checkout.run('scripts/bootstrap.mjs', ['test', ...args], { CHROMIUM_PATH: process.execPath, ...env })

  const closing = (stdout: string) => stdout.trimEnd().split('\n').at(-1)

  it('ends with one line that sums up both runners', async () => {
    const { code, stdout } = await test([], {
      VITEST_REPORT: vitest(10, 0, 2, 1),
      PLAYWRIGHT_REPORT: playwright(3, 0, 1, 1),
    })
    expect(closing(stdout)).toBe('14 passed, 0 failed, 4 skipped')
    expect(code).toBe(0)
  })

  it.each([
    [
      'a test of Vitest',
      { VITEST_REPORT: vitest(9, 1, 0), VITEST_CODE: '1', PLAYWRIGHT_REPORT: playwright(1, 0, 0, 0) },
      1,
    ],
    [
      'a browser test',
      { VITEST_REPORT: vitest(9, 0, 0), PLAYWRIGHT_REPORT: playwright(1, 2, 0, 0), PLAYWRIGHT_CODE: '1' },
      2,
    ],
    ['a runner, without a failed test', { VITEST_REPORT: vitest(10, 0, 0), VITEST_CODE: '1' }, 1],
    ['a runner, without a report', { VITEST_CODE: '139' }, 1],
  ])('fails when %s failed', async (_what, env, failed) => {
    const { code, stdout } = await test([], env)
    expect(closing(stdout)).toContain(`, ${failed} failed, `)
    expect(code).toBe(1)
  })

  it('fails, and runs the other tests, where there is no browser', async () => {
    const { code, stdout, stderr } = await test([], {
      VITEST_REPORT: vitest(10, 0, 0),
      CHROMIUM_PATH: '/nowhere/chromium',
    })
    expect(stderr).toContain('slipway: CHROMIUM_PATH is /nowhere/chromium, which is no program.')
    expect(closing(stdout)).toBe('10 passed, 1 failed, 0 skipped')
    expect(code).toBe(1)
  })

  it('passes arguments on to Vitest and leaves the browser out when they name other tests', async () => {
    const { stdout } = await test(['test/domain', '-t', 'a lock record'], { VITEST_REPORT: vitest(1, 0, 0) })
    expect(stdout).toContain(' test/domain -t a lock record\n')
    expect(stdout).not.toContain('--reporter=list,json')
  })

  it('runs only the browser tests when they are what is named', async () => {
    const { stdout } = await test(['test/gui/first-page.test.ts'], { PLAYWRIGHT_REPORT: playwright(1, 0, 0, 0) })
    expect(stdout).toBe('test --reporter=list,json test/gui/first-page.test.ts\n\n1 passed, 0 failed, 0 skipped\n')
  })
})
