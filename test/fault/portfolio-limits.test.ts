import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { BotProcess } from '../../src/adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { logFiles } from '../../src/adapters/log/read-log.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { addAccount, generateBars, startBot, untilBot } from '../support/bot-fleet.ts'
import { STRATEGIES } from '../../src/domain/strategy/index.ts'
import type { RiskReport } from '../../src/contracts/risk-report.ts'
import { answerOf, slipway } from '../support/cli-run.ts'
import { eagerStrategy } from '../support/eager-strategy.ts'
import { launched, newHome, type Launched } from '../support/launched.ts'
import { programOf } from '../support/programs/programs.ts'

const EAGER_BOT = programOf('eager-bot')
const ENOUGH = 3
Object.assign(STRATEGIES, { eager: eagerStrategy })

let home: Launched | undefined
const started: BotProcess[] = []
afterEach(async () => {
  for (const bot of started.splice(0)) {
    bot.kill()
    await bot.exited
  }
  await home?.close()
  home = undefined
})

async function eagerBot(layout: HomeLayout, id: string, user: string, set: readonly string[]): Promise<AccountId> {
  const limits = ['risk.maxTradesPerDay=1000', 'risk.maxDailyLoss=0', ...set]
  const all = ['strategy=eager', ...limits]
  const accountId = await addAccount(layout, id, { symbol: 'MES', feed: 'replay:1500x', user, set: all })
  started.push(await startBot(layout, accountId, EAGER_BOT))
  return accountId
}

type Line = { time: string; event: string; message: string; reasons?: string[] }

function linesOf(layout: HomeLayout, id: AccountId): Line[] {
  const text = logFiles(layout, id)
    .map((file) => readFileSync(file, 'utf8'))
    .join('')
  // What comes after the last line break is still being written.
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

/** Wall times from the order that opens a position to the fill that closes it, or to the order's end without one. */
function exposedTimes(layout: HomeLayout, id: AccountId): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = []
  for (const { event, time } of linesOf(layout, id)) {
    const at = Date.parse(time)
    if (event === 'decision-enter') spans.push({ from: at, to: Infinity })
    else if (event === 'trade-closed' && spans.length > 0) spans[spans.length - 1]!.to = at
  }
  return spans
}

async function untilTraded(layout: HomeLayout, ids: readonly AccountId[], times: number): Promise<void> {
  for (const end = performance.now() + 25_000; performance.now() < end; await delay(100))
    if (ids.every((id) => exposedTimes(layout, id).length >= times)) return
  throw new Error(`they did not trade ${times} times: ${ids.map((id) => exposedTimes(layout, id).length).join(', ')}`)
}

describe('limits over the accounts of a user', () => {
  it('let one of two bots hold a position at a time, and both have their turn', async () => {
    const layout = newHome()
    home = await launched({ layout })
    generateBars(layout, 'MES', 40, 5)
    const set = ['risk.portfolioMaxPositions=1']
    const ids = [await eagerBot(layout, 'a', 'anna', set), await eagerBot(layout, 'b', 'anna', set)]
    const stranger = await eagerBot(layout, 'c', 'ben', set)
    await untilTraded(layout, [...ids, stranger], ENOUGH)
    const { portfolio } = answerOf<RiskReport>(await slipway(layout.root, ['risk', 'a', '--json']))
    expect(portfolio).toMatchObject({ accounts: 2 })
    expect(portfolio?.resources.find(({ resource }) => resource === 'positions')?.ceiling).toMatch(/^[01]$/)
    const [a, b, c] = [...ids, stranger].map((id) => exposedTimes(layout, id))
    const meet = (one: { from: number; to: number }, other: { from: number; to: number }) =>
      one.from < other.to && other.from < one.to
    expect(a!.filter((one) => b!.some((other) => meet(one, other)))).toEqual([])
    // Another user's bot has a limit of its own, and knows nothing of theirs.
    expect(c!.some((one) => [...a!, ...b!].some((other) => meet(one, other)))).toBe(true)
  })

  it('let nobody enter while the launcher is away, and exits pass', async () => {
    const layout = newHome()
    generateBars(layout, 'MES', 40, 5)
    const id = await eagerBot(layout, 'a', 'anna', ['risk.portfolioMaxNotional=100000'])
    const blocked = await untilBot(layout, id, ({ state }) => state === 'blocked')
    expect(blocked.stateReason).toContain('the launcher has not told of them')
    await delay(1_000)
    expect(exposedTimes(layout, id)).toEqual([])
    expect(linesOf(layout, id).some(({ reasons }) => reasons?.includes('portfolio-unknown'))).toBe(true)

    home = await launched({ layout })
    await untilTraded(layout, [id], 1)
    await untilBot(layout, id, ({ position }) => position !== 0)
    await home.launcher.close()
    // What is open is still closed by its own rules.
    await untilBot(layout, id, ({ state, position }) => state === 'blocked' && position === 0)
    home = await launched({ layout })
  })

  it('count an account whose state can not be read as unknown: nobody enters beside it, until it is read or removed', async () => {
    const layout = newHome()
    generateBars(layout, 'MES', 40, 5)
    const set = ['risk.portfolioMaxPositions=5']
    const lost = await eagerBot(layout, 'lost', 'anna', [])
    await untilTraded(layout, [lost], 1)
    const bot = started.pop()!
    bot.kill()
    await bot.exited
    const state = layout.state(lost)
    const files = ['', '-wal', '-shm'].filter((end) => existsSync(state + end))
    for (const end of files) renameSync(state + end, `${state}.kept${end}`)
    writeFileSync(state, 'no database')
    // It was never started, and there is nothing of it to be known.
    await addAccount(layout, 'new', { symbol: 'MES', feed: 'replay:max', user: 'anna' })
    home = await launched({ layout })
    const ids = [await eagerBot(layout, 'a', 'anna', set), await eagerBot(layout, 'c', 'ben', set)]
    await untilTraded(layout, [ids[1]!], 1)
    await untilBot(layout, ids[0]!, ({ stateReason }) => stateReason?.includes('account lost holds') === true)
    expect(exposedTimes(layout, ids[0]!)).toEqual([])
    expect(linesOf(layout, ids[0]!).some(({ reasons }) => reasons?.includes('portfolio-unknown'))).toBe(true)
    const { portfolio } = answerOf<RiskReport>(await slipway(layout.root, ['risk', 'a', '--json']))
    expect(portfolio?.unknown).toEqual(['lost'])
    expect((await slipway(layout.root, ['risk', 'a'])).stdout).toContain('lost')

    for (const end of files) renameSync(`${state}.kept${end}`, state + end)
    await untilTraded(layout, [ids[0]!], 1)
    await home.launcher.close()
    for (const end of ['', '-wal', '-shm']) rmSync(state + end, { force: true })
    home = await launched({ layout })
    // What is open is still closed by its own rules.
    await untilBot(
      layout,
      ids[0]!,
      ({ stateReason, position }) => position === 0 && stateReason?.includes('account lost holds') === true,
    )
    expect(await slipway(layout.root, ['account', 'remove', 'lost'])).toMatchObject({ code: 0 })
    await untilBot(layout, ids[0]!, ({ state, position }) => state === 'trading' && position !== 0)
  })

  it('stop every account that follows it when the loss of the day over all of them is reached', async () => {
    const layout = newHome()
    home = await launched({ layout })
    generateBars(layout, 'MES', 40, 5)
    const set = ['risk.portfolioMaxDailyLoss=40', 'simulation.commissionPerLot=5']
    const ids = [await eagerBot(layout, 'a', 'anna', set), await eagerBot(layout, 'b', 'anna', set)]
    await Promise.all(
      ids.map((id) =>
        untilBot(layout, id, ({ stateReason }) => /over 2 accounts is .*the limit 40\.00 USD/.test(stateReason ?? '')),
      ),
    )
    for (const id of ids) expect(linesOf(layout, id).some(({ event }) => event === 'risk-breach')).toBe(true)
  })
})
