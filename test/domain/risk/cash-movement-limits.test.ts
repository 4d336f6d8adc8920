import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayResult, judgeWorth } from '../../../src/domain/risk/judge-worth.ts'
import { lossUsed } from '../../../src/domain/risk/loss-used.ts'
import { NO_LIMITS, type RiskLimits } from '../../../src/domain/risk/risk-limits.ts'
import {
  afterFill,
  afterMovement,
  beginDay,
  drawdownFloor,
  raiseMark,
  resumeDrawdown,
  startAnew,
  type RiskState,
  type Worth,
} from '../../../src/domain/risk/risk-state.ts'
import { epochMs, minorUnits } from '../../../src/domain/units/units.ts'
import { NOON, START, stateOf } from '../../support/risk.ts'

const USD = { code: 'USD', digits: 2 }
const DAY = 86_400_000
const money = fc.integer({ min: -400_000, max: 400_000 })
const limit = fc.integer({ min: 0, max: 500_000 }).map(minorUnits)

const limitSets: fc.Arbitrary<RiskLimits> = fc
  .record({
    maxDailyLossMinor: limit,
    dailyProfitTargetMinor: limit,
    trailingDrawdownMinor: limit,
    profitTargetMinor: limit,
    dailyLossCounts: fc.constantFrom('realised', 'open-from-balance', 'open-from-equity'),
    drawdownMark: fc.constantFrom('intraday', 'end-of-day', 'static'),
    drawdownLockMinor: fc.option(limit, { nil: undefined }),
  })
  .map((limits) => ({ ...NO_LIMITS, ...limits }) as RiskLimits)

/** What can happen to an account between two looks at its limits. */
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('price' as const), by: money }),
    fc.record({ kind: fc.constant('close' as const), by: money, late: fc.boolean() }),
    fc.record({ kind: fc.constant('day' as const) }),
    fc.record({ kind: fc.constant('clear' as const) }),
    fc.record({ kind: fc.constant('resume' as const) }),
  ),
  { minLength: 1, maxLength: 25 },
)
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never

type Account = { state: RiskState; balance: number; open: number; day: number }

function worthOf({ balance, open }: Account): Worth {
  return { balanceMinor: minorUnits(balance), equityMinor: minorUnits(balance + open) }
}

function take(account: Account, step: Step, limits: RiskLimits): void {
  const worth = worthOf(account)
  switch (step.kind) {
    case 'price':
      account.open += step.by
      account.state = raiseMark(account.state, worthOf(account).equityMinor, limits)
      break
    case 'close': {
      const at = epochMs(NOON + account.day * DAY + (step.late ? -1 : 1))
      const fill = { at, opened: false, realizedMinor: minorUnits(step.by), completed: undefined }
      account.state = afterFill(account.state, fill, limits)
      account.balance += step.by
      break
    }
    case 'day': {
      account.day++
      const start = epochMs(NOON + account.day * DAY)
      const day = { key: `day ${account.day}`, start, end: epochMs(start + DAY) }
      account.state = beginDay(account.state, day, 'session', worth)
      break
    }
    case 'clear':
      account.state = startAnew(account.state, worth.equityMinor)
      break
    case 'resume':
      account.state = resumeDrawdown(account.state, worth.equityMinor, limits)
  }
}

function verdict(account: Account, limits: RiskLimits) {
  const { equityMinor } = worthOf(account)
  return {
    reached: judgeWorth(account.state, worthOf(account), limits, USD).map(({ rule }) => rule),
    result: dayResult(account.state, equityMinor, limits),
    used: lossUsed(account.state, equityMinor, limits),
    roomAboveFloor: equityMinor - drawdownFloor(account.state, limits),
    closedSinceStart: account.balance - account.state.startMinor,
  }
}

const fresh = (): Account => ({ state: stateOf(), balance: START, open: 0, day: 0 })

describe('money brought to an account or taken from it', () => {
  it('changes no verdict of any limit, whenever it comes and whatever happens before and after', () => {
    fc.assert(
      fc.property(
        limitSets,
        steps,
        fc.array(fc.record({ before: fc.nat({ max: 25 }), changeMinor: money.map(minorUnits) }), { maxLength: 3 }),
        (limits, made, moved) => {
          const without = fresh()
          const withIt = fresh()
          made.forEach((step, index) => {
            for (const { before, changeMinor } of moved)
              if (before === index) {
                const kind = changeMinor > 0 ? 'deposit' : 'withdrawal'
                withIt.state = afterMovement(withIt.state, { kind, changeMinor })
                withIt.balance += changeMinor
                expect(verdict(withIt, limits)).toEqual(verdict(without, limits))
              }
            take(without, step, limits)
            take(withIt, step, limits)
            expect(verdict(withIt, limits)).toEqual(verdict(without, limits))
          })
        },
      ),
      { numRuns: 500 },
    )
  })

  it('would be noticed if one mark stayed behind', () => {
    const limits = { ...NO_LIMITS, trailingDrawdownMinor: minorUnits(200_000) }
    const moved = afterMovement(stateOf(), { kind: 'withdrawal', changeMinor: minorUnits(-300_000) })
    expect(
      judgeWorth(moved, { balanceMinor: minorUnits(4_700_000), equityMinor: minorUnits(4_700_000) }, limits, USD),
    ).toEqual([])
    const left = { ...moved, highMarkMinor: START }
    expect(
      judgeWorth(left, { balanceMinor: minorUnits(4_700_000), equityMinor: minorUnits(4_700_000) }, limits, USD),
    ).toHaveLength(1)
  })
})

describe('a fee, and interest', () => {
  it('counts for every limit as a closed result of the day', () => {
    fc.assert(
      fc.property(limitSets, steps, money, (limits, made, by) => {
        const account = fresh()
        for (const step of made) take(account, step, limits)
        const changeMinor = minorUnits(by)
        const booked = { ...account, state: afterMovement(account.state, { kind: 'fee', changeMinor }) }
        booked.balance += by
        const twin = { ...account }
        take(twin, { kind: 'close', by, late: false }, limits)
        expect(verdict(booked, limits)).toEqual(verdict(twin, limits))
      }),
    )
  })

  it('reaches the limit on the loss of a day', () => {
    const limits = { ...NO_LIMITS, maxDailyLossMinor: minorUnits(100_000) }
    const state = afterMovement(stateOf(), { kind: 'fee', changeMinor: minorUnits(-100_000) })
    const worth = { balanceMinor: minorUnits(4_900_000), equityMinor: minorUnits(4_900_000) }
    expect(judgeWorth(state, worth, limits, USD).map(({ rule }) => rule)).toEqual(['daily-loss'])
  })
})
