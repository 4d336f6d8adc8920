import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Confidence, ConfidenceQuery, ConfidenceSource } from '../../../src/domain/confidence/confidence.ts'
import type { LicenceSource } from '../../../src/domain/licence/licence.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import type { Proposal, Strategy } from '../../../src/domain/strategy/strategy.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { setupOf, shrunk } from '../../../src/engine/bot/ask-pool.ts'
import { openRig, RIG_ACCOUNT, RIG_INSTRUMENT, walkBars } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const { symbol } = RIG_INSTRUMENT
const WORD: Confidence = { value: 0.3, shouldTrade: true, sizeFactor: 0.5, sampleSize: 40, reason: '40 alike lost' }
const REVOKED = {
  ...{ entries: 'refused' as const, code: 'licence-refused', message: 'The licence was revoked.', nextStep: 'Ask.' },
}

/** Buys four lots through the trading service, sells them all ten bars later, and so on. */
const trader: Strategy = {
  id: 'trader',
  title: 'Trader',
  parameters: [],
  open: () => {
    let bar = 0
    const trade = (command: TradeCommand): Proposal => ({
      ...{ kind: 'trade', command, features: { bar } },
      reasons: [{ code: 'turn', text: 'it is time' }],
    })
    return {
      onBar: (_, session, { quantity }) => {
        bar++
        if (!session || bar % 10 !== 0) return undefined
        const order = { kind: 'market-order' as const, symbol }
        return quantity === 0
          ? trade({ ...order, side: 'buy', quantity: lots(4) })
          : trade({ ...order, side: 'sell', quantity })
      },
      snapshot: () => bar,
      takeWarnings: () => [],
      indicators: () => undefined,
    }
  },
}

async function tradesWith(answer: Partial<Confidence>) {
  const asked: ConfidenceQuery[] = []
  const confidence: ConfidenceSource = {
    ask: (_, query) => (asked.push(query), Promise.resolve({ ...WORD, ...answer })),
  }
  const rig = openRig({ home: tempHome(), bars: walkBars(120, 5), strategy: trader, confidence })
  await rig.run()
  await rig.close()
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  const orders = db.prepare('SELECT purpose, quantity, confidence FROM orders').all() as Record<string, unknown>[]
  const decisions = db.prepare('SELECT action, confidence, reasons FROM decisions').all() as Record<string, string>[]
  db.close()
  return { asked, orders, decisions }
}

describe('a trade of the service that opens a position', () => {
  it('is asked about, made smaller by what the pool says, and told so', async () => {
    const { asked, orders, decisions } = await tradesWith({})
    const entries = orders.filter(({ purpose }) => purpose === 'entry')
    expect(entries.length).toBeGreaterThan(2)
    expect(asked).toHaveLength(entries.length)
    expect(asked[0]).toMatchObject({ symbol, side: 'buy' })
    for (const entry of entries) expect(entry).toMatchObject({ quantity: 2, confidence: 0.3 })
    expect(decisions.find(({ action }) => action === 'enter')!.reasons).toContain('size × 0.5: 40 alike lost')
  })

  it('is not made where the pool vetoes it, and the decision says why', async () => {
    const { orders, decisions } = await tradesWith({ shouldTrade: false, sizeFactor: 1 })
    expect(orders).toEqual([])
    expect(decisions[0]).toMatchObject({ action: 'hold', confidence: 0.3 })
    expect(decisions[0]!.reasons).toContain('40 alike lost')
  })

  it('is not made where nothing is left of its size, and never larger than it was proposed', async () => {
    expect((await tradesWith({ sizeFactor: 0.1 })).orders).toEqual([])
    const greedy = await tradesWith({ sizeFactor: 9 })
    expect(greedy.orders[0]).toMatchObject({ quantity: 4 })
  })

  it('tells what the pool said where that changed nothing', async () => {
    const { decisions } = await tradesWith({ sizeFactor: 1, reason: 'neutral: the cloud was too slow' })
    expect(decisions.find(({ action }) => action === 'enter')!.reasons).toContain('neutral: the cloud was too slow')
  })
})

describe('an entry that the pool is asked about', () => {
  it('is not made where somebody said no before the pool had answered', async () => {
    let isRefused = false
    const confidence: ConfidenceSource = {
      ask: () => ((isRefused = true), Promise.resolve({ ...WORD, sizeFactor: 1 })),
    }
    const licence: LicenceSource = { verdict: () => (isRefused ? REVOKED : { entries: 'allowed' }) }
    const rig = openRig({ home: tempHome(), bars: walkBars(300, 5), confidence, licence })
    await rig.run()
    await rig.close()
    const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
    const orders = db.prepare('SELECT purpose FROM orders').all()
    const [first] = db.prepare('SELECT action, reasons FROM decisions').all() as Record<string, string>[]
    db.close()
    expect(isRefused).toBe(true)
    expect(orders).toEqual([])
    expect(first).toMatchObject({ action: 'hold' })
    expect(first!.reasons).toContain(REVOKED.message)
  })
})

describe('a trade that could end or reduce a position', () => {
  it('asks nobody: what was bought is sold whole', async () => {
    const { orders } = await tradesWith({ sizeFactor: 0.5 })
    const exits = orders.filter(({ purpose }) => purpose === 'exit')
    expect(exits.length).toBeGreaterThan(1)
    for (const exit of exits) expect(exit.quantity).toBe(2)
  })

  it('is no setup of the pool, and neither are shapes of several legs', () => {
    const choice = { underlying: 'NIFTY', expiry: { nth: 0 }, strike: { itmOffset: 0 }, quantity: lots(2) }
    expect(setupOf({ kind: 'sell', symbol, quantity: lots(1) })).toBeUndefined()
    expect(setupOf({ kind: 'flatten' })).toBeUndefined()
    expect(setupOf({ kind: 'straddle', side: 'buy', ...choice })).toBeUndefined()
    expect(setupOf({ kind: 'buy-put', ...choice })).toEqual({ symbol: 'NIFTY', side: 'sell' })
    expect(setupOf({ kind: 'buy-call', ...choice })).toEqual({ symbol: 'NIFTY', side: 'buy' })
  })

  it('is never changed by a factor it has no lots for', () => {
    expect(shrunk({ kind: 'flatten' }, 0)).toEqual({ kind: 'flatten' })
    expect(shrunk({ kind: 'stop-loss', symbol, stopPx: ticks(1) }, 0.5)).toEqual({
      kind: 'stop-loss',
      symbol,
      stopPx: ticks(1),
    })
  })
})
