import { describe, expect, it } from 'vitest'
import { NO_LIMITS, type RiskLimits } from '../../../src/domain/risk/risk-limits.ts'
import { judgeWorth } from '../../../src/domain/risk/judge-worth.ts'
import {
  afterEntryOrder,
  afterFill,
  beginDay,
  drawdownFloor,
  raiseMark,
  startAnew,
  SIZES_KEPT,
  type RiskState,
} from '../../../src/domain/risk/risk-state.ts'
import { epochMs, minorUnits } from '../../../src/domain/units/units.ts'
import { NOON, START, stateOf } from '../../support/risk.ts'

const MINUTE = 60_000
const USD = { code: 'USD', digits: 2 }
const cents = minorUnits
const limitsOf = (limits: Partial<RiskLimits>): RiskLimits => ({ ...NO_LIMITS, ...limits })
const day = (n: number) => ({
  key: `day ${n}`,
  start: epochMs(NOON + n * 86_400_000),
  end: epochMs(NOON + (n + 1) * 86_400_000),
})
const worth = (balance: number, equity = balance) => ({ balanceMinor: cents(balance), equityMinor: cents(equity) })

function closed(state: RiskState, minute: number, net: number, limits: RiskLimits, exitReason = 'signal'): RiskState {
  const completed = { netMinor: cents(net), exitReason }
  const at = epochMs(NOON + minute * MINUTE)
  return afterFill(state, { at, opened: false, realizedMinor: cents(net), completed }, limits)
}

describe('a trailing drawdown', () => {
  /** The worked example of a firm: 50,000 to begin with, 2,000 behind the highest balance at the end of a day. */
  const limits = limitsOf({ trailingDrawdownMinor: cents(200_000), drawdownLockMinor: cents(0) })

  it('trails the highest balance at the end of a day and stays at the starting balance once it is there', () => {
    const start = stateOf()
    expect(drawdownFloor(start, limits)).toBe(4_800_000)
    const second = beginDay(start, day(1), 'session', worth(5_050_000))
    expect(drawdownFloor(second, limits)).toBe(4_850_000)
    const third = beginDay(second, day(2), 'session', worth(5_000_000))
    expect(drawdownFloor(third, limits)).toBe(4_850_000)
    const fourth = beginDay(third, day(3), 'session', worth(5_250_000))
    expect(drawdownFloor(fourth, limits)).toBe(5_000_000)
    expect(drawdownFloor(beginDay(fourth, day(4), 'session', worth(6_000_000)), limits)).toBe(5_000_000)
  })

  it('does not see the highs of a day unless its mark is intraday', () => {
    expect(raiseMark(stateOf(), cents(5_100_000), limits).highMarkMinor).toBe(START)
    const intraday = limitsOf({ ...limits, drawdownMark: 'intraday', drawdownLockMinor: undefined })
    const raised = raiseMark(stateOf(), cents(5_100_000), intraday)
    expect(drawdownFloor(raised, intraday)).toBe(4_900_000)
    expect(raiseMark(raised, cents(5_050_000), intraday)).toBe(raised)
  })

  it('does not move at all where it is static', () => {
    const fixed = limitsOf({ ...limits, drawdownMark: 'static' })
    expect(drawdownFloor(stateOf({ highMarkMinor: cents(7_000_000) }), fixed)).toBe(4_800_000)
  })

  it('counts from the present equity once a person has cleared it', () => {
    const anew = startAnew(stateOf({ highMarkMinor: cents(5_300_000) }), cents(4_700_000))
    expect(drawdownFloor(anew, limits)).toBe(4_500_000)
    expect(judgeWorth(anew, worth(4_700_000), limits, USD)).toEqual([])
  })
})

describe('the loss of a day', () => {
  it('counts from the balance or the equity the day began with', () => {
    const state = beginDay(stateOf(), day(1), 'session', worth(5_000_000, 4_950_000))
    const rules = (dailyLossCounts: RiskLimits['dailyLossCounts']) =>
      judgeWorth(
        state,
        worth(5_000_000, 4_900_000),
        limitsOf({ maxDailyLossMinor: cents(100_000), dailyLossCounts }),
        USD,
      )
    expect(rules('open-from-balance')).toEqual([
      { rule: 'daily-loss', text: 'the loss of the day is 1000.00 USD, the limit 1000.00 USD' },
    ])
    expect(rules('open-from-equity')).toEqual([])
    expect(rules('realised')).toEqual([])
  })

  it('leaves out a fill of the day before that is learnt of late', () => {
    const state = beginDay(stateOf(), day(1), 'session', worth(5_000_000))
    const late = afterFill(
      state,
      { at: epochMs(day(1).start - 1), opened: true, realizedMinor: cents(-70_000), completed: undefined },
      NO_LIMITS,
    )
    expect(late).toMatchObject({ realizedTodayMinor: 0, tradesToday: 0, dayStartBalanceMinor: 4_930_000 })
  })
})

describe('a pause', () => {
  it('follows every loss, and a longer one losses in a row, which then count anew', () => {
    const limits = limitsOf({ cooldownAfterLossMinutes: 5, lossesInRow: 3, cooldownAfterLossesMinutes: 60 })
    let state = closed(stateOf(), 0, -1, limits)
    expect(state.cooldownUntil).toBe(NOON + 5 * MINUTE)
    state = closed(state, 10, -1, limits)
    state = closed(state, 20, 1, limits)
    expect(state.lossesInRow).toBe(0)
    for (const minute of [30, 40, 50]) state = closed(state, minute, -1, limits)
    expect(state.cooldownUntil).toBe(NOON + 110 * MINUTE)
    expect(state.lossesInRow).toBe(0)
    expect(closed(state, 55, -1, limits).cooldownUntil).toBe(NOON + 110 * MINUTE)
  })

  it('follows stops that come close together, not stops far apart', () => {
    const limits = limitsOf({ stopGuardStops: 2, stopGuardWindowMinutes: 30, stopGuardPauseMinutes: 90 })
    let state = closed(stateOf(), 0, -1, limits, 'stop')
    state = closed(state, 30, -1, limits, 'stop')
    state = closed(state, 31, -1, limits, 'target')
    expect(state.stopGuardUntil).toBe(0)
    state = closed(state, 59, -1, limits, 'stop')
    expect(state.stopGuardUntil).toBe(NOON + 149 * MINUTE)
  })
})

describe('what is remembered of orders', () => {
  it('is the last minute of times and the last sizes', () => {
    let state = stateOf()
    for (let i = 0; i < 30; i++) state = afterEntryOrder(state, epochMs(NOON + i * 10_000), i + 1)
    expect(state.orders.length).toBe(6)
    expect(state.sizesMilli.length).toBe(SIZES_KEPT)
    expect(state.sizesMilli.at(-1)).toBe(30)
  })
})
