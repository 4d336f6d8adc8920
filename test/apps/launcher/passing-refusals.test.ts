import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readSupervision } from '../../../src/adapters/bot-process/supervision-record.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import type { LaunchOptions } from '../../../src/apps/launcher/launch.ts'
import { accountIdOf, addAccounts, behave, launched, startsOf, statusWhen } from '../../support/launched.ts'
import { programOf } from '../../support/programs/programs.ts'
import { tempHome } from '../../support/temp-home.ts'

const A1 = accountIdOf('A1')

async function running(options: Partial<LaunchOptions> = {}) {
  const home = await launched(options)
  onTestFinished(() => home.close())
  await addAccounts(home, ['A1'])
  const [first] = await home.client.api.bots.start({ ids: ['A1'], wait: true })
  expect(first).toMatchObject({ outcome: 'trading' })
  const kill = () => process.kill(startsOf(home.layout, 'A1').at(-1)!, 'SIGKILL')
  const is = (state: string, error?: RegExp) =>
    statusWhen(home.client, 'A1', (row) => row.state === state && (!error || error.test(row.lastError ?? '')))
  return { home, kill, is }
}

describe('a bot that should run and is refused for what passes', () => {
  it('is tried again until it is no longer refused, and that counts as no crash', async () => {
    const { home, kill, is } = await running()
    behave(home.layout, 'A1', 'refuse-full')
    kill()
    const waiting = await is('backing-off', /disk is full/)
    expect(waiting.stateReason).toMatch(/^Starts again at/)
    await expect.poll(() => startsOf(home.layout, 'A1').length, { timeout: 10_000 }).toBeGreaterThan(2)
    behave(home.layout, 'A1', 'trade')
    await is('trading')
    expect(readSupervision(home.layout, A1)).toMatchObject({ wanted: 'running', gaveUp: false, streak: 1 })
    expect(readSupervision(home.layout, A1).crashes).toHaveLength(1)
  })

  it('is tried again when the disk that ended it could not take that word either', async () => {
    const { home, kill, is } = await running()
    behave(home.layout, 'A1', 'fill-disk')
    kill()
    await is('trading')
    await is('backing-off', /disk is full/)
    behave(home.layout, 'A1', 'trade')
    await is('trading')
    expect(readSupervision(home.layout, A1).crashes).toHaveLength(1)
  })

  it('is tried again by the next launcher, too', async () => {
    const { home, kill, is } = await running()
    behave(home.layout, 'A1', 'refuse-full')
    kill()
    await is('backing-off', /disk is full/)
    await home.relaunch()
    await is('backing-off')
    behave(home.layout, 'A1', 'trade')
    await is('trading')
  })

  // A program that is being written is what every system refuses to start; a shortage of processes comes the same way.
  it.skipIf(process.platform !== 'linux')('is tried again when the system can start no process now', async () => {
    const node = join(tempHome(), 'node')
    writeFileSync(node, `#!/bin/sh\nexec "${process.execPath}" "$@"\n`)
    chmodSync(node, 0o700)
    const { home, kill, is } = await running({
      program: { node, entry: programOf('fake-bot'), env: process.env },
    })
    const writing = openSync(node, 'r+')
    kill()
    await is('backing-off', /no room for another process/)
    expect(await home.client.api.bots.start({ ids: ['A1'] })).toMatchObject([
      { outcome: 'failed', refusal: { code: 'system-busy' } },
    ])
    await is('backing-off')
    closeSync(writing)
    await is('trading')
  })

  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
    'is tried again once there is room on the disk, where not even its end could be written down',
    async ({ skip }) => {
      const folder = tempHome()
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'none', folder]).status !== 0)
        skip('this kernel lets us mount no small disk')
      onTestFinished(() => void spawnSync('umount', ['-l', folder]))
      const { home, kill, is } = await running({ layout: openHome(join(folder, 'home')) })
      const ballast = join(folder, 'ballast')
      fill(ballast)
      kill()
      await is('backing-off')
      await is('backing-off', /disk is full/)
      rmSync(ballast)
      await is('trading')
      expect(readSupervision(home.layout, A1)).toMatchObject({ wanted: 'running', gaveUp: false })
      await home.client.api.bots.stop({ ids: ['A1'] })
    },
  )
})

describe('a bot that should run and is refused for good', () => {
  it('is left to a person', async () => {
    const { home, kill, is } = await running()
    behave(home.layout, 'A1', 'refuse')
    kill()
    const row = await is('stopped')
    expect(row.lastError).toMatch(/no bars of 6EH4/)
    const starts = startsOf(home.layout, 'A1').length
    await delay(2_500)
    expect(startsOf(home.layout, 'A1')).toHaveLength(starts)
    expect(readSupervision(home.layout, A1).wanted).toBe('stopped')
  })
})

describe('a bot that a person starts and that is refused', () => {
  it('is not tried again: the person was told', async () => {
    const home = await launched()
    onTestFinished(() => home.close())
    await addAccounts(home, ['A1'], 'refuse-full')
    const [told] = await home.client.api.bots.start({ ids: ['A1'], wait: true })
    expect(told).toMatchObject({ outcome: 'refused', state: 'stopped', refusal: { code: 'disk-full' } })
    await delay(2_000)
    expect(startsOf(home.layout, 'A1')).toHaveLength(1)
  })
})

/** Writes until nothing more fits. */
function fill(path: string): void {
  for (const size of [65_536, 4_096, 512, 1])
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size))
    } catch {
      // Smaller pieces may still fit.
    }
}
