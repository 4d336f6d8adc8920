import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contractShareOf } from '../../../src/domain/instrument/contract-share.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from '../../support/bot-rig.ts'
import { ABLE, PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { firstOrder, openTradeRig, PX, SYMBOL, type TradeRig, type TradeRigOptions } from '../../support/trade-rig.ts'

/** A tenth of the rig's future. */
const MICRO: Instrument = {
  ...RIG_INSTRUMENT,
  ...{ symbol: 'TINYZ9', root: 'TINY', tickValue: minorUnits(125), contractMilli: 100 },
}
const MOST = 5_000

function openRig(options: Partial<TradeRigOptions> = {}) {
  return openTradeRig({
    ...{ home: tempHome(), capabilities: PLAIN, instruments: [RIG_INSTRUMENT, MICRO] },
    ...options,
    limits: { maxTotalContractsMilli: MOST, ...options.limits },
  })
}

function open(options: Partial<TradeRigOptions> = {}) {
  const rig = openRig(options)
  onTestFinished(() => rig.close())
  return rig
}

const buy = (symbol: string, quantity: number) => ({ kind: 'buy' as const, symbol, quantity: lots(quantity) })

async function hold(rig: TradeRig, quantity: number, symbol = SYMBOL): Promise<void> {
  const kind = quantity > 0 ? 'buy' : 'short-sell'
  rig.venue.fill(firstOrder(await rig.trade({ kind, symbol, quantity: lots(Math.abs(quantity)) })))
  await rig.settle()
}

const submitted = (rig: TradeRig) =>
  rig.venue.open().map(({ order }) => `${order.purpose} ${order.side} ${order.quantity} ${order.symbol}`)

describe('contracts of all instruments', () => {
  it('make an entry smaller by what is held and what works elsewhere', async () => {
    const rig = open()
    await hold(rig, 3)
    await rig.trade({ ...buy(SYMBOL, 1), limitPx: ticks(PX - 4) })
    const outcome = await rig.trade(buy(MICRO.symbol, 30))
    expect(submitted(rig)).toContain(`entry buy 10 ${MICRO.symbol}`)
    expect(outcome.reasons.map(({ code }) => code)).toContain('max-total')
    expect(await rig.trade(buy(SYMBOL, 1))).toMatchObject({ kind: 'refused', reasons: [{ code: 'max-total' }] })
  })

  it('count long and short as what they are, not against each other', async () => {
    const rig = open()
    await hold(rig, 3)
    await hold(rig, -20, MICRO.symbol)
    expect(await rig.trade(buy(SYMBOL, 1))).toMatchObject({ kind: 'refused', reasons: [{ code: 'max-total' }] })
  })

  it('never hold back an exit, of an account that is over its limit neither', async () => {
    const home = tempHome()
    const before = openRig({ home, limits: { maxTotalContractsMilli: 0 } })
    await hold(before, 8)
    before.close()
    const rig = open({ home, venue: before.venue })
    await rig.reconcile()
    expect(await rig.trade(buy(MICRO.symbol, 1))).toMatchObject({ kind: 'refused' })
    expect(await rig.trade({ kind: 'stop-loss', symbol: SYMBOL, stopPx: ticks(PX - 5) })).toMatchObject({
      kind: 'accepted',
    })
    expect(await rig.trade({ kind: 'sell', symbol: SYMBOL, quantity: lots(1) })).toMatchObject({ kind: 'accepted' })
    expect(await rig.trade({ kind: 'close-all-positions' })).toMatchObject({ kind: 'accepted' })
  })

  it('let a position be turned that is as large as may be', async () => {
    const rig = open({ limits: { maxPositionLots: 5 } })
    await hold(rig, 5)
    await rig.trade({ kind: 'reverse-position', symbol: SYMBOL })
    for (let half = 0; half < 2; half++) {
      for (const { order } of rig.venue.open()) rig.venue.fill(order.clientOrderId)
      await rig.settle()
    }
    expect(rig.book.positionOf(SYMBOL).quantity).toBe(-5)
  })

  it('let a price be changed of an entry that is as large as may be, and no size', async () => {
    const rig = open({ capabilities: ABLE, limits: { maxPositionLots: 5 } })
    const entry = firstOrder(await rig.trade({ ...buy(SYMBOL, 5), limitPx: ticks(PX - 4) }))
    const change = (to: object) => rig.trade({ kind: 'modify-order', clientOrderId: entry, change: to })
    expect(await change({ limitPx: ticks(PX - 5) })).toMatchObject({ kind: 'accepted' })
    expect(await change({ quantity: lots(6) })).toMatchObject({ kind: 'refused' })
    expect(await change({ quantity: lots(4) })).toMatchObject({ kind: 'accepted' })
    expect(await change({ quantity: lots(5) })).toMatchObject({ kind: 'accepted' })
  })

  type Step =
    | Readonly<{ do: 'trade'; command: TradeCommand }>
    | Readonly<{ do: 'change'; nth: number; quantity: number }>
    | Readonly<{ do: 'fill'; nth: number; quantity: number | undefined }>
    | Readonly<{ do: 'cancel' | 'restart' }>

  const symbol = fc.constantFrom(SYMBOL, MICRO.symbol)
  const quantity = fc.integer({ min: 1, max: 60 }).map(lots)
  const side = fc.constantFrom('buy' as const, 'sell' as const)
  const limitPx = fc.integer({ min: PX - 5, max: PX + 5 }).map(ticks)
  const command: fc.Arbitrary<TradeCommand> = fc.oneof(
    fc.record({ kind: fc.constantFrom('buy' as const, 'short-sell' as const), symbol, quantity }),
    fc.record({ kind: fc.constant('market-order' as const), symbol, side, quantity }),
    fc.record({ kind: fc.constant('limit-order' as const), symbol, side, quantity, limitPx }),
    fc.record({ kind: fc.constant('reverse-position' as const), symbol }),
    fc
      .record({ kind: fc.constant('hedge-position' as const), percent: fc.constantFrom(50, 100) })
      .chain((rest) =>
        fc.constantFrom(
          { ...rest, symbol: SYMBOL, with: MICRO.symbol },
          { ...rest, symbol: MICRO.symbol, with: SYMBOL },
        ),
      ),
    fc.record({ kind: fc.constant('close-position' as const), symbol }),
  )
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('trade' as const), command }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('change' as const), nth: fc.nat(5), quantity }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('fill' as const),
        nth: fc.nat(5),
        quantity: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'restart' as const) }) },
  )

  /** What is held if everything fills that has left for the venue. */
  function reach({ book }: TradeRig): number {
    const shares = new Map([RIG_INSTRUMENT, MICRO].map((one) => [one.symbol, contractShareOf(one)]))
    let sum = 0
    for (const held of book.positions.values()) sum += Math.abs(held.quantity) * shares.get(held.symbol)!
    for (const { order, cumQty, status } of book.opens.values())
      if (order.purpose === 'entry' && status !== 'intent') sum += (order.quantity - cumQty) * shares.get(order.symbol)!
    return sum
  }

  it.each([
    ['plain orders only', PLAIN],
    ['everything', ABLE],
  ])(
    'are never more than the limit, whatever is asked for and fills, at a venue that can do %s',
    { timeout: 120_000 },
    async (_, capabilities) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
          const home = tempHome()
          let rig = openRig({ home, capabilities })
          let calls = 0
          // Named over restarts: the same name again would be the same call.
          const trade = (asked: TradeCommand) => rig.trade(asked, `step-${++calls}`)
          for (const one of steps) {
            const open = rig.venue.open()
            const chosen = 'nth' in one ? open[one.nth % Math.max(1, open.length)] : undefined
            if (one.do === 'trade') await trade(one.command)
            else if (one.do === 'fill' && chosen) rig.venue.fill(chosen.order.clientOrderId, one.quantity)
            else if (one.do === 'cancel') await trade({ kind: 'cancel-all' })
            else if (one.do === 'change' && chosen)
              await trade({
                ...{ kind: 'modify-order', clientOrderId: chosen.order.clientOrderId },
                change: { quantity: lots(one.quantity) },
              })
            else if (one.do === 'restart') {
              const { venue } = rig
              rig.close()
              rig = openRig({ home, capabilities, venue })
              await rig.reconcile()
            }
            await rig.settle()
            expect(reach(rig)).toBeLessThanOrEqual(MOST)
          }
          // What is held can always be left.
          rig.book.mustReconcile('a test says so')
          if (rig.book.holding) expect((await trade({ kind: 'close-all-positions' })).kind).not.toBe('refused')
          rig.close()
        }),
        { numRuns: 60 },
      )
    },
  )
})
