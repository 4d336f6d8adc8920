import { describe, expect, it, onTestFinished } from 'vitest'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { enterPosition } from '../../../src/engine/bot/enter-position.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const bracket = {
  kind: 'bracket-order',
  side: 'buy',
  symbol: SYMBOL,
  quantity: lots(4),
  stopPx: ticks(PX - 10),
  targetPx: ticks(PX + 10),
} as const

const entryOf = (rig: TradeRig) =>
  [...rig.venue.orders.values()].find(({ order }) => order.purpose === 'entry')!.order.clientOrderId
const openOf = (rig: TradeRig, purpose: string) => rig.venue.open().filter(({ order }) => order.purpose === purpose)
const sizes = (rig: TradeRig, purpose: string) => openOf(rig, purpose).map(({ quantity, cumQty }) => quantity - cumQty)

describe('a bracket on a venue that keeps none', () => {
  it('sends the entry alone, and stop before target once it fills', async () => {
    const rig = open()
    await rig.trade(bracket)
    expect(rig.venue.calls).toEqual(['submit entry buy 4'])
    rig.venue.fill(entryOf(rig))
    await rig.settle()
    expect(rig.venue.calls).toEqual(['submit entry buy 4', 'submit stop sell 4', 'submit target sell 4'])
  })

  it('of a strategy is placed as one pair, once', async () => {
    const rig = open()
    const bar = rig.book.lastBar!
    await enterPosition(rig.ctx, rig.book, bar, rig.ctx.sessions.sessionAt(bar.time), {
      ...{ kind: 'enter', side: 'buy', stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) },
      ...{ reasons: [{ code: 'test', text: 'a test' }], features: {} },
    })
    rig.venue.fill(entryOf(rig))
    await rig.settle()
    expect(rig.venue.calls).toEqual(['submit entry buy 4', 'submit stop sell 4', 'submit target sell 4'])
    rig.venue.fill(openOf(rig, 'target')[0]!.order.clientOrderId)
    await rig.settle()
    expect(rig.venue.open()).toEqual([])
    expect(rig.book.holding).toBe(false)
  })

  it('protects exactly what has filled, as it fills', async () => {
    const rig = open()
    await rig.trade(bracket)
    rig.venue.fill(entryOf(rig), 1)
    await rig.settle()
    expect([sizes(rig, 'stop'), sizes(rig, 'target')]).toEqual([[1], [1]])
    rig.venue.fill(entryOf(rig), 3)
    await rig.settle()
    expect([sizes(rig, 'stop'), sizes(rig, 'target')]).toEqual([
      [1, 3],
      [1, 3],
    ])
  })

  it('takes off one leg what the other has filled, at once', async () => {
    const rig = open({ capabilities: { ...PLAIN, replace: true } })
    await rig.trade(bracket)
    rig.venue.fill(entryOf(rig))
    await rig.settle()
    rig.venue.fill(openOf(rig, 'target')[0]!.order.clientOrderId, 1)
    await rig.settle()
    expect([sizes(rig, 'stop'), sizes(rig, 'target')]).toEqual([[3], [3]])
    rig.venue.fill(openOf(rig, 'target')[0]!.order.clientOrderId)
    await rig.settle()
    expect(rig.venue.open()).toEqual([])
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(0)
  })

  it('makes a leg smaller by canceling it and sending the rest where the venue changes no orders', async () => {
    const rig = open()
    await rig.trade(bracket)
    rig.venue.fill(entryOf(rig))
    await rig.settle()
    rig.venue.fill(openOf(rig, 'stop')[0]!.order.clientOrderId, 1)
    await rig.settle()
    expect(rig.venue.calls.slice(3)).toEqual(['cancel target', 'submit target sell 3'])
    expect([sizes(rig, 'stop'), sizes(rig, 'target')]).toEqual([[3], [3]])
  })

  it('abandons its legs when the entry ends unfilled', async () => {
    const rig = open()
    await rig.trade(bracket)
    rig.venue.end(entryOf(rig), 'expired')
    await rig.settle()
    expect(rig.book.opens.size).toBe(0)
  })

  it('abandons its legs when the entry is rejected', async () => {
    const rig = open()
    rig.venue.twists.submit.push('rejected')
    expect(await rig.trade(bracket)).toMatchObject({ kind: 'rejected' })
    expect(rig.book.opens.size).toBe(0)
  })

  it('places a stop again that the venue ended unasked, and closes what no stop is taken for', async () => {
    const rig = open()
    await rig.trade(bracket)
    rig.venue.fill(entryOf(rig))
    await rig.settle()
    rig.venue.end(openOf(rig, 'stop')[0]!.order.clientOrderId, 'canceled')
    await rig.settle()
    expect(sizes(rig, 'stop')).toEqual([4])
    rig.venue.twists.submit.push('rejected')
    rig.venue.end(openOf(rig, 'stop')[0]!.order.clientOrderId, 'expired')
    await rig.settle()
    expect(sizes(rig, 'exit')).toEqual([4])
    rig.venue.fill(openOf(rig, 'exit')[0]!.order.clientOrderId)
    await rig.settle()
    expect(rig.venue.open()).toEqual([])
  })

  it('leaves a stop away that a person canceled', async () => {
    const rig = open()
    await rig.trade(bracket)
    rig.venue.fill(entryOf(rig))
    await rig.settle()
    await rig.trade({ kind: 'cancel-order', clientOrderId: openOf(rig, 'stop')[0]!.order.clientOrderId })
    await rig.settle()
    expect(sizes(rig, 'stop')).toEqual([])
  })
})

describe('a bot that died', () => {
  it('after its entry filled and before the stop was sent places the stop before anything else', async () => {
    const home = tempHome()
    const dead = open({ home })
    await dead.trade(bracket)
    dead.venue.fill(entryOf(dead), 3)
    const bot = open({ home, venue: dead.venue })
    const { lines } = await bot.reconcile()
    expect(dead.venue.calls).toEqual(['submit entry buy 4', 'submit stop sell 3', 'submit target sell 3'])
    expect(lines.map(({ code }) => code)).toContain('stop-missing')
  })

  it('between stop and target sends the target when it is back', async () => {
    const home = tempHome()
    const dead = open({ home })
    await dead.trade(bracket)
    dead.venue.fill(entryOf(dead))
    const { submit } = dead.venue.broker
    dead.venue.broker.submit = (order) => {
      if (order.purpose === 'target') throw new Error('killed here')
      return submit(order)
    }
    await expect(dead.settle()).rejects.toThrow('killed here')
    dead.venue.broker.submit = submit
    const bot = open({ home, venue: dead.venue })
    await bot.reconcile()
    await bot.reconcile()
    expect([sizes(bot, 'stop'), sizes(bot, 'target')]).toEqual([[4], [4]])
  })

  it('with a stop whose answer was lost finds it, and places no second one', async () => {
    const home = tempHome()
    const dead = open({ home })
    await dead.trade(bracket)
    dead.venue.fill(entryOf(dead))
    dead.venue.twists.submit.push('lost')
    await dead.settle()
    const bot = open({ home, venue: dead.venue })
    await bot.reconcile()
    await bot.settle()
    expect(sizes(bot, 'stop')).toEqual([4])
    expect(bot.venue.calls.filter((call) => call.startsWith('submit stop'))).toHaveLength(1)
  })

  it('repairs a native bracket whose stop is gone', async () => {
    const home = tempHome()
    const rig = open({ home, capabilities: ABLE })
    await rig.trade(bracket)
    rig.venue.fill(entryOf(rig))
    await rig.settle()
    rig.venue.end(openOf(rig, 'stop')[0]!.order.clientOrderId, 'canceled')
    rig.venue.end(openOf(rig, 'target')[0]!.order.clientOrderId, 'canceled')
    rig.venue.deliver()
    await rig.reconcile()
    expect(sizes(rig, 'stop')).toEqual([4])
  })
})
