import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import type { ClientOrderId } from '../../../src/domain/order/order.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { ABLE, PLAIN, type ScriptedBroker } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

function open(capabilities: BrokerCapabilities, home = tempHome(), venue?: ScriptedBroker): TradeRig {
  const rig = openTradeRig({ home, capabilities, ...(venue ? { venue } : {}) })
  onTestFinished(() => rig.close())
  return rig
}

async function enterFour(rig: TradeRig): Promise<ClientOrderId> {
  const entry = { kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(4), limitPx: ticks(PX) } as const
  return firstOrder(await rig.trade({ ...entry, stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) }))
}

const cheaper = (clientOrderId: ClientOrderId) =>
  ({ kind: 'modify-order', clientOrderId, change: { limitPx: ticks(PX - 1) } }) as const

const working = (rig: TradeRig) =>
  rig.venue
    .open()
    .flatMap(({ order, type, quantity, cumQty }) =>
      quantity > cumQty
        ? [`${order.purpose} ${order.side} ${quantity - cumQty}${'stopPx' in type ? ` at ${type.stopPx - PX}` : ''}`]
        : [],
    )
    .toSorted()

async function fillEntry(rig: TradeRig, quantity?: number): Promise<void> {
  for (const { order } of rig.venue.open()) if (order.purpose === 'entry') rig.venue.fill(order.clientOrderId, quantity)
  await rig.settle()
}

const PROTECTED = ['stop sell 4 at -10', 'target sell 4']

describe.each([
  ['changes orders and keeps brackets', ABLE],
  ['keeps brackets and changes no order', { ...ABLE, replace: false }],
  ['keeps no brackets and changes orders', { ...PLAIN, replace: true }],
  ['takes plain orders only', PLAIN],
] as const)('an entry with stop and target whose price is changed, at a broker that %s,', (_, capabilities) => {
  it('has them once it fills', async () => {
    const rig = open(capabilities)
    expect(await rig.trade(cheaper(await enterFour(rig)))).toMatchObject({ kind: 'accepted' })
    await rig.settle()
    await fillEntry(rig)
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(4)
    expect(working(rig)).toEqual(PROTECTED)
    const { agrees } = await rig.reconcile()
    expect([agrees, working(rig)]).toEqual([true, PROTECTED])
  })

  it('has them for what had filled before and for what fills after', async () => {
    const rig = open(capabilities)
    const entry = await enterFour(rig)
    rig.venue.fill(entry, 1)
    await rig.settle()
    await rig.trade(cheaper(entry))
    await rig.settle()
    await fillEntry(rig)
    await rig.reconcile()
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(4)
    const stops = rig.venue.open().filter(({ order }) => order.purpose === 'stop')
    expect(stops.reduce((sum, { quantity, cumQty }) => sum + quantity - cumQty, 0)).toBe(4)
  })

  it('has them when the bot died before the new one was sent', async () => {
    const home = tempHome()
    const first = open(capabilities, home)
    await first.trade(cheaper(await enterFour(first)))
    first.close()
    const second = open(capabilities, home, first.venue)
    await second.reconcile()
    await second.settle()
    await fillEntry(second)
    expect(working(second)).toEqual(PROTECTED)
  })

  it('leaves nothing open that was written for it where it is canceled', async () => {
    const rig = open(capabilities)
    const outcome = await rig.trade(cheaper(await enterFour(rig)))
    await rig.trade({ kind: 'cancel-order', clientOrderId: firstOrder(outcome) })
    await rig.settle()
    await rig.reconcile()
    expect([...rig.book.opens.values()].map(({ order, status }) => `${order.purpose} ${status}`)).toEqual([])
    expect(rig.venue.open().filter(({ order }) => order.purpose === 'entry')).toEqual([])
  })
})

describe.each([
  ['keeps brackets', { ...ABLE, replace: false }],
  ['keeps none', PLAIN],
] as const)('an entry that a broker which %s would rather not cancel', (_, capabilities) => {
  it('stays with its own stop and target, and with no others', async () => {
    const rig = open(capabilities)
    const entry = await enterFour(rig)
    rig.venue.twists.cancel.push('rejected')
    expect(await rig.trade(cheaper(entry))).toMatchObject({ kind: 'rejected' })
    expect(rig.book.opens.size).toBe(3)
    await fillEntry(rig)
    expect(working(rig)).toEqual(PROTECTED)
  })
})

it('an entry is not changed where one leg was canceled and the broker takes whole brackets only', async () => {
  const rig = open({ ...ABLE, replace: false })
  const entry = await enterFour(rig)
  const target = [...rig.book.opens.values()].find(({ order }) => order.purpose === 'target')!
  await rig.trade({ kind: 'cancel-order', clientOrderId: target.order.clientOrderId })
  await rig.settle()
  expect(await rig.trade(cheaper(entry))).toMatchObject({ kind: 'refused', refusal: { code: 'trade-invalid' } })
  expect(rig.venue.calls).not.toContain('cancel entry')
})
