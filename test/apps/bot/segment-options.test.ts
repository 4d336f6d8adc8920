import Database from 'better-sqlite3'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const SEGMENTS = ['NIFTY', 'BANKNIFTY', 'SENSEX']

type Fill = { symbol: string; side: string; quantity: number; price: number; at: number }

function rows<T>(layout: HomeLayout, id: AccountId, sql: string): T[] {
  const db = new Database(layout.state(id), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

const fillsOf = (layout: HomeLayout, id: AccountId) =>
  rows<Fill>(layout, id, 'SELECT symbol, side, quantity, price, at FROM fills ORDER BY at, symbol, side')

/** The index that an option is on, and its strike. */
function contractOf(symbol: string) {
  const found = resolveInstrument(symbol)
  if (!isInstrument(found)) throw new Error(found.message)
  return found.option!
}

function homeOf(symbols: readonly string[], days = 2): HomeLayout {
  const layout = prepareHome(tempHome())
  for (const [n, symbol] of symbols.entries()) generateBars(layout, symbol, days, 3 + n)
  return layout
}

const account = (layout: HomeLayout, id: string, symbol: string, feed: string, set: readonly string[] = []) =>
  addAccount(layout, id, { symbol, feed, strategy: 'segment-options', set: ['risk.maxDailyLoss=0', ...set] })

async function runThrough(layout: HomeLayout, ids: readonly AccountId[]): Promise<void> {
  const bots = await Promise.all(ids.map((id) => startBot(layout, id, programOf('bot'))))
  for (const bot of bots) expect((await bot.exited).code).toBe(0)
}

describe('segment-options in a bot', () => {
  it('trades options on three indices at once, flat at every close, each in the log of its segment', async () => {
    const layout = homeOf(SEGMENTS)
    const id = await account(layout, 'all', SEGMENTS.join(','), 'replay:max')
    await runThrough(layout, [id])
    const fills = fillsOf(layout, id)
    expect(new Set(fills.map(({ symbol }) => contractOf(symbol).underlying))).toEqual(new Set(SEGMENTS))
    expect(rows(layout, id, 'SELECT symbol FROM positions WHERE quantity <> 0')).toEqual([])
    const days = new Map<string, Set<string>>()
    for (const { symbol, side, at } of fills) {
      const day = new Date(at).toISOString().slice(0, 10)
      const sides = days.get(`${day} ${symbol}`) ?? new Set()
      days.set(`${day} ${symbol}`, sides.add(side))
    }
    for (const sides of days.values()) expect(sides.size).toBe(2)
    for (const segment of SEGMENTS) {
      const lines = readFileSync(layout.log(id, segment, 'paper'), 'utf8')
        .trim()
        .split('\n')
      const fillsTold = lines
        .map((line) => JSON.parse(line) as { event: string; msg: string })
        .filter(({ event }) => event === 'fill')
      expect(fillsTold.length).toBe(fills.filter(({ symbol }) => contractOf(symbol).underlying === segment).length)
    }
  })

  it('keeps two users with different parameters on one segment apart: each trades as if it were alone', async () => {
    const [first, second] = [
      ['lot_size=1', 'itm_offset=0', 'stop_loss=10'],
      ['lot_size=3', 'itm_offset=-2', 'stop_loss=40'],
    ]
    const together = homeOf(['NIFTY'])
    const a = await account(together, 'ann', 'NIFTY', 'replay:max', first)
    const b = await account(together, 'bob', 'NIFTY', 'replay:max', second)
    await runThrough(together, [a, b])
    const alone = homeOf(['NIFTY'])
    const a2 = await account(alone, 'ann', 'NIFTY', 'replay:max', first)
    await runThrough(alone, [a2])
    const b2 = await account(alone, 'bob', 'NIFTY', 'replay:max', second)
    await runThrough(alone, [b2])

    const [ofAnn, ofBob] = [fillsOf(together, a), fillsOf(together, b)]
    expect(ofAnn.length).toBeGreaterThan(3)
    expect(ofAnn).toEqual(fillsOf(alone, a2))
    expect(ofBob).toEqual(fillsOf(alone, b2))
    expect(new Set(ofAnn.map(({ quantity }) => quantity))).toEqual(new Set([1]))
    expect(new Set(ofBob.map(({ quantity }) => quantity))).toEqual(new Set([3]))
    // The same first breakout, two strikes further out of the money.
    const [anns, bobs] = [contractOf(ofAnn[0]!.symbol), contractOf(ofBob[0]!.symbol)]
    expect([bobs.type, bobs.expiry, ofBob[0]!.at]).toEqual([anns.type, anns.expiry, ofAnn[0]!.at])
    const further = Number(bobs.strike) - Number(anns.strike)
    expect(further).toBe(anns.type === 'call' ? 100 : -100)
  })

  it('ends a replay that was killed with the same fills as one that was not', async () => {
    const whole = homeOf(['NIFTY'])
    const undisturbed = await account(whole, 'ann', 'NIFTY', 'replay:max')
    await runThrough(whole, [undisturbed])
    const layout = homeOf(['NIFTY'])
    const id = await account(layout, 'ann', 'NIFTY', 'replay:12000x')
    const bot = await startBot(layout, id, programOf('bot'))
    await untilBot(layout, id, ({ tradesToday }) => tradesToday > 0)
    process.kill(bot.pid, 'SIGKILL')
    await bot.exited
    await runThrough(layout, [id])
    expect(fillsOf(layout, id)).toEqual(fillsOf(whole, undisturbed))
  })
})
