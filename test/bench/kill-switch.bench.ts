import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { STRATEGIES } from '../../src/domain/strategy/index.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { addAccount, generateBars, startBot, untilBot } from '../support/bot-fleet.ts'
import { eagerStrategy } from '../support/eager-strategy.ts'
import { newHome } from '../support/launched.ts'
import { repoRoot } from '../support/repo-root.ts'
import type { Figure } from './figure.ts'

export const name = 'kill switch'

const BOTS = 5
const LIMIT_MS = 1_000
const BOT = join(repoRoot, 'test', 'support', 'eager-bot.ts')
const BUILT = join(repoRoot, 'dist', 'cli.mjs')
const CLI = existsSync(BUILT) ? BUILT : join(repoRoot, 'src', 'apps', 'cli', 'main.ts')

/** `slipway kill --all`, from the start of its process to the orders of bots that hold positions; no launcher runs. */
export async function run(): Promise<{ figures: Figure[] }> {
  Object.assign(STRATEGIES, { eager: eagerStrategy })
  const layout = newHome()
  generateBars(layout, 'MES', 40, 5)
  const ids: AccountId[] = []
  const bots = []
  // Bots are let go of by whoever starts them: their exits alone would keep nobody waiting.
  const awake = setInterval(() => undefined, 1_000)
  try {
    for (let i = 0; i < BOTS; i++) {
      const set = ['strategy=eager', 'risk.maxTradesPerDay=1000', 'risk.maxDailyLoss=0']
      ids.push(await addAccount(layout, `bot-${i}`, { symbol: 'MES', feed: 'replay:600x', set }))
      bots.push(await startBot(layout, ids[i]!, BOT))
    }
    await Promise.all(ids.map((id) => untilBot(layout, id, ({ position }) => position !== 0)))
    const start = Date.now()
    const cli = spawn(process.execPath, [CLI, 'kill', '--all'], {
      env: { ...process.env, SLIPWAY_HOME: layout.root },
      stdio: 'ignore',
    })
    const [code] = (await once(cli, 'exit')) as [number]
    if (code !== 0) throw new Error(`slipway kill ended with ${code}`)
    const whole = Date.now() - start
    const asked = ids.map((id) => firstAfter(layout, id, start, ['asked-to-flatten', 'kill-engaged']))
    // A strategy exits now and then anyway: only what comes after the word is its doing.
    const acted = ids.map((id, i) => firstAfter(layout, id, asked[i]!, ['decision-exit', 'order-canceled']) - start)
    const figure = (what: string, value: number, note: string): Figure => {
      return { name: what, value: Math.round(value), limit: LIMIT_MS, unit: 'ms', note }
    }
    return {
      figures: [
        figure('first exit or cancel after slipway kill --all', Math.min(...acted), `${BOTS} bots, no launcher`),
        figure(
          'last of the bots to begin',
          Math.max(...asked) - start,
          `all of them flat after ${whole} ms, at ten bars a second`,
        ),
      ],
    }
  } finally {
    for (const bot of bots) bot.kill()
    await Promise.all(bots.map((bot) => bot.exited))
    clearInterval(awake)
    rmSync(layout.root, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** When a line of one of these events was first written after a moment; Infinity when none was. */
function firstAfter(layout: HomeLayout, id: AccountId, start: number, events: readonly string[]): number {
  for (const line of readFileSync(layout.log(id, 'MES', 'paper'), 'utf8').split('\n')) {
    if (line === '') continue
    const { time, event } = JSON.parse(line) as { time: string; event: string }
    if (Date.parse(time) >= start && events.includes(event)) return Date.parse(time)
  }
  return Infinity
}
