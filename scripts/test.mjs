// Every test: Vitest, then the browser tests. Run through `npm test`; arguments go to Vitest.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { ensureBuilt } from './checkout/build.mjs'
import { runInForeground } from './checkout/child.mjs'
import { nodeModules, pinnedNode, root, work } from './checkout/paths.mjs'
import { report } from './checkout/trouble.mjs'
import { findOrInstallChromium } from './chromium.mjs'
import { quickTemp } from './quick-temp.mjs'

const GUI_TESTS = /(^|[\\/])gui([\\/]|$)/

/** Which runners a command line is for: naming test files leaves out the runner that has none of them. */
function runnersFor(args) {
  const named = args.filter((arg) => !arg.startsWith('-') && arg.includes('test'))
  const gui = named.filter((arg) => GUI_TESTS.test(arg))
  return {
    vitest: named.length === 0 || gui.length < named.length,
    playwright: named.length === 0 || gui.length > 0,
    gui,
  }
}

async function runVitest(args, env) {
  const file = join(work, 'vitest-report.json')
  rmSync(file, { force: true })
  const reporters = args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default']
  const code = await runInForeground(
    pinnedNode,
    [
      join(nodeModules, 'vitest', 'vitest.mjs'),
      'run',
      ...reporters,
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...args,
    ],
    { cwd: root, env },
  )
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = readReport(file, {
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
  })
  return { code, passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
}

async function runPlaywright(files, env) {
  const file = join(work, 'playwright-report.json')
  rmSync(file, { force: true })
  const code = await runInForeground(
    pinnedNode,
    [join(nodeModules, '@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json', ...files],
    { cwd: root, env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file } },
  )
  const { stats } = readReport(file, { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } })
  return { code, passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
}

function readReport(file, absent) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return absent
  }
}

async function main(args) {
  const runners = runnersFor(args)
  const results = []
  const temp = quickTemp()
  // A test that forgets to name its home must not find the user's.
  const home = join(temp, 'home')
  mkdirSync(home)
  const env = {
    ...process.env,
    ...Object.fromEntries(['TMPDIR', 'TMP', 'TEMP'].map((name) => [name, temp])),
    SLIPWAY_HOME: home,
    PATH: `${dirname(pinnedNode)}${delimiter}${process.env.PATH ?? ''}`,
  }
  try {
    await ensureBuilt()
    if (runners.playwright) {
      try {
        env.CHROMIUM_PATH = await findOrInstallChromium(process.env, process.platform)
      } catch (error) {
        results.push({ code: report(error), passed: 0, failed: 1, skipped: 0 })
        runners.playwright = false
      }
    }
    if (runners.vitest) results.push(await runVitest(args, env))
    if (runners.playwright) results.push(await runPlaywright(runners.gui, env))
  } finally {
    rmSync(temp, { recursive: true, force: true, maxRetries: 3 })
  }
  // A runner can fail without a failed test: a file that does not load, an error nobody caught.
  const failedOf = ({ code, failed }) => Math.max(failed, code === 0 ? 0 : 1)
  const sum = (of) => results.reduce((total, result) => total + of(result), 0)
  const failed = sum(failedOf)
  console.log(`\n${sum((r) => r.passed)} passed, ${failed} failed, ${sum((r) => r.skipped)} skipped`)
  return failed === 0 ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = report(error)
}
