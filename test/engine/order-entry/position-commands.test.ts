import { describe, expect, it, onTestFinished } from 'vitest'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import {
  firstOrder,
  openTradeRig,
  OTHER,
  PX,
  SYMBOL,
  type TradeRig,
  type TradeRigOptions,
} from '../../support/trade-rig.ts'

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openTradeRig({ home: tempHome(), capabilities: PLAIN, ...options })
  onTestFinished(() => rig.close())
  return rig
}

async function hold(rig: TradeRig, quantity: number, symbol = SYMBOL): Promise<void> {
  const kind = quantity > 0 ? 'buy' : 'short-sell'
  const outcome = await rig.trade({ kind, symbol, quantity: lots(Math.abs(quantity)) })
  rig.venue.fill(firstOrder(outcome))
  await rig.settle()
}

const openIds = (rig: TradeRig, purpose: string) =>
  rig.venue.open().flatMap(({ order }) => (order.purpose === purpose ? [order.clientOrderId] : []))
const fillAll = async (rig: TradeRig, purpose: string) => {
  for (const id of openIds(rig, purpose)) rig.venue.fill(id)
  await rig.settle()
}
const messageOf = (outcome: unknown) => (outcome as { refusal?: { message: string } }).refusal?.message ?? ''

describe('close-position', () => {
  it('closes all lots at the market and cancels what protected them', async () => {
    const rig = open()
    await hold(rig, 3)
    await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 5) })
    expect(await rig.trade({ kind: 'close-position', symbol: SYMBOL })).toMatchObject({ kind: 'accepted' })
    await fillAll(rig, 'exit')
    expect(rig.book.holding).toBe(false)
    expect(rig.venue.open()).toEqual([])
    expect(await rig.trade({ kind: 'close-position', symbol: SYMBOL })).toMatchObject({ kind: 'nothing-to-do' })
  })

  it('closes what filled while its entry was canceled as well', async () => {
    const rig = open()
    await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(2), limitPx: ticks(PX - 3) })
    rig.venue.twists.cancel.push('fills-first')
    await rig.trade({ kind: 'close-position', symbol: SYMBOL })
    await rig.settle()
    await fillAll(rig, 'exit')
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(0)
    expect(rig.venue.held(SYMBOL)).toBe(0)
  })

  it('leaves other symbols alone; close-all-positions does not, and buys back first', async () => {
    const rig = open()
    await hold(rig, 2)
    await hold(rig, -1, OTHER.symbol)
    await rig.trade({ kind: 'close-position', symbol: OTHER.symbol })
    await fillAll(rig, 'exit')
    expect([...rig.book.positions.keys()]).toEqual([SYMBOL])
    await hold(rig, -1, OTHER.symbol)
    rig.venue.calls.splice(0)
    await rig.trade({ kind: 'close-all-positions' })
    expect(rig.venue.calls).toEqual(['submit exit buy 1', 'submit exit sell 2'])
  })
})

describe('reduce-position', () => {
  it('closes a share rounded up, and no more than is left to close', async () => {
    const rig = open()
    await hold(rig, 5)
    await rig.trade({ kind: 'reduce-position', symbol: SYMBOL, percent: 50 })
    await rig.trade({ kind: 'reduce-position', symbol: SYMBOL, percent: 100 })
    expect(rig.venue.calls.slice(1)).toEqual(['submit exit sell 3', 'submit exit sell 2'])
    expect(await rig.trade({ kind: 'reduce-position', symbol: SYMBOL, percent: 1 })).toMatchObject({
      kind: 'nothing-to-do',
    })
  })
})

describe('reverse-position', () => {
  it('closes, then opens the same on the other side once it is flat', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 5) })
    await rig.trade({ kind: 'reverse-position', symbol: SYMBOL })
    expect(openIds(rig, 'entry')).toEqual([])
    await fillAll(rig, 'exit')
    expect(rig.venue.open().map(({ order }) => `${order.purpose} ${order.side} ${order.quantity}`)).toEqual([
      'entry sell 2',
    ])
    await fillAll(rig, 'entry')
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(-2)
    expect(rig.book.plans.size).toBe(0)
  })

  it('goes on after a crash between the two halves', async () => {
    const home = tempHome()
    const dead = open({ home })
    await hold(dead, 2)
    await dead.trade({ kind: 'reverse-position', symbol: SYMBOL })
    dead.venue.fill(openIds(dead, 'exit')[0]!)
    const bot = open({ home, venue: dead.venue })
    await bot.reconcile()
    await bot.settle()
    expect(openIds(bot, 'entry')).toHaveLength(1)
  })

  it('is refused whole where the new half breaks a limit', async () => {
    const rig = open()
    await hold(rig, 2)
    rig.book.mustReconcile('a test says so')
    expect(await rig.trade({ kind: 'reverse-position', symbol: SYMBOL })).toMatchObject({ kind: 'refused' })
    expect(openIds(rig, 'exit')).toEqual([])
  })

  it('stays flat where something has come to speak against the new half', async () => {
    const rig = open()
    await hold(rig, 2)
    await rig.trade({ kind: 'reverse-position', symbol: SYMBOL }, 'turn')
    rig.book.flattening = 'a test'
    await fillAll(rig, 'exit')
    expect(rig.venue.open()).toEqual([])
    expect(rig.book.holding).toBe(false)
    expect(await rig.trade({ kind: 'reverse-position', symbol: SYMBOL }, 'turn')).toMatchObject({ kind: 'rejected' })
  })
})

describe('hedge-position', () => {
  it('opens the opposite worth in another instrument, rounded down', async () => {
    const rig = open()
    await hold(rig, 3)
    await rig.trade({ kind: 'hedge-position', symbol: SYMBOL, with: OTHER.symbol, percent: 50 })
    expect(rig.venue.calls.at(-1)).toBe('submit entry sell 3')
    expect(
      messageOf(await rig.trade({ kind: 'hedge-position', symbol: SYMBOL, with: OTHER.symbol, percent: 1 })),
    ).toContain('less than one lot')
  })
})

describe('flatten', () => {
  it('cancels entries, closes everything, and leaves a wish that outlives the bot', async () => {
    const home = tempHome()
    const rig = open({ home })
    await hold(rig, 2)
    await rig.trade({ kind: 'buy', symbol: OTHER.symbol, quantity: lots(1), limitPx: ticks(PX - 50) })
    expect(await rig.trade({ kind: 'flatten' })).toMatchObject({ kind: 'accepted' })
    expect(rig.venue.calls.slice(-2)).toEqual(['cancel entry', 'submit exit sell 2'])
    expect(open({ home, venue: rig.venue }).book.flattening).toContain('flatten asked for')
  })
})
