import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { chromium, type CDPSession, type Page } from '@playwright/test'
// @ts-expect-error -- a script without types
import { findOrInstallChromium } from '../../scripts/chromium.mjs'
import { connectLauncher } from '../../src/adapters/launcher-client/connect-launcher.ts'
import { initialScriptBytes } from '../support/initial-script.ts'
import { accountIdOf, launcherProcess, newHome } from '../support/launched.ts'
import type { Figure } from './figure.ts'
import { programOf } from '../support/programs/programs.ts'

export const name = 'page: a hundred trading accounts in a browser'

const SUPPORT = join(import.meta.dirname, '../support')
const ACCOUNTS = 100
const EVERY_MS = 200
/** PAGE_BENCH_SECONDS shortens it for a first look; the promise is about five minutes. */
const SECONDS = Number(process.env['PAGE_BENCH_SECONDS'] ?? 300)
const SETTLE_MS = 5_000
/** Of Linux; elsewhere the launcher's share of a core is not measured. */
const TICKS_PER_SECOND = 100

/** A launcher with a hundred accounts whose bots each tell of new figures five times a second, seen by a real browser. */
export async function run(): Promise<{ figures: Figure[] }> {
  const layout = newHome()
  const launcher = await launcherProcess(layout, programOf('page-launcher-of-fakes'), ['--no-open'])
  const fleet = spawn(process.execPath, [join(SUPPORT, 'page-fleet.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const browser = await chromium.launch({
    executablePath: (await findOrInstallChromium(process.env, process.platform)) as string,
    args: ['--disable-dev-shm-usage', '--enable-precise-memory-info'],
  })
  try {
    const url = await launcher.ready
    const local = connectLauncher({ endpoint: layout.launcherEndpoint })
    const ids = Array.from({ length: ACCOUNTS }, (_, n) => `account-${n}`)
    for (const accountId of ids) await local.api.accounts.add({ accountId, user: accountId, symbol: 'MES' })
    fleet.stdin.end(JSON.stringify({ home: layout.root, ids: ids.map(accountIdOf), everyMs: EVERY_MS }))
    await once(fleet.stdout, 'data')
    for (const id of ids) await local.api.bots.start({ ids: [id] })

    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
    await page.goto(url)
    await page.locator('[data-account="account-0"]').waitFor()
    await delay(SETTLE_MS)
    return { figures: await measure(page, launcher.child.pid!) }
  } finally {
    await browser.close()
    fleet.kill('SIGKILL')
    launcher.child.kill('SIGKILL')
    await Promise.all([launcher.exited, fleet.exitCode === null && fleet.signalCode === null ? once(fleet, 'exit') : 0])
    rmSync(layout.root, { recursive: true, force: true })
  }
}

async function measure(page: Page, launcherPid: number): Promise<Figure[]> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  await watch(page)
  const busyBefore = await busySecondsOf(devtools)
  const heapBefore = await heapOf(devtools)
  const cpuBefore = cpuSecondsOf(launcherPid)
  const began = performance.now()
  await delay(SECONDS * 1_000)
  const seconds = (performance.now() - began) / 1_000
  const cpuAfter = cpuSecondsOf(launcherPid)
  const busy = (await busySecondsOf(devtools)) - busyBefore
  const { ages, longest, tasks } = await seenBy(page)
  const heapAfter = await heapOf(devtools)
  if (ages.length < SECONDS) throw new Error(`only ${ages.length} updates were seen`)
  const at = (share: number) => ages.toSorted((a, b) => a - b)[Math.floor(share * (ages.length - 1))]!
  const what = `${ACCOUNTS} accounts x ${1_000 / EVERY_MS} updates/s for ${SECONDS} s`
  return [
    {
      ...{ name: `page: longest task, ${what}`, value: longest, limit: 100, unit: 'ms' },
      // Where the machine has other things to do, a task waits for its turn; this tells how much work there was.
      note: `${tasks} tasks above 50 ms; the page's main thread worked ${((busy / seconds) * 100).toFixed(0)} % of the time; load ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores`,
    },
    { name: `page: heap growth, ${what}`, value: (heapAfter - heapBefore) / 2 ** 20, limit: 10, unit: 'MiB' },
    {
      ...{ name: 'page: bot event to pixel, p95', value: at(0.95), limit: 250, unit: 'ms' },
      note: `median ${at(0.5)} ms of ${ages.length} updates seen`,
    },
    ...(cpuBefore === undefined || cpuAfter === undefined
      ? []
      : [
          {
            ...{ name: `launcher: share of one core, ${what}`, value: ((cpuAfter - cpuBefore) / seconds) * 100 },
            ...{ limit: 30, unit: '%' },
          },
        ]),
    { name: 'page: initial JavaScript, gzip', value: initialScriptBytes() / 1_000, limit: 300, unit: 'kB' },
  ]
}

type Seen = { ages: number[]; longest: number; tasks: number }

/**
 * Counts long tasks, and how old figures are when they reach the screen: a bot of this fleet tells, as what today has
 * made, the time at which it told.
 */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: Seen = { ages: [], longest: 0, tasks: 0 }
    ;(window as unknown as { seen: Seen }).seen = seen
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        seen.tasks += 1
        seen.longest = Math.max(seen.longest, duration)
      }
    }).observe({ type: 'longtask' })
    let isWaiting = false
    const changed = new Set<Element>()
    new MutationObserver((records) => {
      for (const { target } of records) {
        const cell = (target instanceof Element ? target : target.parentElement)?.closest('[data-column="today"]')
        if (cell) changed.add(cell)
      }
      if (isWaiting || changed.size === 0) return
      isWaiting = true
      // After the next frame has been painted.
      requestAnimationFrame(() =>
        setTimeout(() => {
          isWaiting = false
          const now = Date.now() % 86_400_000
          for (const cell of changed)
            seen.ages.push(now - Number(cell.querySelector('.lines > div')?.textContent?.replaceAll(/\D/g, '')))
          changed.clear()
        }),
      )
    }).observe(document.querySelector('.accounts')!, { subtree: true, characterData: true, childList: true })
  })
}

function seenBy(page: Page): Promise<Seen> {
  return page.evaluate(() => (window as unknown as { seen: Seen }).seen)
}

/** Of the page, after everything that can go has gone, bytes. */
async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize
}

/** What the page's main thread has worked, without what it waited for the processor, seconds. */
async function busySecondsOf(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return metrics.find((one) => one.name === 'TaskDuration')?.value ?? Number.NaN
}

function cpuSecondsOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return undefined
  }
}
