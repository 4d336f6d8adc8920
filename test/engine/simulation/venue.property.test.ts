import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPaidInFull } from '../../../src/domain/position/position.ts'
import { signOf } from '../../../src/domain/order/order.ts'
import {
  anyScript,
  anyVenueTerms,
  INSTRUMENTS,
  OPTIONS,
  playScript,
  START_CASH,
  timeOf,
  type Played,
  type Step,
} from '../../support/venue-script.ts'
import { temporaryBooks } from '../../support/paper-books.ts'
import { EXPIRY_CLOSE, MINUTE_MS } from '../../support/simulated-venue.ts'

/** Each plays a whole script, several where books are opened again. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 60)

const instrumentOf = (symbol: string) => INSTRUMENTS.find((one) => one.symbol === symbol)!

function fillsOf({ books }: Played) {
  return books.fillsAfter(0).map(({ fill }) => fill)
}

function commandsOf<K extends string>(steps: readonly Step[], kind: K) {
  return steps.flatMap(({ commands }) => commands).filter((command) => command.kind === kind)
}

describe('whatever a client does in whatever markets, the simulated venue', () => {
  const always = (
    check: (played: Played, steps: readonly Step[]) => void | Promise<void>,
    look?: (p: Played) => void,
  ) =>
    fc.assert(
      fc.asyncProperty(anyScript, anyVenueTerms, async (steps, terms) => {
        await check(await playScript(steps, terms, new Map(), look), steps)
      }),
      { numRuns: RUNS },
    )

  it('has the cash that its fills and commissions make', () =>
    always(async (played) => {
      let cash = START_CASH
      for (const { symbol, side, quantity, price, commission } of fillsOf(played))
        cash -= signOf(side) * quantity * price * instrumentOf(symbol).tickValue + commission
      // What is only settled by gains and losses has its cost outside the cash while it is held.
      for (const { symbol, cost } of played.books.markets())
        if (!isPaidInFull(instrumentOf(symbol))) cash += cost * instrumentOf(symbol).tickValue
      expect(await played.broker.cash()).toEqual({ ok: true, value: cash })
    }))

  it('tells every fill once, and holds the sum of them', () =>
    always((played) => {
      const fills = fillsOf(played)
      expect(played.reports.flatMap(({ fill }) => fill ?? [])).toEqual(fills)
      for (const { symbol, quantity } of played.books.markets()) {
        const own = fills.filter((fill) => fill.symbol === symbol)
        expect(quantity).toBe(own.reduce((sum, fill) => sum + signOf(fill.side) * fill.quantity, 0))
      }
    }))

  it('never fills two orders of a pair beyond what the larger was for', () =>
    always((played, steps) => {
      const largest = new Map<string, number>()
      const grow = (id: string, size: number) => largest.set(id, Math.max(largest.get(id) ?? 0, size))
      for (const command of commandsOf(steps, 'order'))
        if (command.kind === 'order') grow(command.order.clientOrderId, command.order.quantity)
      // A client that makes one of two larger asks for more than the other was for.
      for (const command of commandsOf(steps, 'replace'))
        if (command.kind === 'replace')
          grow(command.id, (largest.get(command.id) ?? 0) + (command.change.quantity ?? 0))
      for (const command of commandsOf(steps, 'order')) {
        if (command.kind !== 'order' || command.order.oco === undefined) continue
        const [one, other] = [command.order.clientOrderId, command.order.oco].map((id) => played.books.order(id))
        if (!one || !other || one.status === 'rejected' || other.status === 'rejected') continue
        if (one.symbol !== other.symbol) continue
        const most = Math.max(largest.get(one.clientOrderId)!, largest.get(other.clientOrderId) ?? 0)
        expect(one.cumQty + other.cumQty).toBeLessThanOrEqual(most)
      }
    }))

  it('never moves a trailing stop back', () => {
    const stood = new Map<string, number>()
    return always(
      () => undefined,
      ({ books, step }) => {
        if (step === 0) stood.clear()
        for (const order of books.openOrders()) {
          if (order.kind !== 'trailing-stop' || order.bestPx === undefined) continue
          const before = stood.get(order.clientOrderId) ?? order.stopPx
          expect(signOf(order.side) * (order.stopPx - before)).toBeLessThanOrEqual(0)
          stood.set(order.clientOrderId, order.stopPx)
        }
      },
    )
  })

  it('fills the legs of a combo together or not at all', () =>
    always((played, steps) => {
      for (const command of commandsOf(steps, 'combo')) {
        if (command.kind !== 'combo') continue
        const legs = command.combo.legs.map((leg) => played.books.order(leg.clientOrderId))
        const states = new Set(legs.map((leg) => leg && `${leg.status} ${leg.cumQty === leg.quantity}`))
        expect(states.size).toBe(1)
        if (legs[0]?.status !== 'filled') for (const leg of legs) expect(leg?.cumQty ?? 0).toBe(0)
        const times = fillsOf(played).flatMap((fill) =>
          legs.some((leg) => leg?.clientOrderId === fill.clientOrderId) ? fill.at : [],
        )
        expect(new Set(times).size).toBeLessThanOrEqual(1)
      }
    }))

  it('never enlarges or flips a position through anything but an entry', () =>
    always((played) => {
      const held = new Map<string, number>()
      for (const fill of fillsOf(played)) {
        const before = held.get(fill.symbol) ?? 0
        const after = before + signOf(fill.side) * fill.quantity
        held.set(fill.symbol, after)
        if (played.books.order(fill.clientOrderId)?.purpose === 'entry') continue
        expect(Math.abs(after)).toBeLessThan(Math.abs(before))
        expect(after * before).toBeGreaterThanOrEqual(0)
      }
    }))

  it('leaves nothing of an option that has expired', () =>
    always(async (played, steps) => {
      const open = await played.broker.openOrders()
      if (!open.ok) throw new Error('no answer')
      for (const { symbol, option } of OPTIONS) {
        const last = steps.findLastIndex((step) => step.symbol === option!.underlying)
        if (last < 0 || timeOf(last) + MINUTE_MS < EXPIRY_CLOSE) continue
        expect(played.books.markets().find((row) => row.symbol === symbol)?.quantity ?? 0).toBe(0)
        expect(open.value.filter((order) => order.symbol === symbol)).toEqual([])
      }
    }))

  it('gives no order more than it asked for, and none a price below 0', () =>
    always((played) => {
      for (const { order } of played.reports) {
        expect(order.cumQty).toBeLessThanOrEqual(order.quantity)
        expect(order.leavesQty).toBeGreaterThanOrEqual(0)
      }
      for (const { symbol, price } of fillsOf(played))
        if (instrumentOf(symbol).kind === 'option') expect(price).toBeGreaterThanOrEqual(0)
    }))

  it('tells the same story on real books as in memory, opened again after every step', () =>
    fc.assert(
      fc.asyncProperty(anyScript, anyVenueTerms, async (steps, terms) => {
        const home = temporaryBooks()
        try {
          const whole = await playScript(steps, terms)
          const everywhere = new Map(steps.map((_, i) => [i, 0]))
          const broken = await playScript(steps, terms, everywhere, undefined, home.open())
          expect(broken.reports).toEqual(whole.reports)
          expect(await broken.broker.cash()).toEqual(await whole.broker.cash())
          expect(await broken.broker.openOrders()).toEqual(await whole.broker.openOrders())
          expect(home.reopen().markets()).toEqual(
            whole.books.markets().toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
          )
        } finally {
          home.remove()
        }
      }),
      { numRuns: Math.ceil(RUNS / 6) },
    ))

  it('tells the same story when its books are opened again at any point', () =>
    fc.assert(
      fc.asyncProperty(
        anyScript,
        anyVenueTerms,
        fc.array(fc.tuple(fc.nat({ max: 36 }), fc.nat({ max: 10 })), { minLength: 1, maxLength: 8 }),
        async (steps, terms, crashes) => {
          const whole = await playScript(steps, terms)
          const broken = await playScript(steps, terms, new Map(crashes))
          expect(broken.reports).toEqual(whole.reports)
          expect(broken.books.fillsAfter(0)).toEqual(whole.books.fillsAfter(0))
          expect(await broken.broker.cash()).toEqual(await whole.broker.cash())
          expect(await broken.broker.positions()).toEqual(await whole.broker.positions())
          expect(await broken.broker.openOrders()).toEqual(await whole.broker.openOrders())
        },
      ),
      { numRuns: RUNS },
    ))
})
