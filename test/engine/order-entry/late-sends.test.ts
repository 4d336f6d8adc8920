import { describe, expect, it, onTestFinished } from 'vitest'
import { assessShape } from '../../../src/domain/options/assess-shape.ts'
import type { ListedOption } from '../../../src/domain/options/option-market.ts'
import type { OptionPricing } from '../../../src/domain/options/pricing-port.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { dieUnsent } from '../../support/die-unsent.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

const EXPIRY = '2030-06-21'
const CALLS: readonly ListedOption[] = [4000, 4025].map((strike) => ({
  ...RIG_INSTRUMENT,
  ...{ symbol: `TEST C${strike}`, kind: 'option' as const, name: 'option' },
  option: {
    ...{ underlying: SYMBOL, type: 'call' as const, style: 'american' as const, strike: String(strike) },
    ...{ expiry: EXPIRY, settlement: 'cash' as const },
  },
}))
const quote = () => ({ bid: ticks(38), ask: ticks(42), markPx: ticks(40) })
const pricing: OptionPricing = {
  price: () => Promise.reject(new Error('not asked')),
  impliedVolatility: () => Promise.reject(new Error('not asked')),
  checkShape: (question) => Promise.resolve({ ok: true, value: assessShape(question) }),
}
const spread = {
  ...({ kind: 'vertical-spread', type: 'call', underlying: SYMBOL, expiry: { nth: 0 }, quantity: lots(2) } as const),
  ...{ buy: { price: '4000' }, sell: { price: '4025' } },
} as const

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN, options: CALLS, quote, pricing, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const exitsSent = ({ venue }: TradeRig) => venue.calls.filter((call) => call.startsWith('submit exit'))

async function hold(rig: TradeRig, quantity: number) {
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) })))
  await rig.settle()
}

async function wake(home: string, dead: TradeRig, arrange: (bot: TradeRig) => void = () => undefined) {
  const bot = open({ home, venue: dead.venue })
  arrange(bot)
  await bot.reconcile()
  await bot.settle()
  return bot
}

describe('reverse-position, written down by a bot that lost power before it was sent', () => {
  it('is given up where its stop has closed the position meanwhile: nothing is sold that is not held', async () => {
    const home = tempHome()
    const dead = open({ home })
    await hold(dead, 2)
    const stop = firstOrder(await dead.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 5) }))
    dieUnsent(dead, 'exit')
    await expect(dead.trade({ kind: 'reverse-position', symbol: SYMBOL }, 'turn')).rejects.toThrow('power lost')
    dead.venue.fill(stop)
    const bot = await wake(home, dead)
    expect(exitsSent(bot)).toEqual([])
    expect(bot.venue.held(SYMBOL)).toBe(0)
    expect(bot.book.plans.size).toBe(0)
    expect(await bot.trade({ kind: 'reverse-position', symbol: SYMBOL }, 'turn')).toMatchObject({ kind: 'rejected' })
  })

  it('goes on where the position is what it was', async () => {
    const home = tempHome()
    const dead = open({ home })
    await hold(dead, 2)
    dieUnsent(dead, 'exit')
    await expect(dead.trade({ kind: 'reverse-position', symbol: SYMBOL })).rejects.toThrow('power lost')
    const bot = await wake(home, dead)
    expect(bot.venue.open().map(({ order }) => `${order.purpose} ${order.side} ${order.quantity}`)).toEqual([
      'exit sell 2',
    ])
  })
})

describe('reverse-position, between its two halves', () => {
  it('waits for the books to agree after a start, and not longer than its time', async () => {
    const home = tempHome()
    const dead = open({ home })
    await hold(dead, 2)
    await dead.trade({ kind: 'reverse-position', symbol: SYMBOL }, 'turn')
    for (const { order } of dead.venue.open()) dead.venue.fill(order.clientOrderId)
    const startAgain = () => {
      const bot = open({ home, venue: dead.venue })
      bot.book.mustReconcile('the bot has just started')
      return bot
    }
    const late = startAgain()
    await late.settle()
    expect(exitsSent(late)).toHaveLength(1)
    expect(late.book.plans.size).toBe(1)

    const bot = startAgain()
    await bot.reconcile()
    await bot.settle()
    expect(bot.venue.calls.at(-1)).toBe('submit entry sell 2')
  })

  it('is given up where they do not come to agree', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade({ kind: 'reverse-position', symbol: SYMBOL }, 'turn')
    for (const { order } of rig.venue.open()) rig.venue.fill(order.clientOrderId)
    rig.book.mustReconcile('the books differ from the broker')
    await rig.settle()
    for (let bar = 0; bar < 4; bar++) rig.bar(PX)
    await rig.settle()
    expect(rig.book.plans.size).toBe(0)
    expect(await rig.trade({ kind: 'reverse-position', symbol: SYMBOL }, 'turn')).toMatchObject({ kind: 'rejected' })
  })
})

describe('a trade of several legs, written down by a bot that lost power before it was sent', () => {
  const dieBeforeTheFirstLeg = async (home: string) => {
    const dead = open({ home })
    dieUnsent(dead, 'entry')
    await expect(dead.trade(spread, 'spread')).rejects.toThrow('power lost')
    return dead
  }

  it('is begun by a bot that starts again at once', async () => {
    const home = tempHome()
    const bot = await wake(home, await dieBeforeTheFirstLeg(home))
    expect(bot.venue.calls).toEqual(['submit entry buy 2'])
  })

  it('is given up by one that starts later, and by one that may make no entries', async () => {
    for (const arrange of [
      (bot: TradeRig) => void Array.from({ length: 4 }, () => bot.bar(PX)),
      (bot: TradeRig) => void (bot.book.stop = { flatten: false, keepOrders: true }),
    ]) {
      const home = tempHome()
      const bot = await wake(home, await dieBeforeTheFirstLeg(home), arrange)
      expect(bot.venue.calls).toEqual([])
      expect(bot.book.plans.size).toBe(0)
      expect(await bot.trade(spread, 'spread')).toMatchObject({ kind: 'rejected' })
    }
  })

  it('takes back only what is still there of legs that a crash kept it from taking back', async () => {
    const home = tempHome()
    const dead = open({ home })
    await dead.trade(spread)
    dead.venue.twists.submit.push('rejected')
    dieUnsent(dead, 'exit')
    for (const { order } of dead.venue.open()) dead.venue.fill(order.clientOrderId, undefined, 40)
    await expect(dead.settle()).rejects.toThrow('power lost')
    const byHand = dead.venue.foreign({
      ...{ clientOrderId: clientOrderId('by-hand'), symbol: 'TEST C4000', side: 'sell', quantity: lots(2) },
      ...{ type: { kind: 'market' }, timeInForce: 'day', purpose: 'exit' },
    })
    dead.venue.fill(byHand.order.clientOrderId, undefined, 40)
    const bot = await wake(home, dead)
    expect(exitsSent(bot)).toEqual([])
    expect(bot.venue.held('TEST C4000')).toBe(0)
    expect(bot.book.plans.size).toBe(0)
  })
})

describe('an entry that waits for the one it replaces to end', () => {
  it('is not sent any more once everything is to be closed', async () => {
    const rig = open()
    const id = firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX - 5) }))
    await rig.trade({ kind: 'modify-order', clientOrderId: id, change: { limitPx: ticks(PX - 4) } })
    rig.book.flattening = 'the kill switch'
    await rig.settle()
    expect(rig.venue.open()).toEqual([])
    expect(rig.venue.calls).toEqual(['submit entry buy 1', 'cancel entry'])
    expect(rig.book.opens.size).toBe(0)
  })
})

describe('the other half of reverse-position', () => {
  const HOURS = 6 * 3_600_000

  it('is not sent where the first has filled long after its time: the computer slept', async () => {
    const rig = open()
    await hold(rig, 2)
    const exit = firstOrder(await rig.trade({ kind: 'reverse-position', symbol: SYMBOL }))
    rig.wait(HOURS)
    rig.venue.fill(exit)
    await rig.settle()
    expect([rig.venue.open(), rig.book.plans.size]).toEqual([[], 0])
  })

  it('is not sent hours later, when the stop that stood in its way is gone at last', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 5) })
    rig.venue.twists.cancel.push('rejected')
    rig.venue.fill(firstOrder(await rig.trade({ kind: 'reverse-position', symbol: SYMBOL })))
    await rig.settle()
    rig.wait(HOURS)
    for (let round = 0; round < 2; round++) {
      await rig.reconcile()
      await rig.settle()
    }
    expect([rig.venue.open(), rig.book.plans.size]).toEqual([[], 0])
  })
})

it('a trade of several legs that stalls half-way is taken back, also where the clock is set back meanwhile', async () => {
  const rig = open()
  rig.wait(86_400_000)
  rig.venue.fill(firstOrder(await rig.trade(spread)))
  await rig.settle()
  expect(rig.venue.calls.at(-1)).toBe('submit entry sell 2')
  rig.wait(-3_600_000)
  for (let minute = 0; minute < 4; minute++) {
    await rig.settle()
    rig.wait(60_000)
  }
  expect(rig.venue.calls.slice(-2)).toEqual(['cancel entry', 'submit exit sell 2'])
})
