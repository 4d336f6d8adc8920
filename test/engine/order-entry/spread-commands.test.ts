import { describe, expect, it, onTestFinished } from 'vitest'
import { assessShape } from '../../../src/domain/options/assess-shape.ts'
import type { ListedOption } from '../../../src/domain/options/option-market.ts'
import type { OptionPricing } from '../../../src/domain/options/pricing-port.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

const EXPIRY = '2030-06-21'

/** Calls and puts at 3950 to 4050; the underlying is at 4000.00. */
const CHAIN: readonly ListedOption[] = [3950, 3975, 4000, 4025, 4050].flatMap((strike) =>
  (['call', 'put'] as const).map((type) => ({
    ...RIG_INSTRUMENT,
    ...{ symbol: `TEST ${type === 'call' ? 'C' : 'P'}${strike}`, kind: 'option' as const, name: 'option' },
    option: {
      ...{ underlying: SYMBOL, type, style: 'american' as const, strike: String(strike), expiry: EXPIRY },
      settlement: 'cash' as const,
    },
  })),
)

const quote = () => ({ bid: ticks(38), ask: ticks(42), markPx: ticks(40) })
const pricing: OptionPricing = {
  price: () => Promise.reject(new Error('not asked')),
  impliedVolatility: () => Promise.reject(new Error('not asked')),
  checkShape: (question) => Promise.resolve({ ok: true, value: assessShape(question) }),
}

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN, options: CHAIN, quote, pricing, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const spread = {
  kind: 'vertical-spread',
  type: 'call',
  underlying: SYMBOL,
  expiry: { nth: 0 },
  quantity: lots(2),
  buy: { itmOffset: 0 },
  sell: { itmOffset: -1 },
} as const

const messageOf = (outcome: unknown) => (outcome as { refusal?: { message: string } }).refusal?.message ?? ''
const fillOpen = async (rig: TradeRig, quantity?: number) => {
  for (const { order } of rig.venue.open()) rig.venue.fill(order.clientOrderId, quantity, 40)
  await rig.settle()
}

describe('an option by choice', () => {
  it('is the listed contract so many strikes in the money', async () => {
    const rig = open()
    const choice = { underlying: SYMBOL, expiry: { date: EXPIRY }, quantity: lots(1) } as const
    await rig.trade({ kind: 'buy-call', ...choice, strike: { itmOffset: 1 } })
    await rig.trade({ kind: 'buy-put', ...choice, strike: { itmOffset: 1 } })
    await rig.trade({ kind: 'buy-put', ...choice, strike: { price: '3950.00' } })
    expect(rig.venue.open().map(({ order }) => order.symbol)).toEqual(['TEST C3975', 'TEST P4025', 'TEST P3950'])
  })

  it('is refused by name where expiry or strike is not listed', async () => {
    const rig = open()
    const choice = { kind: 'buy-call', underlying: SYMBOL, quantity: lots(1) } as const
    const at = { itmOffset: 0 }
    expect(messageOf(await rig.trade({ ...choice, expiry: { nth: 3 }, strike: at }))).toContain(EXPIRY)
    const strange = await rig.trade({ ...choice, expiry: { nth: 0 }, strike: { price: '4001' } })
    expect(messageOf(strange)).toContain('for example 3975, 4000, 4025, 4050')
    const none = open({ options: undefined as never })
    expect(messageOf(await none.trade({ ...choice, expiry: { nth: 0 }, strike: at }))).toContain('trades no options')
  })

  it('is not sold without the margin it needs, and says how much that is', async () => {
    const rig = open()
    const outcome = await rig.trade({
      ...spread,
      kind: 'sell-call',
      strike: { itmOffset: 0 },
      quantity: lots(5),
    } as never)
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'trade-blocked' } })
    expect(messageOf(outcome)).toContain('lose without limit and needs')
  })

  it('is held when the mathematics gives no answer in time', async () => {
    const reason = { code: 'pricing-timeout', text: 'no answer in 50 ms' } as const
    const rig = open({ pricing: { ...pricing, checkShape: () => Promise.resolve({ ok: false, reason }) } })
    expect((await rig.trade(spread)).reasons).toContainEqual(reason)
    expect(rig.venue.calls).toEqual([])
  })
})

describe('exercise', () => {
  it('is refused where nothing is held, and where the broker does not take it', async () => {
    const rig = open()
    const symbol = 'TEST C4000'
    expect(messageOf(await rig.trade({ kind: 'exercise', symbol, quantity: lots(1) }))).toContain('none is held')
    await rig.trade({
      kind: 'buy-call',
      underlying: SYMBOL,
      expiry: { nth: 0 },
      strike: { itmOffset: 0 },
      quantity: lots(1),
    })
    await fillOpen(rig)
    expect(messageOf(await rig.trade({ kind: 'exercise', symbol, quantity: lots(1) }))).toContain('takes no exercise')
  })
})

describe('several contracts as one', () => {
  it('go out whole where the venue can', async () => {
    const rig = open({ capabilities: ABLE })
    expect(await rig.trade(spread)).toMatchObject({ kind: 'accepted' })
    expect(rig.venue.calls).toEqual(['combo of 2'])
  })

  it('else leg by leg, bought first, each sized to what the one before has filled', async () => {
    const rig = open()
    await rig.trade(spread)
    expect(rig.venue.calls).toEqual(['submit entry buy 2'])
    await fillOpen(rig, 1)
    expect(rig.venue.calls).toHaveLength(1)
    rig.wait(200_000)
    await rig.settle()
    expect(rig.venue.calls.slice(1)).toEqual(['cancel entry', 'submit entry sell 1'])
    await fillOpen(rig)
    expect(rig.book.plans.size).toBe(0)
    expect([...rig.book.positions.values()].map(({ quantity }) => quantity)).toEqual([1, -1])
  })

  it('are taken back when a later leg is rejected, and the asker is told', async () => {
    const rig = open()
    await rig.trade(spread, 'spread')
    rig.venue.twists.submit.push('rejected')
    await fillOpen(rig)
    expect(rig.venue.open().map(({ order }) => `${order.purpose} ${order.side} ${order.quantity}`)).toEqual([
      'exit sell 2',
    ])
    await fillOpen(rig)
    expect(rig.book.holding).toBe(false)
    expect(await rig.trade(spread, 'spread')).toMatchObject({ kind: 'rejected' })
  })

  it('are never sent again when a leg is unknown: the plan waits for the broker to tell', async () => {
    const rig = open()
    await rig.trade(spread)
    rig.venue.twists.submit.push('lost')
    await fillOpen(rig)
    expect(rig.venue.calls).toHaveLength(2)
    await rig.reconcile()
    expect(rig.venue.calls).toHaveLength(2)
    await fillOpen(rig)
    expect(rig.book.plans.size).toBe(0)
  })

  it('go on after a crash between two legs', async () => {
    const home = tempHome()
    const dead = open({ home })
    await dead.trade(spread)
    for (const { order } of dead.venue.open()) dead.venue.fill(order.clientOrderId, undefined, 40)
    const bot = open({ home, venue: dead.venue })
    await bot.reconcile()
    await bot.settle()
    expect(dead.venue.calls).toEqual(['submit entry buy 2', 'submit entry sell 2'])
  })

  it('are refused when they are not the shape, dearer than the limit, or beyond a limit on size', async () => {
    const rig = open()
    expect(messageOf(await rig.trade({ ...spread, sell: { itmOffset: 0 } }))).toMatch(/two strikes/)
    const dear = await rig.trade({ ...spread, netLimitMinor: minorUnits(100) })
    expect(dear.reasons.map(({ code }) => code)).toEqual(['net-limit'])
    const small = open({ limits: { maxOrderLots: 1 } })
    expect(await small.trade(spread)).toMatchObject({ kind: 'refused', refusal: { code: 'trade-blocked' } })
  })

  it('are refused where their legs are too many contracts together', async () => {
    const tooMany = open({ limits: { maxTotalContractsMilli: 3_000 } })
    expect(await tooMany.trade(spread)).toMatchObject({ kind: 'refused', reasons: [{ code: 'max-total' }] })
    expect(tooMany.venue.calls).toEqual([])
    const asMany = open({ limits: { maxTotalContractsMilli: 4_000 } })
    expect(await asMany.trade(spread)).toMatchObject({ kind: 'accepted' })
    await fillOpen(asMany)
    await fillOpen(asMany)
    expect([...asMany.book.positions.values()].map(({ quantity }) => quantity)).toEqual([2, -2])
  })

  it('make condors, butterflies, straddles and strangles', async () => {
    const rest = { underlying: SYMBOL, expiry: { nth: 0 }, quantity: lots(1) } as const
    const strikes = { putBuy: { price: '3950' }, putSell: { price: '3975' }, callSell: { price: '4025' } } as const
    const commands: readonly (readonly [TradeCommand, number])[] = [
      [{ kind: 'iron-condor', ...strikes, callBuy: { price: '4050' }, ...rest }, 4],
      [
        {
          ...{ kind: 'butterfly-spread', type: 'put', side: 'buy', lower: { itmOffset: -1 } },
          ...{ middle: { itmOffset: 0 }, upper: { itmOffset: 1 }, ...rest },
        },
        3,
      ],
      [{ kind: 'straddle', side: 'buy', strike: { itmOffset: 0 }, ...rest }, 2],
      [{ kind: 'strangle', side: 'buy', put: { itmOffset: -1 }, call: { itmOffset: -1 }, ...rest }, 2],
    ]
    for (const [command, legs] of commands) {
      const rig = open({ capabilities: ABLE })
      expect(await rig.trade(command), command.kind).toMatchObject({ kind: 'accepted' })
      expect(rig.venue.calls).toEqual([`combo of ${legs}`])
    }
  })
})
