import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openAccountRegistry } from '../../src/adapters/account-registry/account-registry.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { logFiles } from '../../src/adapters/log/read-log.ts'
import { accountRules } from '../../src/apps/launcher/account-rules.ts'
import type { RiskReport } from '../../src/contracts/risk-report.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../support/bot-fleet.ts'
import { answerOf, slipway } from '../support/cli-run.ts'
import { realData } from '../support/real-data.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

function read<T>(layout: HomeLayout, id: AccountId, sql: string): T[] {
  const db = new Database(layout.state(id), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

const entriesAfter = (layout: HomeLayout, id: AccountId, at: number) =>
  read<{ n: number }>(layout, id, `SELECT count(*) AS n FROM decisions WHERE action = 'enter' AND at >= ${at}`)[0]!.n
const entriesBetween = (layout: HomeLayout, id: AccountId, from: number, to: number) =>
  entriesAfter(layout, id, from) - entriesAfter(layout, id, to)
const breaches = (layout: HomeLayout, id: AccountId) =>
  read<{ rule: string; at: number; until: number | null; cleared_at: number | null }>(
    layout,
    id,
    'SELECT * FROM risk_breaches ORDER BY seq',
  )

/** A run to the end of its bars; its bot ends by itself. */
async function replayAll(layout: HomeLayout, id: AccountId): Promise<void> {
  const bot = await startBot(layout, id, programOf('bot'))
  const { code } = await bot.exited
  expect([code, readFileSync(layout.botOutput(id), 'utf8')]).toEqual([0, ''])
}

function registryOf(layout: HomeLayout) {
  return openAccountRegistry({
    layout,
    now: () => epochMs(Date.now()),
    rules: accountRules(layout),
    heldBy: () => Promise.resolve(undefined),
  })
}

/**
 * The way of a new user: a drawdown that ends with the day is reached on replayed bars, the bot is stopped there, the
 * limit taken away, the bot started again.
 */
async function breachStopAndGoOn(layout: HomeLayout, symbol: string, drawdown: string): Promise<void> {
  const set = [
    `risk.trailingDrawdown=${drawdown}`,
    'risk.maxDailyLoss=0',
    ...['risk.drawdownMark=intraday', 'risk.drawdownEnds=next-day', 'risk.dayBoundary=17:00 America/Chicago'],
  ]
  const whole = await addAccount(layout, 'whole', { symbol, feed: 'replay:max', set })
  await replayAll(layout, whole)
  const [first] = breaches(layout, whole)
  expect(first).toMatchObject({ rule: 'trailing-drawdown', cleared_at: null })
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Chicago', timeStyle: 'short' })
  expect(clock.format(first!.until!)).toBe('17:00')
  expect(first!.until! - first!.at).toBeLessThanOrEqual(25 * 3_600_000)

  const from = new Date(first!.at - 20 * 86_400_000).toISOString()
  const to = new Date(first!.at + 10 * 60_000).toISOString()
  const parted = await addAccount(layout, 'parted', { symbol, feed: `replay:max:${from}..${to}`, set })
  await replayAll(layout, parted)
  expect(breaches(layout, parted)).toMatchObject([{ at: first!.at, until: first!.until }])
  const report = answerOf<RiskReport>(await slipway(layout.root, ['risk', 'parted', '--json']))
  expect(report.breaches).toMatchObject([{ rule: 'trailing-drawdown', until: new Date(first!.until!).toISOString() }])
  expect(report.limits.find(({ code }) => code === 'max-position')?.used).toBe('0')

  await registryOf(layout).edit(parted, ['risk.trailingDrawdown=0', 'feed=replay:max'])
  await replayAll(layout, parted)
  expect(breaches(layout, parted).filter(({ rule }) => rule === 'trailing-drawdown')).toHaveLength(1)
  for (const id of [whole, parted]) {
    expect(entriesBetween(layout, id, first!.at, first!.until!)).toBe(0)
    expect(entriesAfter(layout, id, first!.until!)).toBeGreaterThan(0)
  }
}

describe('a trailing drawdown that ends with the day', () => {
  it('flattens, blocks through a restart, and ends at the wall time of the account', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 25, 5)
    await breachStopAndGoOn(layout, 'MES', '150')
  })

  it('does so on real bars', async ({ skip }) => {
    const file = realData('6EH4-2024-01-1m.csv.gz')
    if (file === undefined) return skip()
    const layout = prepareHome(tempHome())
    const imported = await slipway(layout.root, ['data', 'import', file, '--symbol', '6EH4', '--timeframe', '1m'])
    expect(imported.stderr).not.toContain('slipway:')
    await breachStopAndGoOn(layout, '6EH4', '300')
  })
})

describe('a bot whose trailing drawdown is reached', () => {
  it('is flat and blocked, stays so through kill and restart, and trades again once a person clears it', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 25, 5)
    const drawdown = ['risk.trailingDrawdown=150', 'risk.drawdownMark=intraday']
    const id = await addAccount(layout, 'acc', { symbol: 'MES', feed: 'replay:max', set: drawdown })
    const registry = registryOf(layout)

    const first = await startBot(layout, id, programOf('bot'))
    const blocked = await untilBot(layout, id, ({ state, position }) => state === 'blocked' && position === 0)
    expect(blocked.stateReason).toMatch(/drawdown floor .* USD; no entries until a person clears it .*clearBreach=1/)
    first.kill()
    await first.exited
    const [breach] = breaches(layout, id)
    expect(breach).toMatchObject({ rule: 'trailing-drawdown', until: null, cleared_at: null })

    // Looser, then gone: the breach stands all the same.
    await registry.edit(id, ['risk.trailingDrawdown=0', 'feed=replay:max'])
    const second = await startBot(layout, id, programOf('bot'))
    await untilBot(layout, id, ({ state }) => state === 'blocked')
    second.kill()
    await second.exited
    expect(entriesAfter(layout, id, breach!.at)).toBe(0)
    expect(
      logFiles(layout, id)
        .map((file) => readFileSync(file, 'utf8'))
        .join(''),
    ).toContain('risk-breach')

    await registry.edit(id, ['risk.clearBreach=1'])
    const third = await startBot(layout, id, programOf('bot'))
    expect((await third.exited).code).toBe(0)
    expect(breaches(layout, id)[0]!.cleared_at).not.toBeNull()
    expect(entriesAfter(layout, id, breach!.at)).toBeGreaterThan(0)
  })
})
