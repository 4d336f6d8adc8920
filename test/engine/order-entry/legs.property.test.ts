import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExecutionReport } from '../../../src/domain/broker/broker.ts'
import { PLAIN, type Twist } from '../../support/scripted-broker.ts'
import { BOUGHT, openSpreadRig, SOLD, spread } from '../../support/spread-rig.ts'
import type { TradeRig } from '../../support/trade-rig.ts'

type Step =
  | { do: 'fill'; which: number; quantity: number | undefined }
  | { do: 'end' }
  | { do: 'twist'; call: 'submit' | 'cancel'; twist: Twist }
  | { do: 'wait'; ms: number }
  /** The broker tells what has happened; without its fills it tells counts only. */
  | { do: 'deliver'; fills: boolean }
  | { do: 'reconcile' }
  | { do: 'close'; percent: number }
  | { do: 'die' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      which: fc.nat(3),
      quantity: fc.constantFrom(1, undefined),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('deliver' as const), fills: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('twist' as const), call: fc.constantFrom('submit' as const, 'cancel' as const) },
      twist: fc.constantFrom<Twist>('lost', 'dropped', 'rejected', 'rejected', 'fills-first'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(5_000, 40_000, 200_000, 900_000) }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'end' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'reconcile' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), percent: fc.constantFrom(50, 100) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'die' }) },
)

const countsOnly = (reports: readonly ExecutionReport[]) => reports.map(({ order }) => ({ order }))

async function play(rig: TradeRig, one: Exclude<Step, { do: 'die' }>, n: number): Promise<void> {
  const open = rig.venue.open()
  switch (one.do) {
    case 'fill':
      if (open.length > 0) rig.venue.fill(open[one.which % open.length]!.order.clientOrderId, one.quantity, 40)
      return
    case 'end':
      for (const { order } of open.filter((kept) => kept.order.purpose === 'entry').slice(0, 1))
        rig.venue.end(order.clientOrderId, 'canceled')
      return
    case 'twist':
      return void rig.venue.twists[one.call].push(one.twist)
    case 'wait':
      return rig.wait(one.ms)
    case 'deliver':
      return rig.settle(one.fills ? undefined : countsOnly)
    case 'reconcile':
      await rig.reconcile()
      return rig.settle()
    case 'close':
      // Once the trade is whole, what a person does with its legs is theirs.
      if (rig.book.plans.size === 0) return
      await rig.trade({ kind: 'reduce-position', symbol: BOUGHT, percent: one.percent }, `close-${n}`)
  }
}

describe('a trade of two legs that go one by one', () => {
  it('ends whole or not at all, whatever the broker, a person or the power does meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ dedupesClientOrderId: fc.boolean(), replace: fc.boolean(), reduceOnly: fc.boolean() }),
        fc.array(step, { minLength: 6, maxLength: 18 }),
        async (able, steps) => {
          const home = mkdtempSync(join(tmpdir(), 'slipway-'))
          const capabilities = { ...PLAIN, ...able }
          let rig = openSpreadRig({ home, capabilities })
          let waited = 0
          const { venue } = rig
          try {
            await rig.trade(spread, 'spread')
            for (const [n, one] of steps.entries()) {
              if (one.do === 'wait') waited += one.ms
              if (one.do !== 'die') {
                await play(rig, one, n)
                continue
              }
              rig.close()
              // Nobody hears what is told meanwhile.
              venue.deliver(() => [])
              rig = openSpreadRig({ home, capabilities, venue })
              rig.wait(waited)
              await rig.reconcile()
              await rig.settle()
            }
            for (const list of Object.values(venue.twists)) list.splice(0)
            for (let round = 0; round < 12; round++) {
              await rig.reconcile()
              await rig.settle()
              for (const { order } of venue.open()) venue.fill(order.clientOrderId, undefined, 40)
              await rig.settle()
              rig.wait(200_000)
            }
            // Where the venue could not tell two from one, a lost order waits for a person.
            if (rig.book.opens.size > 0 && !able.dedupesClientOrderId) return
            expect(venue.held(BOUGHT)).toBeGreaterThanOrEqual(0)
            expect(venue.held(SOLD)).toBe(0 - venue.held(BOUGHT))
            expect(rig.book.plans.size).toBe(0)
          } finally {
            rig.close()
            rmSync(home, { recursive: true, force: true, maxRetries: 5 })
          }
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)
})
