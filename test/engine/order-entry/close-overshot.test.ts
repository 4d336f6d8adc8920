import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import { clientOrderId, type ClientOrderId } from '../../../src/domain/order/order.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE, PLAIN, type ScriptedBroker } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

function open(capabilities: BrokerCapabilities, home = tempHome(), venue?: ScriptedBroker): TradeRig {
  const rig = openTradeRig({ home, capabilities, ...(venue ? { venue } : {}) })
  onTestFinished(() => rig.close())
  return rig
}

/** Four lots with their stop and target, and an exit at the market beside them. */
async function exitUnderWay(rig: TradeRig): Promise<void> {
  const entry = { kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(4) } as const
  rig.venue.fill(firstOrder(await rig.trade({ ...entry, stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) })))
  await rig.settle()
  await rig.trade({ kind: 'close-position', symbol: SYMBOL })
}

const openFor = (rig: TradeRig) =>
  rig.venue.open().map(({ order, quantity }) => `${order.purpose} ${order.side} ${quantity}`)

function fillAll(rig: TradeRig, ...purposes: readonly string[]): void {
  const ids: ClientOrderId[] = rig.venue
    .open()
    .flatMap(({ order }) => (purposes.includes(order.purpose) ? [order.clientOrderId] : []))
  for (const id of ids) rig.venue.fill(id)
}

async function boughtBack(rig: TradeRig): Promise<void> {
  fillAll(rig, 'exit')
  await rig.settle()
  await rig.reconcile()
  expect(rig.venue.held(SYMBOL)).toBe(0)
}

describe.each([
  ['does everything', ABLE],
  ['takes plain orders only', PLAIN],
] as const)('where the broker %s, and closes the same lots twice', (_, capabilities) => {
  it.each(['target', 'stop'] as const)('what the exit and the %s sold too much is bought back, once', async (leg) => {
    const rig = open(capabilities)
    await exitUnderWay(rig)
    fillAll(rig, leg, 'exit')
    await rig.settle()
    expect(rig.venue.held(SYMBOL)).toBe(-4)
    const { lines } = await rig.reconcile()
    expect(lines).toContainEqual({ code: 'overshot', text: expect.stringContaining('short 4') as string })
    expect(openFor(rig)).toEqual(['exit buy 4'])
    await rig.reconcile()
    await rig.settle()
    expect(openFor(rig)).toEqual(['exit buy 4'])
    await boughtBack(rig)
    expect(openFor(rig)).toEqual([])
  })

  it('entries wait until the books were compared', async () => {
    const rig = open(capabilities)
    await exitUnderWay(rig)
    fillAll(rig, 'stop', 'exit')
    await rig.settle()
    expect(rig.book.unreconciled).toEqual([`more than one order seems to have closed ${SYMBOL}`])
  })

  it('a bot that died before it bought back does so at its next start, and one that died after it does not again', async () => {
    const home = tempHome()
    const first = open(capabilities, home)
    await exitUnderWay(first)
    fillAll(first, 'target', 'exit')
    await first.settle()
    first.close()
    const second = open(capabilities, home, first.venue)
    await second.reconcile()
    expect(openFor(second)).toEqual(['exit buy 4'])
    second.close()
    const third = open(capabilities, home, first.venue)
    await third.reconcile()
    expect(openFor(third)).toEqual(['exit buy 4'])
    await boughtBack(third)
    expect(third.venue.twice).toEqual([])
  })

  it('what the broker does not take back at once is tried again, whatever order came last', async () => {
    const rig = open(capabilities)
    rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(4) })))
    await rig.settle()
    const stop = firstOrder(await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) }))
    await rig.trade({ kind: 'close-position', symbol: SYMBOL })
    fillAll(rig, 'stop', 'exit')
    await rig.trade({ kind: 'modify-order', clientOrderId: stop, change: { stopPx: ticks(PX - 5) } })
    await rig.settle()
    for (const _again of [1, 2]) {
      rig.venue.twists.submit.push('rejected')
      await rig.reconcile()
      expect(openFor(rig)).toEqual([])
    }
    await rig.reconcile()
    expect(openFor(rig)).toEqual(['exit buy 4'])
    await boughtBack(rig)
  })

  it('what a person bought or sold by hand stays', async () => {
    const rig = open(capabilities)
    const byHand = { clientOrderId: clientOrderId('by-hand'), symbol: SYMBOL, side: 'sell', quantity: lots(3) } as const
    rig.venue.foreign({ ...byHand, type: { kind: 'market' }, timeInForce: 'day', purpose: 'exit' })
    rig.venue.fill(byHand.clientOrderId)
    await rig.settle()
    await rig.reconcile()
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(-3)
    expect(openFor(rig)).toEqual([])
  })
})
