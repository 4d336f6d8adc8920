import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExecutionReport } from '../../../src/domain/broker/broker.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { clientOrderId, signOf, type NewOrder } from '../../../src/domain/order/order.ts'
import { openSimBroker } from '../../../src/engine/simulation/sim-broker.ts'
import type { SimulationTerms } from '../../../src/engine/simulation/venue.ts'
import {
  barOf,
  bracketOf,
  FUTURE,
  limit,
  market,
  memoryBooks,
  orderOf,
  stop,
  stopLimit,
  termsOf,
} from '../../support/simulation.ts'

/** What a random client does after one bar. */
type Step = Readonly<{
  prices: readonly [number, number, number, number]
  volume: number
  session: string | undefined
  order: NewOrder | undefined
  cancel: string | undefined
}>

const price = fc.integer({ min: 60, max: 140 })

const anyPrices = fc.tuple(price, price, price, price).map((four): Step['prices'] => {
  const [open, close, a, b] = four
  return [open, Math.max(open, close, a, b), Math.min(open, close, a, b), close]
})

const anySide = fc.constantFrom('buy' as const, 'sell' as const)
const anyType = fc.oneof(
  fc.constant(market),
  price.map(limit),
  price.map(stop),
  fc.tuple(price, price).map(([s, l]) => stopLimit(s, l)),
)
const anyOrder = fc
  .record({
    side: anySide,
    quantity: fc.integer({ min: 1, max: 9 }),
    type: anyType,
    timeInForce: fc.constantFrom('day' as const, 'gtc' as const),
    kind: fc.constantFrom('plain', 'bracket', 'bracket', 'bracket', 'exit'),
    reach: fc.integer({ min: 1, max: 15 }),
  })
  .map(({ side, quantity, type, timeInForce, kind, reach }) => (id: string): NewOrder => {
    if (kind === 'exit') return orderOf(id, side, quantity, type, { timeInForce, purpose: 'exit' })
    if (kind === 'plain') return orderOf(id, side, quantity, type, { timeInForce })
    const middle = 'stopPx' in type ? type.stopPx : 'limitPx' in type ? type.limitPx : 100
    const legs = { stop: middle - signOf(side) * reach, target: middle + signOf(side) * reach }
    return bracketOf(id, side, quantity, type, legs, { timeInForce })
  })

const anySteps = fc
  .array(
    fc.record({
      prices: anyPrices,
      volume: fc.constantFrom(0, 1, 10, 35, 60, 500),
      session: fc.constantFrom('monday', 'monday', 'monday', 'monday', 'tuesday', 'wednesday', undefined),
      order: fc.option(anyOrder, { freq: 2, nil: undefined }),
      cancel: fc.option(fc.nat({ max: 30 }), { freq: 5, nil: undefined }),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((drawn): Step[] =>
    drawn.map(({ order, cancel, ...step }, i) => ({
      ...step,
      order: order?.(`o${i}`),
      cancel: cancel === undefined ? undefined : `o${cancel}${['', '-stop', '-target'][cancel % 3]}`,
    })),
  )

const anyTerms = fc.record({
  slippageTicks: fc.integer({ min: 0, max: 3 }),
  commissionMinorPerLot: fc.integer({ min: 0, max: 300 }),
  volumeShareBps: fc.constantFrom(500, 1_000, 10_000),
})

type Run = { reports: ExecutionReport[]; canceledAt: Map<string, number>; bars: Map<number, Bar> }

/** Plays a script against a broker; dies after the steps in `crashes`, and feeds the last bars again after that. */
async function play(
  steps: readonly Step[],
  terms: Partial<SimulationTerms>,
  crashes: ReadonlyMap<number, number> = new Map(),
) {
  const books = memoryBooks()
  const run: Run = { reports: [], canceledAt: new Map(), bars: new Map() }
  const connect = () => {
    const broker = openSimBroker({ books, instrument: FUTURE, settings: termsOf(terms), defer: setImmediate })
    broker.onExecution((report) => run.reports.push(report))
    return broker
  }
  let broker = connect()
  for (const [i, step] of steps.entries()) {
    const bar = barOf(i, step.prices, step.volume)
    run.bars.set(bar.time, bar)
    await broker.observe(bar, step.session)
    if (step.order) await broker.submit(step.order)
    if (step.cancel) {
      const reply = await broker.cancel(clientOrderId(step.cancel))
      if (reply.ok && reply.value.status === 'canceled' && !run.canceledAt.has(step.cancel))
        run.canceledAt.set(step.cancel, run.reports.length)
    }
    const again = crashes.get(i)
    if (again === undefined) continue
    await new Promise((resolve) => setImmediate(resolve))
    broker = connect()
    for (let j = Math.max(0, i - again); j <= i; j++) {
      const old = steps[j] as Step
      await broker.observe(barOf(j, old.prices, old.volume), old.session)
    }
  }
  await new Promise((resolve) => setImmediate(resolve))
  const orders = new Map<string, NewOrder>()
  for (const { order } of steps) if (order) orders.set(order.clientOrderId, order)
  return { ...run, broker, books, orders }
}

const fillsOf = (reports: readonly ExecutionReport[]) => reports.flatMap(({ fill }) => (fill ? [fill] : []))

describe('whatever orders and bars come, the simulated venue', () => {
  const always = (
    check: (played: Awaited<ReturnType<typeof play>>, terms: Partial<SimulationTerms>) => void | Promise<void>,
  ) =>
    fc.assert(
      fc.asyncProperty(anySteps, anyTerms, async (steps, terms) => check(await play(steps, terms), terms)),
      { numRuns: 300 },
    )

  it('holds the sum of its fills', () =>
    always(async ({ reports, books, broker }) => {
      const fills = fillsOf(reports)
      const net = fills.reduce((sum, fill) => sum + signOf(fill.side) * fill.quantity, 0)
      expect(books.markets()[0]?.quantity ?? 0).toBe(net)
      expect(await broker.fillsSince(undefined)).toMatchObject({ value: { fills } })
    }))

  it('never fills an order beyond what it was for', () =>
    always(({ reports, orders }) => {
      for (const { order } of reports) {
        expect(order.leavesQty).toBeGreaterThanOrEqual(0)
        expect(order.cumQty).toBeLessThanOrEqual(order.quantity)
        const wanted = orders.get(order.parent ?? order.clientOrderId)
        expect(order.cumQty).toBeLessThanOrEqual(wanted?.quantity ?? 0)
      }
    }))

  it('never lets stop and target together close more than their entry filled', () =>
    always(({ reports, orders }) => {
      const filled = new Map<string, number>()
      for (const { order, fill } of reports) {
        if (!fill) continue
        filled.set(order.clientOrderId, (filled.get(order.clientOrderId) ?? 0) + fill.quantity)
        const entry = order.parent ?? order.clientOrderId
        const legs = (filled.get(`${entry}-stop`) ?? 0) + (filled.get(`${entry}-target`) ?? 0)
        expect(legs).toBeLessThanOrEqual(filled.get(entry) ?? 0)
      }
      expect(orders.size).toBeGreaterThanOrEqual(0)
    }))

  it('never enlarges or flips a position through anything but an entry', () =>
    always(({ reports }) => {
      let position = 0
      for (const { order, fill } of reports) {
        if (!fill) continue
        const after = position + signOf(fill.side) * fill.quantity
        if (order.purpose !== 'entry') {
          expect(Math.abs(after)).toBeLessThan(Math.abs(position))
          expect(after * position).toBeGreaterThanOrEqual(0)
        }
        position = after
      }
    }))

  it('fills at prices the bar had, moved by slippage at most', () =>
    always(({ reports, bars, orders }, { slippageTicks = 0 }) => {
      for (const fill of fillsOf(reports)) {
        const bar = bars.get(fill.at)
        if (!bar) throw new Error('a fill without a bar')
        const order = orders.get(fill.clientOrderId)
        const isLimit = fill.clientOrderId.endsWith('-target') || order?.type.kind.endsWith('limit') === true
        const px = fill.price - (isLimit ? 0 : signOf(fill.side) * slippageTicks)
        expect(px).toBeGreaterThanOrEqual(bar.low)
        expect(px).toBeLessThanOrEqual(bar.high)
      }
    }))

  it('fills limits at their price or better', () =>
    always(({ reports, orders }) => {
      for (const fill of fillsOf(reports)) {
        const type = orders.get(fill.clientOrderId)?.type
        if (type && 'limitPx' in type) expect(signOf(fill.side) * (type.limitPx - fill.price)).toBeGreaterThanOrEqual(0)
      }
    }))

  it('takes no more of a bar than its share of the volume, one lot at least', () =>
    always(({ reports, bars }, { volumeShareBps = 0 }) => {
      const taken = new Map<number, number>()
      for (const { at, quantity } of fillsOf(reports)) taken.set(at, (taken.get(at) ?? 0) + quantity)
      for (const [at, quantity] of taken) {
        const volume = bars.get(at)?.volume ?? 0
        if (volume > 0) expect(quantity).toBeLessThanOrEqual(Math.max(1, (volume * volumeShareBps) / 10_000))
      }
    }))

  it('never fills what was canceled', () =>
    always(({ reports, canceledAt }) => {
      for (const [id, since] of canceledAt)
        for (const { order, fill } of reports.slice(since)) expect(fill && order.clientOrderId === id).toBeFalsy()
    }))

  it('leaves no working order that could only enlarge the position, and no stop without something to protect', () =>
    always(async ({ broker, books }) => {
      const position = books.markets()[0]?.quantity ?? 0
      const open = await broker.openOrders()
      if (!open.ok) throw new Error('no answer')
      const entries = new Set(open.value.map((order) => order.clientOrderId))
      for (const order of open.value) {
        if (order.purpose === 'entry' || (order.parent !== undefined && entries.has(order.parent))) continue
        expect(signOf(order.side) * position).toBeLessThan(0)
      }
    }))

  it('tells the same story when it died after any bar and was shown old bars again', () =>
    fc.assert(
      fc.asyncProperty(
        anySteps,
        anyTerms,
        fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 })), { minLength: 1, maxLength: 6 }),
        async (steps, terms, crashes) => {
          const whole = await play(steps, terms)
          const broken = await play(steps, terms, new Map(crashes))
          expect(broken.reports).toEqual(whole.reports)
          expect(await broken.broker.cash()).toEqual(await whole.broker.cash())
          expect(await broken.broker.positions()).toEqual(await whole.broker.positions())
          expect(await broken.broker.openOrders()).toEqual(await whole.broker.openOrders())
        },
      ),
      { numRuns: 300 },
    ))
})
