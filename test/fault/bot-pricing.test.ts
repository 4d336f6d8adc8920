import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { connectToBot } from '../../src/adapters/bot-control/connect-to-bot.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { logFiles } from '../../src/adapters/log/read-log.ts'
import type { TradeReply, TradeRequest } from '../../src/contracts/trade-request.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../support/bot-fleet.ts'
import { isRunning, untilGone } from '../support/pricing-rig.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

const ROUNDS = 8

/** Processes a bot has started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}

async function ask(layout: HomeLayout, id: AccountId, command: TradeRequest): Promise<TradeReply> {
  const bot = await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 10_000 })
  if (!bot) throw new Error('the bot does not answer')
  try {
    return await bot.trade({ signalId: randomUUID(), command }, 30_000)
  } finally {
    bot.close()
  }
}

/** A condor that nobody pays so much for: its mathematics is asked for, and no order made. */
const askForCondor = (layout: HomeLayout, id: AccountId) =>
  ask(layout, id, {
    kind: 'iron-condor',
    underlying: 'NIFTY',
    expiry: { nth: 1 },
    quantity: 400,
    putBuy: { itmOffset: -6 },
    putSell: { itmOffset: -3 },
    callSell: { itmOffset: -3 },
    callBuy: { itmOffset: -6 },
  })

/** Opens a position with a stop and a target far away. @returns its entry */
async function buyWithStop(layout: HomeLayout, id: AccountId): Promise<readonly string[]> {
  const range = { stopPrice: '15000', targetPrice: '40000' }
  const reply = await ask(layout, id, { kind: 'bracket-order', side: 'buy', symbol: 'NIFTY', quantity: 1, ...range })
  if (reply.kind !== 'accepted') throw new Error(JSON.stringify(reply))
  return reply.orders
}

/** Asks until an option question gets an answer. @returns the process that gave it */
async function untilPricing(layout: HomeLayout, id: AccountId, bot: number): Promise<number> {
  for (const end = performance.now() + 60_000; performance.now() < end; await delay(50)) {
    const reply = await askForCondor(layout, id)
    const [service] = childrenOf(bot)
    if (!codesOf(reply).some(isPricing) && service !== undefined) return service
  }
  throw new Error('the pricing service did not come back')
}

const codesOf = (reply: TradeReply) => ('reasons' in reply ? reply.reasons.map(({ code }) => code) : [])
const isPricing = (code: string) => code.startsWith('pricing-')

function read(layout: HomeLayout, id: AccountId) {
  const db = new Database(layout.state(id), { readonly: true })
  try {
    const all = (sql: string) => db.prepare(sql).all() as Record<string, string>[]
    return {
      held: all("SELECT reasons FROM decisions WHERE action = 'hold'").map(({ reasons }) => reasons ?? ''),
      orders: all('SELECT client_order_id AS id, parent, purpose, status FROM orders'),
    }
  } finally {
    db.close()
  }
}

describe.skipIf(process.platform !== 'linux')('a bot that trades options, whose pricing service fails', () => {
  it('goes on with its bars, holds what it cannot price and says why, and trades options again after', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'NIFTY', 4, 11)
    const id = await addAccount(layout, 'opt-1', { symbol: 'NIFTY', feed: 'replay:200x', set: ['timeStopMinutes=350'] })
    const bot = await startBot(layout, id, programOf('bot'))
    const first = await untilBot(layout, id, ({ state, lastBarAt }) => state === 'trading' && lastBarAt !== null)
    // Nothing was asked yet: it costs no process.
    expect(childrenOf(bot.pid)).toEqual([])

    const [position] = await buyWithStop(layout, id)
    const replies: TradeReply[] = []
    let barAt = first.lastBarAt ?? 0
    for (let round = 0; round < ROUNDS; round++) {
      const service = await untilPricing(layout, id, bot.pid)
      process.kill(service, round % 2 === 0 ? 'SIGSTOP' : 'SIGKILL')
      const asked = Promise.all([askForCondor(layout, id), askForCondor(layout, id)])
      // Bars go on while it is asked.
      const { pid, lastBarAt } = await untilBot(layout, id, (status) => (status.lastBarAt ?? 0) > barAt)
      expect(pid).toBe(bot.pid)
      barAt = lastBarAt ?? barAt
      replies.push(...(await asked))
      expect(await untilGone(service)).toBe(true)
    }
    expect(replies).toHaveLength(2 * ROUNDS)
    const pricing = replies.filter((reply) => codesOf(reply).some(isPricing))
    expect(pricing.length, JSON.stringify(replies)).toBeGreaterThanOrEqual(ROUNDS)
    expect(pricing.every(({ kind }) => kind === 'refused')).toBe(true)
    // Every one of them is a decision to hold, with the reason, and left no order behind.
    const { held, orders } = read(layout, id)
    expect(held.filter((reasons) => reasons.includes('"pricing-')).length).toBeGreaterThanOrEqual(pricing.length)
    expect(new Set(orders.map((order) => order.id)).size).toBe(orders.length)
    // The stop of the position was at the broker all the time, and still is.
    expect(
      orders
        .filter((order) => order.id === position || order.parent === position)
        .map(({ purpose, status }) => [purpose, status]),
    ).toEqual([
      ['entry', 'filled'],
      ['stop', 'acknowledged'],
      ['target', 'acknowledged'],
    ])

    // Whoever looks meanwhile is told, in the bot's state and in its log.
    process.kill(await untilPricing(layout, id, bot.pid), 'SIGSTOP')
    const [seen] = await Promise.all([
      untilBot(layout, id, ({ stateReason }) => stateReason?.startsWith('The pricing service ') ?? false),
      askForCondor(layout, id),
    ])
    expect(seen).toMatchObject({
      state: 'trading',
      stateReason: expect.stringContaining('Option decisions are held until it is back'),
    })

    // Left alone, it comes back by itself.
    const service = await untilPricing(layout, id, bot.pid)
    const log = logFiles(layout, id)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
    expect(log).toContain('pricing-down')
    expect(log).toContain('pricing-back')

    expect(isRunning(service)).toBe(true)
    bot.kill()
    await bot.exited
    expect(await untilGone(service)).toBe(true)
  })
})
