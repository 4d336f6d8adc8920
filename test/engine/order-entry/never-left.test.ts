import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerFailure } from '../../../src/domain/broker/broker-failure.ts'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import type { ClientOrderId, NewOrder } from '../../../src/domain/order/order.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(capabilities: BrokerCapabilities, options: Partial<TradeRigOptions> = {}): TradeRig {
  const rig = openTradeRig({ home: tempHome(), capabilities, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const buy = (quantity: number, limitPx?: number): TradeCommand => ({
  ...{ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) },
  ...(limitPx === undefined ? {} : { limitPx: ticks(limitPx) }),
})
const bracket: TradeCommand = {
  ...{ kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(4) },
  ...{ stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) },
}
const REFUSED: BrokerFailure = { kind: 'rate-limited', retryAfterMs: 30_000 }
const DOWN: BrokerFailure = { kind: 'disconnected' }

/** Orders of a purpose do not leave, until told otherwise; which were to is told. */
function keepBack({ venue }: TradeRig, failure: BrokerFailure, purpose?: NewOrder['purpose']) {
  const { submit } = venue.broker
  const tried: ClientOrderId[] = []
  venue.broker.submit = (order) => {
    if (purpose !== undefined && order.purpose !== purpose) return submit(order)
    tried.push(order.clientOrderId)
    return Promise.resolve({ ok: false, failure })
  }
  return { tried, letGo: () => void (venue.broker.submit = submit) }
}

const openFor = (rig: TradeRig) =>
  rig.venue.open().map(({ order, quantity }) => `${order.purpose} ${order.side} ${quantity}`)

describe.each([
  ['keeps client order ids for good', PLAIN],
  ['shows things late', { ...PLAIN, visibilityLagMs: 5_000 }],
  ['takes one order twice, and shows it late', { ...PLAIN, dedupesClientOrderId: false, visibilityLagMs: 5_000 }],
] as const)('an order that has not left, where the broker %s,', (_, capabilities) => {
  it.each([
    ['the broker asked to wait', REFUSED],
    ['it could not be reached', DOWN],
  ])('is sent under its name when books are next compared: a stop, because %s', async (__, failure) => {
    const rig = open(capabilities)
    rig.venue.fill(firstOrder(await rig.trade(bracket)))
    const { tried, letGo } = keepBack(rig, failure, 'stop')
    await rig.settle()
    expect(rig.book.known(tried[0]!)?.status).toBe('unknown')
    letGo()
    await rig.reconcile()
    await rig.settle()
    const stop = rig.venue.open().find(({ order }) => order.purpose === 'stop')
    expect([stop?.order.clientOrderId, stop?.quantity, tried.length]).toEqual([tried[0], 4, 1])
    expect((await rig.reconcile()).agrees).toBe(true)
    expect([openFor(rig).sort(), rig.venue.twice]).toEqual([['stop sell 4', 'target sell 4'], []])
  })

  it('is sent as an exit, and never beside another', async () => {
    const rig = open(capabilities)
    rig.venue.fill(firstOrder(await rig.trade(buy(4))))
    await rig.settle()
    const { tried, letGo } = keepBack(rig, DOWN)
    const asked = await rig.trade({ kind: 'close-position', symbol: SYMBOL })
    expect(asked).toMatchObject({ kind: 'unknown' })
    await rig.reconcile()
    expect(tried).toEqual([firstOrder(asked), firstOrder(asked)])
    letGo()
    await rig.reconcile()
    await rig.settle()
    expect([openFor(rig), rig.venue.twice]).toEqual([['exit sell 4'], []])
  })

  it('is sent as an entry while its signal is fresh, and asks nobody', async () => {
    const rig = open(capabilities)
    const { letGo } = keepBack(rig, REFUSED)
    await rig.trade(buy(2))
    letGo()
    const { lines } = await rig.reconcile()
    expect(lines.map(({ code }) => code)).not.toContain('order-lost')
    expect(openFor(rig)).toEqual(['entry buy 2'])
    expect((await rig.reconcile()).agrees).toBe(true)
  })

  it('is not sent as an entry that is older than its bar, and whoever asks again is told', async () => {
    const rig = open(capabilities)
    const { letGo } = keepBack(rig, DOWN)
    await rig.trade(buy(2), 'late')
    rig.wait(60_000)
    letGo()
    expect((await rig.reconcile()).agrees).toBe(true)
    expect([openFor(rig), (await rig.trade(buy(2), 'late')).kind]).toEqual([[], 'rejected'])
  })

  it('ends at once where it is not wanted any more: the broker has nothing to cancel', async () => {
    const rig = open(capabilities)
    const { letGo } = keepBack(rig, DOWN)
    const id = firstOrder(await rig.trade(buy(2, PX - 5)))
    expect(await rig.trade({ kind: 'cancel-order', clientOrderId: id })).toMatchObject({ kind: 'accepted' })
    expect(rig.book.known(id)?.status).toBe('abandoned')
    letGo()
    expect((await rig.reconcile()).agrees).toBe(true)
    expect(rig.venue.calls).toEqual([])
  })

  it('is no larger than what is left to close when it leaves', async () => {
    const rig = open(capabilities)
    rig.venue.fill(firstOrder(await rig.trade(buy(4))))
    await rig.settle()
    const { letGo } = keepBack(rig, DOWN, 'stop')
    await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) })
    rig.venue.fill(firstOrder(await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(3) })))
    await rig.settle()
    letGo()
    await rig.reconcile()
    expect(rig.venue.calls.at(-1)).toBe('submit stop sell 1')
  })

  it('is taken for there where the broker shows it after all, and is not sent again', async () => {
    const rig = open(capabilities)
    const { submit } = rig.venue.broker
    // Something in between has tried twice, and tells of the second.
    rig.venue.broker.submit = async (order) => {
      await submit(order)
      return { ok: false, failure: REFUSED }
    }
    const id = firstOrder(await rig.trade(buy(2, PX - 5)))
    await rig.reconcile()
    expect([rig.book.known(id)?.status, rig.venue.calls]).toEqual(['acknowledged', ['submit entry buy 2']])
  })
})

describe('an order of unknown outcome', () => {
  const forgetful = { ...PLAIN, dedupesClientOrderId: false }

  it('stays unknown where a later attempt to send it has not left', async () => {
    const rig = open({ ...PLAIN, visibilityLagMs: 300 })
    rig.venue.twists.submit.push('lost')
    const id = firstOrder(await rig.trade(buy(2, PX - 5)))
    const { orderByClientId } = rig.venue.broker
    rig.venue.broker.orderByClientId = () => Promise.resolve({ ok: true, value: undefined })
    await rig.reconcile()
    rig.wait(10_000)
    const { tried } = keepBack(rig, DOWN)
    await rig.reconcile()
    expect([tried, rig.book.neverLeft.has(id)]).toEqual([[id], false])
    rig.venue.broker.orderByClientId = orderByClientId
    await rig.reconcile()
    expect(rig.book.known(id)?.status).toBe('acknowledged')
  })

  it('stays so for a bot that has died since: it may have left for all that is known', async () => {
    const home = tempHome()
    const dead = open(forgetful, { home })
    keepBack(dead, DOWN)
    const id = firstOrder(await dead.trade(buy(2, PX - 5)))
    const venue = open(forgetful).venue
    dead.close()
    const bot = open(forgetful, { home, venue })
    bot.wait(60_000)
    await bot.reconcile()
    bot.wait(10_000)
    const { lines } = await bot.reconcile()
    expect(lines.map(({ code }) => code)).toContain('order-lost')
    expect([bot.book.known(id)?.status, venue.calls]).toEqual(['unknown', []])
  })

  it('is not one that was kept back before, once it has left', async () => {
    const rig = open(forgetful)
    const { letGo } = keepBack(rig, DOWN)
    const id = firstOrder(await rig.trade(buy(2, PX - 5)))
    letGo()
    rig.venue.twists.submit.push('dropped')
    await rig.reconcile()
    expect([rig.venue.calls, rig.book.neverLeft.size]).toEqual([['submit entry buy 2'], 0])
    for (let round = 0; round < 4; round++) {
      rig.wait(10_000)
      await rig.reconcile()
    }
    expect([rig.venue.calls, rig.book.known(id)?.status]).toEqual([['submit entry buy 2'], 'unknown'])
  })
})

it('a bracket that the venue keeps leaves whole where it has not left before', async () => {
  const rig = open({ ...ABLE, dedupesClientOrderId: false })
  const { letGo } = keepBack(rig, REFUSED)
  await rig.trade(bracket)
  letGo()
  await rig.reconcile()
  rig.venue.fill(rig.venue.open().find(({ order }) => order.purpose === 'entry')!.order.clientOrderId)
  await rig.settle()
  expect((await rig.reconcile()).agrees).toBe(true)
  expect([openFor(rig), rig.venue.calls]).toEqual([['stop sell 4', 'target sell 4'], ['submit entry buy 4']])
})
