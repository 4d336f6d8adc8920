import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { logFiles } from '../../src/adapters/log/read-log.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { readLockRecord } from '../../src/adapters/lock/who-holds.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBotOrEnd } from '../support/bot-fleet.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

const SESSIONS = 25

function stateOf(layout: HomeLayout, id: AccountId) {
  const db = new Database(layout.state(id), { readonly: true })
  const all = (sql: string) => db.prepare(sql).all()
  const state = {
    trades: all('SELECT * FROM trades ORDER BY seq').map((trade) => ({ ...(trade as object), trade_id: undefined })),
    decisions: all('SELECT decision_id, action, side, quantity, price, reasons FROM decisions ORDER BY seq'),
    orders: all('SELECT status, purpose, side, quantity, cum_qty FROM orders ORDER BY seq'),
    balances: all('SELECT * FROM ledger_balances ORDER BY account'),
  }
  const generation = Number(db.prepare('SELECT generation FROM holder').pluck().get())
  const disagreements = all('SELECT lines FROM reconciliations WHERE agrees = 0')
  db.close()
  return { state, generation, disagreements }
}

async function runToEnd(layout: HomeLayout, id: AccountId): Promise<void> {
  const bot = await startBot(layout, id, programOf('bot'))
  const { code } = await bot.exited
  expect(code, existsSync(layout.botOutput(id)) ? readFileSync(layout.botOutput(id), 'utf8') : '').toBe(0)
}

describe('a bot killed again and again in the middle of a replay', () => {
  it('ends with the trades, orders and balances of one that was never killed', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', SESSIONS, 5)
    const whole = await addAccount(layout, 'whole', { symbol: 'MES', feed: 'replay:max' })
    const killed = await addAccount(layout, 'killed', { symbol: 'MES', feed: 'replay:max' })
    await runToEnd(layout, whole)
    let kills = 0
    for (let round = 0; round < 6; round++) {
      const bot = await startBot(layout, killed, programOf('bot'))
      await untilBotOrEnd(layout, killed, ({ state }) => state === 'trading' || state === 'stopped', bot)
      await delay(40 * (round + 1))
      bot.kill()
      if ((await bot.exited).signal === 'SIGKILL') kills++
    }
    await runToEnd(layout, killed)

    const one = stateOf(layout, whole)
    const other = stateOf(layout, killed)
    expect(kills).toBeGreaterThan(0)
    expect(one.state.trades.length).toBeGreaterThan(10)
    expect(other.state).toEqual(one.state)
    expect(other.generation).toBe(7)
    expect(other.disagreements).toEqual([])
  })
})

describe('two bots side by side', () => {
  it('leave no trace of each other in state, books, logs or lock records', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', SESSIONS, 5)
    const alice = await addAccount(layout, 'alice-7', { symbol: 'MES', feed: 'replay:max', user: 'alice' })
    const bob = await addAccount(layout, 'bob-8', {
      symbol: 'MES',
      feed: 'replay:max',
      user: 'bob',
      set: ['rsiLong=48', 'maxTradesPerDay=2'],
    })
    await Promise.all([runToEnd(layout, alice), runToEnd(layout, bob)])

    const mine = stateOf(layout, alice).state
    const theirs = stateOf(layout, bob).state
    expect(mine.trades.length).toBeGreaterThan(0)
    expect(theirs.trades.length).toBeGreaterThan(0)
    expect(mine.trades).not.toEqual(theirs.trades)
    const ids = (id: AccountId) => {
      const db = new Database(layout.state(id), { readonly: true })
      const orders = db.prepare('SELECT client_order_id FROM orders').pluck().all() as string[]
      const trades = db.prepare('SELECT trade_id FROM trades').pluck().all() as string[]
      db.close()
      return new Set([...orders, ...trades])
    }
    const bobs = ids(bob)
    expect([...ids(alice)].filter((name) => bobs.has(name))).toEqual([])
    for (const [own, other] of [
      [alice, 'bob'],
      [bob, 'alice'],
    ] as const) {
      const text = logFiles(layout, own)
        .map((file) => readFileSync(file, 'utf8'))
        .join('')
      expect(text).toContain(own)
      expect(text).not.toContain(other)
      for (const file of [layout.state(own), layout.paper(own)]) expect(readFileSync(file).includes(other)).toBe(false)
      expect(readLockRecord(layout.lockRecord(own))).toBe('missing')
    }
  })
})
