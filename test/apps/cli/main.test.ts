import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { addAccount, generateBars } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const MAIN = programOf('cli')

/** The program as a process; the bot it runs is the source's too. */
function begin(home: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, SLIPWAY_HOME: home },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString('utf8')))
  const ended = once(child, 'close').then(([code]) => ({ ...said, code: code as number | null }))
  return { child, said, ended }
}

async function homeWithBars(feed: string): Promise<HomeLayout> {
  const layout = openHome(tempHome())
  generateBars(layout, 'ESU6', 2, 7)
  await addAccount(layout, 'a1', { symbol: 'ESU6', feed })
  return layout
}

describe('the program', () => {
  it('takes its home from SLIPWAY_HOME and ends with the exit code of the command', async () => {
    const home = tempHome()
    const { code, stdout, stderr } = await begin(home, ['data', 'export', '--symbol', 'SPY']).ended
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/\[data-missing\]\n$/)
  })

  it('writes all of a long answer before it ends', async () => {
    const layout = await homeWithBars('replay')
    const { code, stdout } = await begin(layout.root, ['data', 'export', '--symbol', 'ESU6']).ended
    expect(code).toBe(0)
    expect(stdout.length).toBeGreaterThan(100_000)
    expect(stdout.endsWith('\n')).toBe(true)
  })

  it('ends quietly when its reader has seen enough', async () => {
    const layout = await homeWithBars('replay')
    const { child, ended } = begin(layout.root, ['data', 'export', '--symbol', 'ESU6'])
    child.stdout.once('data', () => child.stdout.destroy())
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([0, ''])
  })

  it('paints nothing where there is no terminal', async () => {
    const { stdout, stderr } = await begin(tempHome(), ['doctor']).ended
    expect(stdout + stderr).not.toContain('\u001B')
  })
})

describe('slipway serve', () => {
  it('is a launcher in the foreground that Ctrl-C ends', async () => {
    const home = tempHome()
    const { child, said, ended } = begin(home, ['serve'])
    await expect
      .poll(() => said.stdout, { timeout: 30_000 })
      .toMatch(/^Slipway is ready at http:\/\/127\.0\.0\.1:\d+\/#/m)
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
    expect((await begin(home, ['shutdown', '--json']).ended).stdout).toBe('{"pid":null}\n')
  })
})

describe('slipway run', () => {
  it('shows the log of a bot until its feed ends', async () => {
    const layout = await homeWithBars('replay:max')
    const { code, stdout } = await begin(layout.root, ['run', 'a1', '--json']).ended
    expect(code).toBe(0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; accountId: string })
    expect(lines.every(({ accountId }) => accountId === 'a1')).toBe(true)
    expect(lines[0]).toMatchObject({ event: 'bot-starting' })
    expect(lines.at(-1)).toMatchObject({ event: 'bot-stopped', reason: 'feed-ended' })
  })

  it('stops its bot in order at Ctrl-C', async () => {
    const layout = await homeWithBars('replay:1x')
    const { child, said, ended } = begin(layout.root, ['run', 'a1'])
    await expect.poll(() => said.stdout, { timeout: 30_000 }).toContain('bot-trading')
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect(code).toBe(0)
    expect(stderr).toContain('Stopping the bot')
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('bot-stopped')
  })

  it('exits with 3 and names the holder when another bot has the account', async () => {
    const layout = await homeWithBars('replay:1x')
    const first = begin(layout.root, ['run', 'a1'])
    await expect.poll(() => first.said.stdout, { timeout: 30_000 }).toContain('bot-trading')
    const second = await begin(layout.root, ['run', 'a1']).ended
    expect(second.code).toBe(3)
    expect(second.stderr).toMatch(
      /^slipway: The bot of account a1 has been running as process \d+ since .+\[account-held\]\n$/,
    )
    first.child.kill('SIGINT')
    expect((await first.ended).code).toBe(0)
  })

  it('says why a bot could not start', async () => {
    const home = tempHome()
    const { code, stderr } = await begin(home, ['run', 'nobody']).ended
    expect(code).toBe(2)
    expect(existsSync(join(home, 'accounts', 'nobody'))).toBe(false)
    expect(stderr).toMatch(/^slipway: There is no account nobody\..+\[account-unknown\]\n$/)
  })
})
