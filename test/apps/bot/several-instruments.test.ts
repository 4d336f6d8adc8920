import Database from 'better-sqlite3'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connectToBot } from '../../../src/adapters/bot-control/connect-to-bot.ts'
import { readLastExit } from '../../../src/adapters/bot-process/last-exit.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { STRATEGIES } from '../../../src/domain/strategy/index.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../../support/bot-fleet.ts'
import { eagerStrategy } from '../../support/eager-strategy.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const EAGER_BOT = programOf('eager-bot')
Object.assign(STRATEGIES, { eager: eagerStrategy })

type Line = { event: string; symbol: string; msg: string }

function linesOf(layout: HomeLayout, id: AccountId, segment: string): Line[] {
  const text = readFileSync(layout.log(id, segment, 'paper'), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

function all<T>(layout: HomeLayout, id: AccountId, sql: string): T[] {
  const db = new Database(layout.state(id), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

function homeOf(...symbols: string[]): HomeLayout {
  const layout = prepareHome(tempHome())
  for (const [n, symbol] of symbols.entries()) generateBars(layout, symbol, 2, 5 + n)
  return layout
}

async function runThrough(layout: HomeLayout, id: AccountId): Promise<number | null> {
  const bot = await startBot(layout, id, EAGER_BOT)
  return (await bot.exited).code
}

describe('one bot that follows several markets', () => {
  it('trades each by itself and keeps the lines of each agent in a log named for its segment', async () => {
    const layout = homeOf('MES', 'MNQ', 'NG')
    const id = await addAccount(layout, 'a', {
      symbol: 'MES,MNQ,NG',
      feed: 'replay:max',
      set: ['strategy=eager', 'risk.maxDailyLoss=0', 'risk.maxTradesPerDay=1000'],
    })
    expect(await runThrough(layout, id)).toBe(0)
    const traded = all<{ symbol: string; n: number }>(
      layout,
      id,
      'SELECT symbol, count(*) AS n FROM trades GROUP BY symbol ORDER BY symbol',
    )
    expect(traded.map(({ symbol }) => symbol)).toEqual(['MES', 'MNQ', 'NG'])
    expect(traded.every(({ n }) => n > 10)).toBe(true)
    for (const segment of ['MES', 'MNQ', 'NG']) {
      const lines = linesOf(layout, id, segment)
      expect(lines.every(({ symbol }) => symbol === segment)).toBe(true)
      expect(lines.filter(({ event }) => event === 'trade-closed').length).toBe(
        traded.find(({ symbol }) => symbol === segment)!.n,
      )
      expect(lines.some(({ event }) => event === 'bot-trading')).toBe(true)
    }
    const accountWide = ['bot-starting', 'reconciled', 'bot-stopped']
    for (const event of accountWide) {
      expect(linesOf(layout, id, 'MES').some((line) => line.event === event)).toBe(true)
      expect(linesOf(layout, id, 'MNQ').some((line) => line.event === event)).toBe(false)
    }
    const places = all<{ series: string }>(layout, id, 'SELECT series FROM checkpoints ORDER BY series')
    expect(places.map(({ series }) => series)).toEqual(['MES:1m', 'MNQ:1m', 'NG:1m'])
  })

  it('sees the bars in order of time, so that two runs of it are the same to the row', async () => {
    const rowsOf = async () => {
      const layout = homeOf('MES', 'MNQ')
      const id = await addAccount(layout, 'a', { symbol: 'MES,MNQ', feed: 'replay:max', set: ['strategy=eager'] })
      expect(await runThrough(layout, id)).toBe(0)
      return all<{ at: number }>(
        layout,
        id,
        'SELECT decision_id, at, symbol, action, quantity, price FROM decisions ORDER BY seq',
      )
    }
    const first = await rowsOf()
    expect(first.length).toBeGreaterThan(50)
    expect(first.map(({ at }) => at)).toEqual(first.map(({ at }) => at).sort((a, b) => a - b))
    expect(await rowsOf()).toEqual(first)
  })

  it('closes what it holds of every market when it is told to stop flat', async () => {
    const layout = homeOf('MES', 'MNQ')
    const id = await addAccount(layout, 'a', {
      symbol: 'MES,MNQ',
      feed: 'replay:600x',
      set: ['strategy=eager', 'risk.maxDailyLoss=0'],
    })
    const bot = await startBot(layout, id, EAGER_BOT)
    await untilBot(layout, id, ({ tradesToday, position }) => tradesToday > 3 && position !== 0)
    const asked = await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 5_000 })
    await asked!.request({ type: 'stop', flatten: true, keepOrders: false }, 30_000)
    expect((await bot.exited).code).toBe(0)
    expect(all(layout, id, 'SELECT symbol FROM positions WHERE quantity <> 0')).toEqual([])
    expect(
      all(
        layout,
        id,
        `SELECT symbol FROM orders WHERE status IN ('intent', 'sent', 'acknowledged', 'partially-filled')`,
      ),
    ).toEqual([])
    expect(all(layout, id, 'SELECT * FROM flatten_wish')).toEqual([])
    expect(readLastExit(layout, id)).toMatchObject({ state: 'stopped', reason: 'requested' })
  })

  it('goes on in each where it was, also when one of them was left out for a while', async () => {
    const layout = homeOf('MES', 'MNQ')
    const id = await addAccount(layout, 'a', { symbol: 'MES,MNQ', feed: 'replay:max', set: ['strategy=eager'] })
    expect(await runThrough(layout, id)).toBe(0)
    const before = all<object>(layout, id, 'SELECT decision_id FROM decisions')
    expect(await runThrough(layout, id)).toBe(0)
    expect(all<object>(layout, id, 'SELECT decision_id FROM decisions')).toEqual(before)
    expect(existsSync(layout.log(id, 'MNQ', 'paper'))).toBe(true)
  })
})
