import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readLastExit } from '../../src/adapters/bot-process/last-exit.ts'
import { readLastWords } from '../../src/adapters/bot-process/bot-output.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { EXIT_CODE_OF, type RefusalCode } from '../../src/domain/failure/refusal.ts'
import { addAccount, generateBars, prepareHome, startBot } from '../support/bot-fleet.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

async function account(home = tempHome()): Promise<{ layout: HomeLayout; id: AccountId }> {
  const layout = prepareHome(home)
  generateBars(layout, 'MES', 3, 2)
  return { layout, id: await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:max' }) }
}

/** Runs the bot to its end and tells how it ended. */
async function end(layout: HomeLayout, id: AccountId): Promise<{ code: number | null; refused: string | undefined }> {
  const bot = await startBot(layout, id, programOf('bot'))
  const { code } = await bot.exited
  const said = readLastWords(layout.botOutput(id), bot.outputFrom).refusal?.code
  return { code, refused: said ?? readLastExit(layout, id)?.refusal?.code }
}

function refusedWith(code: RefusalCode) {
  return { code: EXIT_CODE_OF[code], refused: code }
}

describe('a bot', () => {
  it.each<[string, RefusalCode, (layout: HomeLayout, id: AccountId) => void]>([
    ['whose state is garbage', 'state-corrupt', (l, id) => writeFileSync(l.state(id), 'x'.repeat(20_000))],
    ['whose state is empty', 'state-missing', (l, id) => truncateSync(l.state(id), 0)],
    ['whose state is gone', 'state-missing', (l, id) => rmSync(l.state(id))],
    ["whose broker's books are garbage", 'state-corrupt', (l, id) => writeFileSync(l.paper(id), 'x'.repeat(20_000))],
    ["whose broker's books are gone", 'state-missing', (l, id) => rmSync(l.paper(id))],
    ['whose settings are no JSON', 'account-corrupt', (l, id) => writeFileSync(l.settings(id), '{"version":')],
    [
      'whose settings are of another shape',
      'account-corrupt',
      (l, id) => writeFileSync(l.settings(id), '{"version":9}'),
    ],
    ['whose market data is gone', 'data-missing', (l) => rmSync(l.marketDb)],
  ])('%s does not trade, and says what to do', async (_, code, damage) => {
    const { layout, id } = await account()
    expect(await end(layout, id)).toEqual({ code: 0, refused: undefined })
    for (const suffix of ['-wal', '-shm']) rmSync(layout.state(id) + suffix, { force: true })
    damage(layout, id)
    expect(await end(layout, id)).toEqual(refusedWith(code))
  })

  it('that was never registered leaves nothing behind', async () => {
    const { layout } = await account()
    const bot = await startBot(layout, 'nobody' as AccountId, programOf('bot'))
    expect((await bot.exited).code).toBe(EXIT_CODE_OF['account-unknown'])
    expect(existsSync(layout.state('nobody' as AccountId))).toBe(false)
    expect(existsSync(layout.lockRecord('nobody' as AccountId))).toBe(false)
  })

  it('on a full disk refuses to start, leaves its state whole, and trades when there is room again', async ({
    skip,
  }) => {
    const mount = tempHome()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      skip('no file system can be mounted here (needs root on Linux)')
    }
    onTestFinished(() => void execFileSync('umount', ['-l', mount]))
    const { layout, id } = await account(mount)
    const ballast = join(mount, 'ballast')
    fillUp(ballast)
    const full = await end(layout, id)
    expect(full.code).not.toBe(0)
    expect(full.refused === undefined || full.refused === 'disk-full').toBe(true)
    rmSync(ballast)
    expect(await end(layout, id)).toMatchObject({ code: 0 })
  })

  it('in a folder it may not write to refuses to start', async ({ skip }) => {
    if (process.platform === 'win32') skip('folder permissions work differently here')
    if (process.getuid?.() !== 0) {
      const { layout, id } = await account()
      chmodSync(layout.account(id), 0o500)
      onTestFinished(() => chmodSync(layout.account(id), 0o700))
      expect(await end(layout, id)).toEqual(refusedWith('home-read-only'))
      return
    }
    const { layout, id } = await account()
    try {
      execFileSync('mount', ['--bind', layout.account(id), layout.account(id)], { stdio: 'ignore' })
    } catch {
      skip('root may write everywhere and nothing can be mounted here')
    }
    onTestFinished(() => void execFileSync('umount', ['-l', layout.account(id)]))
    execFileSync('mount', ['-o', 'remount,bind,ro', layout.account(id)])
    const bot = await startBotElsewhere(layout, id)
    expect(bot.code).toBe(EXIT_CODE_OF['home-read-only'])
    expect(bot.text).toContain('home-read-only')
  })
})

/** Starts a bot whose output goes beside the account, which can't be written to. */
async function startBotElsewhere(layout: HomeLayout, id: AccountId): Promise<{ code: number | null; text: string }> {
  const { spawnBot } = await import('../../src/adapters/bot-process/spawn-bot.ts')
  const folder = join(layout.root, 'elsewhere')
  mkdirSync(folder)
  const output = join(folder, 'out.log')
  const bot = await spawnBot(
    { node: process.execPath, entry: programOf('bot'), env: process.env },
    { home: layout.root, accountId: id, instanceId: 'i', secrets: {} },
    output,
  )
  const { code } = await bot.exited
  return { code, text: readFileSync(output, 'utf8') }
}

function fillUp(path: string): void {
  let size = 0
  for (const step of [65_536, 4_096, 512]) {
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(step), { flag: 'a' })
        size += step
      } catch {
        break
      }
    }
  }
  expect(statSync(path).size).toBeGreaterThanOrEqual(Math.min(size, 1))
}
