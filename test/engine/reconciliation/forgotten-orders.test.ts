import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import { clientOrderId, venueOrderId, type ClientOrderId } from '../../../src/domain/order/order.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { applyExecution } from '../../../src/engine/order-events/apply-execution.ts'
import { ABLE, PLAIN, type ScriptedBroker } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

function open(capabilities: BrokerCapabilities, options: Partial<TradeRigOptions> = {}): TradeRig {
  const rig = openTradeRig({ home: tempHome(), capabilities, ...options })
  onTestFinished(() => rig.close())
  return rig
}

const LONG_ENOUGH = 10_000
const stopLoss = { kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 10) } as const
const bracket = {
  ...({ kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(4) } as const),
  ...{ stopPx: ticks(PX - 10), targetPx: ticks(PX + 10) },
}

const openOf = (rig: TradeRig, purpose: string) => rig.venue.open().filter(({ order }) => order.purpose === purpose)
const working = (rig: TradeRig, purpose: string) =>
  openOf(rig, purpose).reduce((sum, { quantity, cumQty }) => sum + quantity - cumQty, 0)
const idOf = (rig: TradeRig, purpose: string) => openOf(rig, purpose)[0]!.order.clientOrderId
const statusOf = (rig: TradeRig, id: ClientOrderId) => rig.book.known(id)?.status

let requests = 0

async function hold(rig: TradeRig, quantity = 4): Promise<void> {
  const asked = `request-${++requests}`
  rig.venue.fill(firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(quantity) }, asked)))
  await rig.settle()
}

async function holdWithStop(rig: TradeRig, quantity = 4): Promise<ClientOrderId> {
  await hold(rig, quantity)
  return firstOrder(await rig.trade(stopLoss, `request-${++requests}`))
}

/** Asked for it by name, the broker says that there is no such order, and it lists it nowhere. @returns brings it back */
function forget({ orders }: ScriptedBroker, id: ClientOrderId): () => void {
  const kept = orders.get(id)!
  orders.delete(id)
  return () => void orders.set(id, kept)
}

/** Books are compared every five seconds. */
async function compareFor(rig: TradeRig, ms: number) {
  const lines: string[] = []
  for (let left = ms; ; left -= 5_000) {
    for (const { code, text } of (await rig.reconcile()).lines) lines.push(`${code} ${text}`)
    await rig.settle()
    if (left <= 0) return lines
    rig.wait(Math.min(left, 5_000))
  }
}

const named = (lines: readonly string[], code: string) => lines.filter((line) => line.startsWith(`${code} `))

describe.each([
  ['does everything', ABLE],
  ['takes plain orders only', PLAIN],
  ['takes an order twice', { ...PLAIN, dedupesClientOrderId: false }],
] as const)('a stop that the broker had and does not know any more, where it %s,', (_, capabilities) => {
  it('is placed again under another name, not before it was looked for twice', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    forget(rig.venue, id)
    await compareFor(rig, LONG_ENOUGH - 1)
    expect([working(rig, 'stop'), statusOf(rig, id)]).toEqual([0, 'acknowledged'])
    rig.wait(LONG_ENOUGH)
    const lines = await compareFor(rig, 0)
    expect([working(rig, 'stop'), statusOf(rig, id)]).toEqual([4, 'abandoned'])
    expect(idOf(rig, 'stop')).not.toBe(id)
    expect(openOf(rig, 'stop')[0]!.type).toEqual({ kind: 'stop', stopPx: PX - 10 })
    expect(named(lines, 'order-forgotten')).toHaveLength(1)
    expect(named(lines, 'stop-missing')).toHaveLength(1)
    expect((await rig.reconcile()).agrees).toBe(true)
    expect(rig.venue.twice).toEqual([])
  })

  it('is placed again for what is held then, where a part of it had filled', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    rig.venue.fill(id, 3)
    await rig.settle()
    forget(rig.venue, id)
    await compareFor(rig, 2 * LONG_ENOUGH)
    expect([rig.book.positionOf(SYMBOL).quantity, working(rig, 'stop')]).toEqual([1, 1])
    expect((await rig.reconcile()).agrees).toBe(true)
  })

  it('is asked to be canceled before another takes its place: one that lived on unseen has ended then', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    const kept = rig.venue.orders.get(id)!
    forget(rig.venue, id)
    const { cancel } = rig.venue.broker
    rig.venue.broker.cancel = (asked) => {
      if (asked === id) rig.venue.orders.set(id, kept)
      return cancel(asked)
    }
    await compareFor(rig, 2 * LONG_ENOUGH)
    expect([kept.status, working(rig, 'stop'), statusOf(rig, id)]).toEqual(['canceled', 4, 'canceled'])
  })

  it('stays where its cancel is not answered, and is asked for again', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    forget(rig.venue, id)
    const { cancel } = rig.venue.broker
    rig.venue.broker.cancel = (asked) =>
      Promise.resolve({ ok: false, failure: { kind: 'unknown-outcome', clientOrderId: asked } })
    await compareFor(rig, 4 * LONG_ENOUGH)
    expect([statusOf(rig, id), working(rig, 'stop')]).toEqual(['acknowledged', 0])
    rig.venue.broker.cancel = cancel
    await compareFor(rig, 0)
    expect([statusOf(rig, id), working(rig, 'stop')]).toEqual(['abandoned', 4])
  })

  it('counts again where the broker comes to show it in time, and no other is placed', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    const show = forget(rig.venue, id)
    await compareFor(rig, LONG_ENOUGH - 1)
    show()
    await compareFor(rig, 0)
    forget(rig.venue, id)()
    await compareFor(rig, 4 * LONG_ENOUGH)
    expect([openOf(rig, 'stop').map(({ order }) => order.clientOrderId), statusOf(rig, id)]).toEqual([
      [id],
      'acknowledged',
    ])
  })

  it('is looked for anew where the stream has told of it meanwhile, though nothing new', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    const shown = await rig.venue.broker.orderByClientId(id)
    if (!shown.ok || !shown.value) throw new Error('no stop')
    forget(rig.venue, id)
    await compareFor(rig, LONG_ENOUGH - 1)
    applyExecution(rig.ctx, rig.book, { order: shown.value })
    await compareFor(rig, LONG_ENOUGH - 1)
    expect([statusOf(rig, id), working(rig, 'stop')]).toEqual(['acknowledged', 0])
    rig.wait(1)
    await compareFor(rig, 0)
    expect([statusOf(rig, id), working(rig, 'stop')]).toEqual(['abandoned', 4])
  })

  it('leaves nothing turned round where it fills after all, even where the other fills too', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    const show = forget(rig.venue, id)
    await compareFor(rig, 2 * LONG_ENOUGH)
    const other = idOf(rig, 'stop')
    show()
    rig.venue.fill(id)
    rig.venue.fill(other)
    await rig.settle()
    expect(rig.venue.held(SYMBOL)).toBe(-4)
    const { lines } = await rig.reconcile()
    expect(lines.map(({ code }) => code)).toContain('overshot')
    rig.venue.fill(idOf(rig, 'exit'))
    await rig.settle()
    expect((await rig.reconcile()).agrees).toBe(true)
    expect([rig.venue.held(SYMBOL), rig.venue.open()]).toEqual([0, []])
  })

  it('takes the other with it where it fills after all, and that is told in time', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    const show = forget(rig.venue, id)
    await compareFor(rig, 2 * LONG_ENOUGH)
    show()
    rig.venue.fill(id)
    await rig.settle()
    await rig.reconcile()
    await rig.settle()
    expect([rig.book.positionOf(SYMBOL).quantity, rig.venue.open()]).toEqual([0, []])
    expect((await rig.reconcile()).agrees).toBe(true)
  })

  it('makes the other end where it turns up again', async () => {
    const rig = open(capabilities)
    const id = await holdWithStop(rig)
    const show = forget(rig.venue, id)
    await compareFor(rig, 2 * LONG_ENOUGH)
    show()
    await compareFor(rig, 5_000)
    expect(working(rig, 'stop')).toBe(4)
  })

  it('is placed again by a bot that died over its end', async () => {
    const home = tempHome()
    const dead = open(capabilities, { home })
    const id = await holdWithStop(dead)
    // One that ended as soon as it was there would count as refused.
    dead.wait(60_000)
    forget(dead.venue, id)
    await compareFor(dead, LONG_ENOUGH - 1)
    const { submit } = dead.venue.broker
    dead.venue.broker.submit = () => Promise.reject(new Error('killed here'))
    dead.wait(LONG_ENOUGH)
    await expect(dead.reconcile()).rejects.toThrow('killed here')
    dead.venue.broker.submit = submit
    dead.close()
    const bot = open(capabilities, { home, venue: dead.venue })
    // What was marked as sent when it died is looked for first.
    await compareFor(bot, 2 * LONG_ENOUGH)
    expect([statusOf(bot, id), working(bot, 'stop'), bot.venue.twice]).toEqual(['abandoned', 4, []])
  })
})

describe.each([
  ['that the venue keeps', ABLE],
  ['that the bot keeps', PLAIN],
] as const)('of a bracket %s, a leg that the broker has forgotten', (_, capabilities) => {
  it('is placed again where it is the stop, and the two never sell more than is held', async () => {
    const rig = open(capabilities)
    rig.venue.fill(firstOrder(await rig.trade(bracket)))
    await rig.settle()
    await rig.reconcile()
    forget(rig.venue, idOf(rig, 'stop'))
    const lines = await compareFor(rig, 2 * LONG_ENOUGH)
    expect([working(rig, 'stop'), working(rig, 'target')]).toEqual([4, 4])
    expect(named(lines, 'stop-missing').length).toBeGreaterThan(0)
    expect((await rig.reconcile()).agrees).toBe(true)
    rig.venue.fill(idOf(rig, 'target'))
    await rig.settle()
    expect([rig.venue.held(SYMBOL), rig.venue.open()]).toEqual([0, []])
  })

  it('is placed again where its entry still works', async () => {
    const rig = open(capabilities)
    rig.venue.fill(firstOrder(await rig.trade({ ...bracket, limitPx: ticks(PX) })), 2)
    await rig.settle()
    await rig.reconcile()
    forget(rig.venue, idOf(rig, 'stop'))
    await compareFor(rig, 2 * LONG_ENOUGH)
    expect([rig.book.positionOf(SYMBOL).quantity, working(rig, 'stop')]).toEqual([2, 2])
  })
})

describe('a stop that was being moved when the broker forgot it', () => {
  it('leaves its place to the other', async () => {
    const rig = open(PLAIN)
    const id = await holdWithStop(rig)
    forget(rig.venue, id)
    await rig.trade({ kind: 'modify-order', clientOrderId: id, change: { stopPx: ticks(PX - 5) } })
    await compareFor(rig, 2 * LONG_ENOUGH)
    expect(openOf(rig, 'stop').map(({ type, quantity }) => [type, quantity])).toEqual([
      [{ kind: 'stop', stopPx: PX - 5 }, 4],
    ])
  })
})

describe('an exit that the broker had and does not know any more', () => {
  it('ends, so that the position can be closed by another', async () => {
    const rig = open(PLAIN)
    await holdWithStop(rig)
    const exit = firstOrder(await rig.trade({ kind: 'close-position', symbol: SYMBOL }))
    forget(rig.venue, exit)
    await compareFor(rig, 2 * LONG_ENOUGH)
    expect([statusOf(rig, exit), working(rig, 'exit'), working(rig, 'stop')]).toEqual(['abandoned', 0, 4])
    await rig.trade({ kind: 'close-position', symbol: SYMBOL })
    expect(working(rig, 'exit')).toBe(4)
  })
})

describe('what is not borne out stays with a person:', () => {
  function logged() {
    const errors: string[] = []
    const silent = () => undefined
    return {
      errors,
      log: { info: silent, warn: silent, error: (event: string, text: string) => void errors.push(`${event} ${text}`) },
    }
  }

  async function expectAsked(rig: TradeRig, id: ClientOrderId, errors: readonly string[], why: string): Promise<void> {
    const lines = await compareFor(rig, 6 * LONG_ENOUGH)
    expect(statusOf(rig, id)).toMatch(/acknowledged|partially-filled/)
    expect(named(lines, 'order-lost').at(-1)).toContain(why)
    expect(named(errors, 'order-lost')).toEqual([expect.stringContaining(why)])
    expect(errors[0]).toContain(`slipway trade trade-1 cancel-order ${id}`)
    expect(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1) }, 'one more')).toMatchObject({
      refusal: { code: 'not-reconciled', message: expect.stringContaining(id) as string },
    })
  }

  it('an entry', async () => {
    const { errors, log } = logged()
    const rig = open(PLAIN, { log })
    const id = firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX - 5) }))
    forget(rig.venue, id)
    await expectAsked(rig, id, errors, 'opens what nobody wants')
  })

  it('a stop beside an order of the same side that nobody here sent', async () => {
    const { errors, log } = logged()
    const rig = open(PLAIN, { log })
    const id = await holdWithStop(rig)
    forget(rig.venue, id)
    rig.venue.foreign({
      ...{ clientOrderId: clientOrderId('~V2'), symbol: SYMBOL, side: 'sell', quantity: lots(4) },
      ...{ type: { kind: 'stop', stopPx: ticks(PX - 10) }, timeInForce: 'gtc', purpose: 'entry' },
    })
    await expectAsked(rig, id, errors, 'may be this one')
    expect(working(rig, 'stop')).toBe(0)
  })

  it("a stop that the list of working orders shows under the broker's own number", async () => {
    const { errors, log } = logged()
    const rig = open(PLAIN, { log })
    const id = await holdWithStop(rig)
    const number = rig.book.known(id)!.venueOrderId!
    const { openOrders } = rig.venue.broker
    rig.venue.broker.openOrders = async () => {
      const reply = await openOrders()
      if (!reply.ok) return reply
      return { ok: true, value: reply.value.map((one) => ({ ...one, venueOrderId: venueOrderId(number) })) }
    }
    await hold(rig, 1)
    const other = firstOrder(
      await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX + 30) }),
    )
    forget(rig.venue, id)
    await expectAsked(rig, id, errors, 'may be this one')
    expect(statusOf(rig, other)).toBe('acknowledged')
  })

  it('a stop where the broker holds another position than these books', async () => {
    const { errors, log } = logged()
    const rig = open(PLAIN, { log })
    const id = await holdWithStop(rig)
    forget(rig.venue, id)
    rig.venue.broker.positions = () =>
      Promise.resolve({ ok: true, value: [{ symbol: SYMBOL, quantity: lots(2), avgPx: ticks(PX) }] })
    await expectAsked(rig, id, errors, 'another position')
  })

  it('a stop where the broker lists no position at all: a missing report is not flat', async () => {
    const { errors, log } = logged()
    const rig = open(PLAIN, { log })
    const id = await holdWithStop(rig)
    forget(rig.venue, id)
    rig.venue.broker.positions = () => Promise.resolve({ ok: true, value: [] })
    await expectAsked(rig, id, errors, 'another position')
  })

  it('a stop that the broker refuses to cancel', async () => {
    const { errors, log } = logged()
    const rig = open(PLAIN, { log })
    const id = await holdWithStop(rig)
    forget(rig.venue, id)
    rig.venue.broker.cancel = () => Promise.resolve({ ok: false, failure: { kind: 'rejected', reason: 'no' } })
    await expectAsked(rig, id, errors, 'refuses to cancel it (no)')
  })

  it('the second stop of a position that is forgotten, also after a restart', async () => {
    const home = tempHome()
    const first = open(PLAIN, { home })
    forget(first.venue, await holdWithStop(first))
    await compareFor(first, 2 * LONG_ENOUGH)
    first.close()
    const { errors, log } = logged()
    const rig = open(PLAIN, { home, log, venue: first.venue })
    const id = idOf(rig, 'stop')
    forget(rig.venue, id)
    await expectAsked(rig, id, errors, 'has forgotten another stop')
    expect(working(rig, 'stop')).toBe(0)
    // The position is another one later.
    rig.venue.fill(firstOrder(await rig.trade({ kind: 'close-position', symbol: SYMBOL }, 'out')))
    await rig.settle()
    await compareFor(rig, 2 * LONG_ENOUGH)
    expect((await rig.reconcile()).agrees).toBe(true)
    forget(rig.venue, await holdWithStop(rig))
    await compareFor(rig, 2 * LONG_ENOUGH)
    expect(working(rig, 'stop')).toBe(4)
  })

  it('ends at the word of that person', async () => {
    const { errors, log } = logged()
    const rig = open(PLAIN, { log })
    const id = firstOrder(await rig.trade({ kind: 'buy', symbol: SYMBOL, quantity: lots(1), limitPx: ticks(PX - 5) }))
    forget(rig.venue, id)
    await compareFor(rig, 2 * LONG_ENOUGH)
    expect(errors).toHaveLength(1)
    expect(await rig.trade({ kind: 'cancel-order', clientOrderId: id })).toMatchObject({ kind: 'accepted' })
    expect((await rig.reconcile()).agrees).toBe(true)
  })
})

describe('a broker that shows things late', () => {
  it('is given three times as long', async () => {
    const rig = open({ ...PLAIN, visibilityLagMs: 5_000 })
    const id = await holdWithStop(rig)
    forget(rig.venue, id)
    await compareFor(rig, 14_999)
    expect(statusOf(rig, id)).toBe('acknowledged')
    rig.wait(1)
    await compareFor(rig, 0)
    expect([statusOf(rig, id), working(rig, 'stop')]).toEqual(['abandoned', 4])
  })
})
