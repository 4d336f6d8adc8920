import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import type { Broker, Reply } from '../../../src/domain/broker/broker.ts'
import { NEUTRAL_CONFIDENCE, type ConfidenceSource } from '../../../src/domain/confidence/confidence.ts'
import type { LicenceSource } from '../../../src/domain/licence/licence.ts'
import { minorUnits } from '../../../src/domain/units/units.ts'
import type { BotBook } from '../../../src/engine/bot/bot-book.ts'
import { openRig, RIG_ACCOUNT, walkBars, type Rig, type RigOptions } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const bars = walkBars(200, 7)

function rows<T>(rig: Rig, sql: string): T[] {
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

async function runRig(options: Omit<RigOptions, 'home' | 'bars'> & { bars?: RigOptions['bars'] } = {}) {
  const rig = openRig({ home: tempHome(), bars, ...options })
  const end = await rig.run()
  const answer = {
    end,
    rig,
    trades: rows<{ exit_reason: string; quantity: number; net: number; gross: number; fees: number }>(
      rig,
      'SELECT * FROM trades',
    ),
    decisions: rows<{ action: string; reasons: string; confidence: number; quantity: number }>(
      rig,
      'SELECT * FROM decisions',
    ),
    orders: rows<{ status: string; purpose: string; client_order_id: string }>(rig, 'SELECT * FROM orders'),
  }
  await rig.close()
  return answer
}

const codesOf = (decision: { reasons: string }) =>
  (JSON.parse(decision.reasons) as { code: string }[]).map(({ code }) => code)

/** Asks the bot for something once it has a position. */
function whenInPosition(ask: (book: BotBook) => void): Pick<RigOptions, 'wrapBroker' | 'onBook'> {
  let theBook: BotBook | undefined
  let asked = false
  return {
    onBook: (book, ctx) => {
      theBook = book
      const { store } = ctx
      const saved = store.saveCheckpoint
      Object.assign(store, {
        saveCheckpoint: (checkpoint: Parameters<typeof saved>[0]) => {
          saved(checkpoint)
          if (!asked && theBook && theBook.position.quantity !== 0) {
            asked = true
            ask(theBook)
          }
        },
      })
    },
  }
}

describe('a bot', () => {
  it('records every decision with its reasons, the ones not to trade included', async () => {
    const { decisions, trades } = await runRig()
    expect(trades.length).toBeGreaterThan(5)
    expect(new Set(decisions.map(({ action }) => action))).toEqual(new Set(['enter', 'exit', 'hold']))
    for (const decision of decisions) expect(codesOf(decision).length).toBeGreaterThan(0)
  })

  it('writes every intent before the broker hears of it', async () => {
    const seen: string[] = []
    const home = tempHome()
    const rig = openRig({
      home,
      bars,
      wrapBroker: (broker) => ({
        ...broker,
        submit: (order) => {
          const db = new Database(homeLayout(home).state(RIG_ACCOUNT), { readonly: true })
          const find = db.prepare('SELECT status FROM orders WHERE client_order_id = ?').pluck()
          seen.push((find.get(order.clientOrderId) as string | undefined) ?? 'not written')
          db.close()
          return broker.submit(order)
        },
      }),
    })
    await rig.run()
    await rig.close()
    expect(seen.length).toBeGreaterThan(5)
    expect(new Set(seen)).toEqual(new Set(['sent']))
  })

  it('goes on where it ended: a second start on the same bars trades nothing twice', async () => {
    const home = tempHome()
    const first = openRig({ home, bars: bars.slice(0, 120) })
    await first.run()
    await first.close()
    const second = openRig({ home, bars })
    await second.run()
    const split = rows<object>(second, 'SELECT * FROM trades')
    await second.close()
    const third = openRig({ home, bars })
    expect((await third.run()).reason).toBe('feed-ended')
    expect(rows<object>(third, 'SELECT * FROM trades')).toEqual(split)
    await third.close()
    const { trades } = await runRig()
    expect(split).toEqual(trades)
  })

  it('stops entering at the daily loss, says why, and enters again the next session', async () => {
    const long = walkBars(900, 3)
    const free = await runRig({ bars: long })
    expect(free.trades.some(({ net }) => net < 0)).toBe(true)
    const { decisions } = await runRig({ bars: long, limits: { maxDailyLossMinor: minorUnits(1) } })
    const blocked = decisions.filter((decision) => codesOf(decision).includes('daily-loss'))
    expect(blocked.length).toBeGreaterThan(0)
    expect(blocked.every(({ action }) => action !== 'enter')).toBe(true)
    expect(decisions.findLastIndex(({ action }) => action === 'enter')).toBeGreaterThan(
      decisions.findIndex((decision) => codesOf(decision).includes('daily-loss')),
    )
  })

  it('makes no more trades a session than allowed', async () => {
    const { rig } = await runRig({ limits: { maxTradesPerDay: 2 } })
    expect(rig.book.lanes[0]!.day.tradesOpened).toBeLessThanOrEqual(2)
  })

  it('lets shared experience veto and shrink, never enlarge', async () => {
    const veto: ConfidenceSource = {
      ask: () => Promise.resolve({ ...NEUTRAL_CONFIDENCE, value: 0.1, shouldTrade: false, reason: 'others lost here' }),
    }
    const vetoed = await runRig({ confidence: veto })
    expect(vetoed.trades).toEqual([])
    expect(vetoed.decisions.some((decision) => codesOf(decision).includes('confidence'))).toBe(true)

    const greedy: ConfidenceSource = { ask: () => Promise.resolve({ ...NEUTRAL_CONFIDENCE, value: 1, sizeFactor: 50 }) }
    const plain = await runRig()
    const enlarged = await runRig({ confidence: greedy })
    expect(enlarged.trades.map(({ quantity }) => quantity)).toEqual(plain.trades.map(({ quantity }) => quantity))

    const shy: ConfidenceSource = { ask: () => Promise.resolve({ ...NEUTRAL_CONFIDENCE, sizeFactor: 0.1 }) }
    const shrunk = await runRig({ confidence: shy })
    expect(Math.max(0, ...shrunk.trades.map(({ quantity }) => quantity))).toBeLessThan(
      Math.max(...plain.trades.map(({ quantity }) => quantity)),
    )
  })

  it('makes no entry without a licence', async () => {
    const none: LicenceSource = {
      verdict: () => ({ entries: 'refused', code: 'licence-missing', message: 'no licence', nextStep: 'get one' }),
    }
    const { trades, decisions } = await runRig({ licence: none })
    expect(trades).toEqual([])
    expect(decisions.some((decision) => codesOf(decision).includes('licence-missing'))).toBe(true)
  })

  it('closes everything and stops when asked to stop flat', async () => {
    const { end, rig, trades, orders } = await runRig(
      whenInPosition((book) => (book.stop = { flatten: true, keepOrders: false })),
    )
    expect(end.reason).toBe('requested')
    expect(rig.book.position.quantity).toBe(0)
    expect(trades.at(-1)?.exit_reason).toMatch(/flatten|stop|target/)
    expect(
      orders.filter(({ status }) => ['intent', 'sent', 'acknowledged', 'partially-filled'].includes(status)),
    ).toEqual([])
  })

  it('leaves the stop and the target working when it stops in a position', async () => {
    const { end, rig, orders } = await runRig(
      whenInPosition((book) => (book.stop = { flatten: false, keepOrders: false })),
    )
    expect(end.message).toMatch(/stop and target stay/)
    expect(rig.book.position.quantity).not.toBe(0)
    const open = orders.filter(({ status }) => ['acknowledged', 'partially-filled'].includes(status))
    expect(open.map(({ purpose }) => purpose).sort()).toEqual(['stop', 'target'])
  })

  it('closes and goes on trading when asked to flatten', async () => {
    const { end, decisions } = await runRig(whenInPosition((book) => (book.flattening = 'asked for')))
    expect(end.reason).toBe('feed-ended')
    const flattened = decisions.findIndex((decision) => codesOf(decision).includes('flatten'))
    expect(decisions[flattened]?.action).toBe('exit')
    expect(decisions.slice(flattened).some(({ action }) => action === 'enter')).toBe(true)
  })
})

describe('a broker that misbehaves', () => {
  it('whose answer is lost never gets the order twice', async () => {
    let lost = 0
    const submitted: string[] = []
    const lossy = (broker: Broker): Broker => ({
      ...broker,
      submit: async (order): Promise<Reply<never>> => {
        submitted.push(order.clientOrderId)
        await broker.submit(order)
        lost++
        return { ok: false, failure: { kind: 'unknown-outcome', clientOrderId: order.clientOrderId } }
      },
    })
    const { orders, trades } = await runRig({ wrapBroker: lossy })
    const { trades: plain } = await runRig()
    expect(lost).toBeGreaterThan(5)
    expect(new Set(submitted).size).toBe(submitted.length)
    expect(orders.filter(({ status }) => status === 'unknown')).toEqual([])
    expect(trades).toEqual(plain)
  })

  it('that rejects an entry leaves the account flat, without orders, and the reason on record', async () => {
    const stern = (broker: Broker): Broker => ({
      ...broker,
      submit: () => Promise.resolve({ ok: false, failure: { kind: 'rejected', reason: 'margin' } }),
    })
    const { orders, trades, rig } = await runRig({ wrapBroker: stern })
    expect(trades).toEqual([])
    expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['rejected']))
    expect(rig.book.opens.size).toBe(0)
  })

  it('that holds a position we do not know of blocks entries, not the bot', async () => {
    const liar = (broker: Broker): Broker => ({
      ...broker,
      positions: () =>
        Promise.resolve({ ok: true, value: [{ symbol: 'TESTZ9', quantity: 3 as never, avgPx: 1 as never }] }),
    })
    const { end, decisions, rig } = await runRig({ wrapBroker: liar })
    expect(end.reason).toBe('feed-ended')
    expect(decisions.every(({ action }) => action === 'hold')).toBe(true)
    expect(decisions.some((decision) => codesOf(decision).includes('not-reconciled'))).toBe(true)
    expect(rig.book.unreconciled.length).toBeGreaterThan(0)
  })
})
