import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import type { ClientOrderId } from '../../../src/domain/order/order.ts'
import { isKeptByVenue, protectiveUnits, totalCover } from '../../../src/domain/order/protection.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { overshotNow } from '../../../src/engine/order-entry/close-overshot.ts'
import { ABLE, type ScriptedBroker, type Twist } from '../../support/scripted-broker.ts'
import { openTradeRig, PX, SYMBOL, type TradeRig } from '../../support/trade-rig.ts'

const size = fc.integer({ min: 1, max: 5 }).map((n) => lots(n))
const below = fc.integer({ min: 1, max: 9 }).map((n) => ticks(PX - n))
const above = fc.integer({ min: 1, max: 9 }).map((n) => ticks(PX + n))
const symbol = SYMBOL

/** A command, or something done to one of the open orders: which one is chosen when it happens. */
type Step =
  | { do: 'command'; command: TradeCommand }
  | { do: 'fill'; which: number; quantity: number }
  | { do: 'end'; which: number }
  | { do: 'modify'; which: number; quantity?: number }
  | { do: 'cancel'; which: number }
  | { do: 'twist'; call: 'submit' | 'cancel' | 'replace'; twist: Twist }
  | { do: 'bar'; move: number }
  | { do: 'deliver'; order: 'straight' | 'reversed' | 'twice' }
  | { do: 'reconcile' }
  | { do: 'die' }

const command: fc.Arbitrary<TradeCommand> = fc.oneof(
  fc.record({ kind: fc.constant('buy' as const), symbol: fc.constant(symbol), quantity: size }),
  fc.record({ kind: fc.constant('sell' as const), symbol: fc.constant(symbol), quantity: size }),
  fc.record({ kind: fc.constant('short-sell' as const), symbol: fc.constant(symbol), quantity: size }),
  fc.record({ kind: fc.constant('cover-short' as const), symbol: fc.constant(symbol), quantity: size }),
  fc.record({ kind: fc.constant('stop-loss' as const), symbol: fc.constant(symbol), stopPx: fc.oneof(below, above) }),
  fc.record({
    kind: fc.constant('stop-loss' as const),
    ...{ symbol: fc.constant(symbol), stopPx: fc.oneof(below, above), quantity: size },
  }),
  fc.record({
    kind: fc.constant('trailing-stop' as const),
    ...{ symbol: fc.constant(symbol), trail: fc.constant({ by: 'amount' as const, ticks: ticks(3) }) },
  }),
  fc.record({
    kind: fc.constant('bracket-order' as const),
    ...{
      symbol: fc.constant(symbol),
      side: fc.constant('buy' as const),
      quantity: size,
      stopPx: below,
      targetPx: above,
    },
  }),
  fc.record({
    kind: fc.constant('oco-order' as const),
    ...{ symbol: fc.constant(symbol), stopPx: below, targetPx: above },
  }),
  fc.record({
    kind: fc.constant('reduce-position' as const),
    ...{ symbol: fc.constant(symbol), percent: fc.integer({ min: 1, max: 100 }) },
  }),
  fc.constant({ kind: 'reverse-position' as const, symbol }),
  fc.constant({ kind: 'close-position' as const, symbol }),
  fc.constant({ kind: 'close-all-positions' as const }),
  fc.constant({ kind: 'cancel-all' as const }),
)
const which = fc.nat({ max: 9 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('command' as const), command }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('fill' as const), which, quantity: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('modify' as const), which, quantity: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('twist' as const),
      call: fc.constantFrom('submit' as const, 'cancel' as const, 'replace' as const),
      twist: fc.constantFrom('lost' as const, 'dropped' as const, 'rejected' as const, 'fills-first' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('bar' as const), move: fc.integer({ min: -6, max: 6 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      order: fc.constantFrom('straight' as const, 'reversed' as const, 'twice' as const),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'reconcile' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'die' as const }) },
)

const capabilities: fc.Arbitrary<BrokerCapabilities> = fc
  .record({
    ...{ bracket: fc.boolean(), oco: fc.boolean(), trailingStop: fc.boolean(), replace: fc.boolean() },
    dedupesClientOrderId: fc.boolean(),
  })
  .map((some) => ({ ...ABLE, combo: false, ...some }))

const ARRANGED = {
  straight: <T>(all: readonly T[]) => all,
  reversed: <T>(all: readonly T[]) => all.toReversed(),
  twice: <T>(all: readonly T[]) => [...all, ...all],
}

/** Everything that may never be, whatever has happened. */
function check({ book, ctx, venue }: TradeRig): void {
  expect(venue.twice).toEqual([])
  const held = book.positionOf(SYMBOL).quantity
  for (const side of ['buy', 'sell'] as const) {
    const closable = side === 'sell' ? Math.max(0, held) : Math.max(0, -held)
    // One that the venue will not cancel is asked for again with every comparison of books; that is all we can do.
    const same = [...book.opens.values()].filter(({ order, cancelReason }) => order.side === side && !cancelReason)
    const exits = same.filter(({ order, status }) => order.purpose === 'exit' && status !== 'intent')
    const leaving = exits.reduce((sum, { order, cumQty }) => sum + order.quantity - cumQty, 0)
    expect(leaving, 'exits under way').toBeLessThanOrEqual(closable)
    // The legs of a bracket that a venue keeps are its own to size; none may outlive the position.
    const ours = same.filter((record) => held === 0 || !isKeptByVenue(record, ctx.broker.capabilities))
    const cover = totalCover(protectiveUnits(ours, SYMBOL, book.known, ctx.broker.capabilities))
    expect(cover, 'protection').toBeLessThanOrEqual(closable)
  }
}

async function play(rig: TradeRig, one: Step, n: number, reduceOnly: boolean): Promise<void> {
  const { venue } = rig
  const open = venue.open()
  const chosen = 'which' in one ? open[one.which % Math.max(1, open.length)]?.order.clientOrderId : undefined
  switch (one.do) {
    case 'command':
      await rig.trade(one.command, `c${n}`)
      return
    case 'fill':
      if (chosen && (!reduceOnly || mayFill(venue, chosen))) venue.fill(chosen, one.quantity)
      return
    case 'end':
      if (chosen) venue.end(chosen, 'canceled')
      return
    case 'cancel':
      if (chosen) await rig.trade({ kind: 'cancel-order', clientOrderId: chosen }, `c${n}`)
      return
    case 'modify':
      if (chosen)
        await rig.trade(
          { kind: 'modify-order', clientOrderId: chosen, change: { quantity: lots(one.quantity ?? 1) } },
          `c${n}`,
        )
      return
    case 'twist':
      venue.twists[one.call].push(one.twist)
      return
    case 'bar':
      rig.bar(PX + one.move, PX + one.move + 1, PX + one.move - 1)
      return
    case 'deliver':
      await rig.settle(ARRANGED[one.order])
      return
    case 'reconcile':
      rig.wait(20_000)
      await rig.reconcile()
      return
    case 'die':
      return
  }
}

/** What closes fills only while there is something to close, as everywhere where orders may be marked so. */
function mayFill(venue: ScriptedBroker, id: ClientOrderId): boolean {
  const kept = venue.orders.get(id)!
  return kept.order.purpose === 'entry' || venue.held(SYMBOL) * (kept.order.side === 'sell' ? 1 : -1) > 0
}

describe('the trading service, whatever is asked of it and whatever the broker does', () => {
  it('never closes or protects more than is held, doubles an order or counts a fill twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        capabilities,
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.boolean(),
        async (able, steps, reduceOnly) => {
          const home = mkdtempSync(join(tmpdir(), 'slipway-'))
          let rig = openTradeRig({ home, capabilities: able })
          try {
            for (const [n, one] of steps.entries()) {
              await play(rig, one, n, reduceOnly)
              if (one.do === 'die') {
                rig.close()
                rig = openTradeRig({ home, capabilities: able, venue: rig.venue })
              }
              if (one.do === 'deliver' || one.do === 'reconcile') check(rig)
            }
            // Left alone, it comes to agree with the broker to the lot and the cent.
            for (const list of Object.values(rig.venue.twists)) list.splice(0)
            for (let round = 0; round < 4; round++) {
              rig.wait(20_000)
              await rig.settle()
              await rig.reconcile()
            }
            check(rig)
            const { lines } = await rig.reconcile()
            expect(lines.filter(({ code }) => /differs|silent/.test(code))).toEqual([])
            expect(rig.book.positionOf(SYMBOL).quantity).toBe(rig.venue.held(SYMBOL))
            expect(overshotNow(rig.ctx, rig.book)).toEqual([])
            const ids = new Set(rig.venue.fills.map(({ fillId }) => fillId))
            expect(ids.size).toBe(rig.venue.fills.length)
          } finally {
            rig.close()
            rmSync(home, { recursive: true, force: true, maxRetries: 5 })
          }
        },
      ),
      { numRuns: 40 },
    )
  }, 120_000)
})
