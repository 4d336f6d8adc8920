import { restoreInto, snapshotOf } from '../../indicator/indicator-state.ts'
import { SessionVwap } from '../../indicator/session-vwap.ts'
import { WilderAtr } from '../../indicator/wilder-atr.ts'
import type { StrategySetup } from '../strategy.ts'
import type { SegmentOptionsParameters } from './parameters.ts'

/** Where each number of `SegmentState.numbers` is. */
export const SESSION_OPEN = 0
/** Bars of the opening range, and its prices in ticks. */
export const RANGE_BARS = 1
export const RANGE_HIGH = 2
export const RANGE_LOW = 3
/** Which way the range is left: 1 up, -1 down, 0 not, or come back into. */
export const BEYOND = 4
/** A breakout that has not been judged yet: 1 up, -1 down, 0 none. */
export const ARMED = 5
/** When the position was opened for which a stop was asked; 0 for none. */
export const PROTECTED = 6
/** Lots it had then: what fills later needs a stop too. */
export const PROTECTED_LOTS = 7
const SIZE = 8

/** All that the strategy remembers from bar to bar. */
export type SegmentState = Readonly<{ atr: WilderAtr; vwap: SessionVwap; numbers: Float64Array }>

/** What the numbers depend on: a snapshot taken under another key would continue something else. */
export function stateKey(setup: StrategySetup, parameters: SegmentOptionsParameters): string {
  const { symbol, tickUnits, priceDigits } = setup.instrument
  const { atr_period: atrPeriod, range_minutes: rangeMinutes } = parameters
  return [1, symbol, tickUnits, priceDigits, setup.timeframeMs, atrPeriod, rangeMinutes].join(' ')
}

export function freshState(parameters: SegmentOptionsParameters): SegmentState {
  const numbers = new Float64Array(SIZE)
  numbers[SESSION_OPEN] = -1
  return { atr: new WilderAtr(parameters.atr_period), vwap: new SessionVwap(1), numbers }
}

export function snapshotState(key: string, state: SegmentState): SegmentSnapshot {
  return { key, atr: state.atr.snapshot(), vwap: state.vwap.snapshot(), numbers: snapshotOf(state.numbers) }
}

/** @returns undefined when the snapshot belongs to other periods, another instrument or timeframe, or is damaged */
export function reviveState(
  key: string,
  parameters: SegmentOptionsParameters,
  snapshot: unknown,
): SegmentState | undefined {
  if (!isSnapshot(snapshot) || snapshot.key !== key) return undefined
  const state = freshState(parameters)
  try {
    state.atr.restore(snapshot.atr)
    state.vwap.restore(snapshot.vwap)
    // One written before lots were remembered is as good: asking once more for a stop that is there changes nothing.
    const { numbers } = snapshot
    restoreInto(state.numbers, numbers.length === PROTECTED_LOTS ? [...numbers, 0] : numbers)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  return state
}

type SegmentSnapshot = Readonly<{
  key: string
  atr: readonly number[]
  vwap: readonly number[]
  numbers: readonly number[]
}>

function isSnapshot(value: unknown): value is SegmentSnapshot {
  if (typeof value !== 'object' || value === null) return false
  const given = value as Record<string, unknown>
  return typeof given.key === 'string' && [given.atr, given.vwap, given.numbers].every((part) => Array.isArray(part))
}
