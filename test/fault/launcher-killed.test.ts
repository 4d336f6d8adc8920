import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TradeRow } from '../../src/contracts/account-records.ts'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { repoRoot } from '../support/repo-root.ts'
import { runningSlipway, type RunningSlipway } from '../support/running-slipway.ts'

const isBuilt = ['bot.cjs', 'launcher.mjs', 'cli.mjs'].every((file) => existsSync(join(repoRoot, 'dist', file)))

// The programs as they are shipped; `npm test` builds them first.
describe.skipIf(!isBuilt)('the built programs, with bots at work', () => {
  let slipway: RunningSlipway
  const json = async <T>(...args: string[]) => JSON.parse(await slipway.slipway(...args, '--json')) as T
  const status = async () => (await json<AccountStatus[]>('status'))[0]!
  const launcherPid = async () => {
    const report = await slipway.slipway('doctor')
    return Number(/runs as process (\d+)/.exec(report)?.[1])
  }

  beforeEach(async () => {
    slipway = runningSlipway()
    await slipway.slipway('data', 'generate', '--symbol', 'MES', '--days', '12', '--seed', '5')
    const account = ['account', 'add', 'acc', '--user', 'u', '--broker', 'sim', '--mode', 'paper']
    await slipway.slipway(...account, '--strategy', 'vwap-bounce', '--symbol', 'MES', '--feed', 'replay:3000x')
    await slipway.slipway('start', 'acc', '--wait')
  })
  afterEach(() => slipway.close())

  it('keep the bot trading when the launcher is killed, and find it again by its instance', async () => {
    const before = await status()
    expect(before.state).toBe('trading')
    process.kill(await launcherPid(), 'SIGKILL')
    await delay(500)
    expect(process.kill(before.pid!, 0)).toBe(true)
    // The next command starts the next launcher.
    const after = await status()
    expect(after).toMatchObject({ pid: before.pid, instanceId: before.instanceId })
    expect(Date.parse(after.lastBarAt!)).toBeGreaterThan(Date.parse(before.lastBarAt ?? '1970-01-01'))
  })

  it('start a bot again that was killed, which goes on where it was', async () => {
    const before = await status()
    process.kill(before.pid!, 'SIGKILL')
    for (;;) {
      const now = await status()
      if (now.state === 'trading' && now.pid !== before.pid) break
      expect(['trading', 'starting', 'reconciling', 'backing-off']).toContain(now.state)
      await delay(100)
    }
    const trades = await json<TradeRow[]>('trades', 'acc')
    const ids = trades.map(({ tradeId }) => tradeId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('refuse a bot in the foreground while one runs, with exit code 3 and the holder', async () => {
    const { pid } = await status()
    const failure = await slipway.slipway('run', 'acc').then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    )
    expect(failure?.code).toBe(3)
    expect(failure?.stderr).toContain(String(pid))
  })
})
