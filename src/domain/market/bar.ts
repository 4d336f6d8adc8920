import type { EpochMs, Ticks } from '../units/units.ts'

/**
 * One bar. `time` is its start; it covers [time, time + timeframe). Prices are ticks, volume is whatever unit the
 * source counts in (contracts, shares; 0 where the instrument has none).
 *
 * A feed may reuse one object for every bar: whoever wants to keep one copies it.
 */
export type Bar = {
  time: EpochMs
  open: Ticks
  high: Ticks
  low: Ticks
  close: Ticks
  volume: number
}

export const TIMEFRAMES = { '1m': 60_000, '5m': 300_000, '15m': 900_000, '1h': 3_600_000, '1d': 86_400_000 } as const
export type Timeframe = keyof typeof TIMEFRAMES

export function isTimeframe(text: string): text is Timeframe {
  return Object.hasOwn(TIMEFRAMES, text)
}
