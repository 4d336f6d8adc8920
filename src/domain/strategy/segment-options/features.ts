import { chaseOf, type Breakout } from './filters.ts'

const MINUTE = 60_000

/** What the pool of experiences learns from: numbers without a price level, so that segments compare. */
export function featuresOf(breakout: Breakout): Readonly<Record<string, number>> {
  const { direction, closePx, rangeHigh, rangeLow, vwap, atr, session, at, parameters } = breakout
  const inAtr = (distance: number) => (atr > 0 ? distance / atr : 0)
  return {
    direction,
    rangeAtr: inAtr(rangeHigh - rangeLow),
    breakoutAtr: inAtr(chaseOf(breakout)),
    vwapAtr: inAtr(direction * (closePx - vwap)),
    atrTicks: atr,
    minutesSinceOpen: (at - session.open) / MINUTE,
    minutesToClose: (session.close - at) / MINUTE,
    itmOffset: parameters.itm_offset,
    stopLossPercent: parameters.stop_loss,
  }
}
