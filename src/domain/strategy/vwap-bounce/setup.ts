import type { Side } from '../../order/order.ts'
import type { BounceState } from './bounce-state.ts'
import type { VwapBounceParameters } from './parameters.ts'
import type { Bar } from '../../market/bar.ts'

/** A bounce that a bar has just shown, with the prices it would be traded at. All prices and distances are ticks. */
export type BounceSetup = Readonly<{
  side: Side
  vwap: number
  sigma: number
  /** The band that was crossed and crossed back. */
  band: number
  /** Low of the bar for a long, high for a short. */
  extreme: number
  closePx: number
  stopPx: number
  targetPx: number
  /** From the close to the target; negative when the close is already beyond it. */
  reward: number
  /** From the close to the stop, at least 1. */
  risk: number
}>

/**
 * Which way the bar bounced: it traded beyond the k·σ band and closed back inside it.
 *
 * The band is the one that includes this bar: the decision falls at the close, when the bar is known, and a chart
 * shows the same line. A bar that spans both bands counts for the side that the RSI leans to.
 *
 * @param state after the bar was counted
 */
export function bounceOf(bar: Bar, state: BounceState): Side | undefined {
  switch (state.vwap.bounce(bar.high, bar.low, bar.close)) {
    case 'none':
      return undefined
    case 'lower':
      return 'buy'
    case 'upper':
      return 'sell'
    case 'both':
      return state.rsi.value <= state.rsi.mirrored ? 'buy' : 'sell'
  }
}

/**
 * Stop and target of a bounce. The stop is the farther of the ATR distance from the close and the outer σ band,
 * rounded away from the close; the target is the VWAP, rounded towards it.
 */
export function setupOf(side: Side, bar: Bar, state: BounceState, parameters: VwapBounceParameters): BounceSetup {
  const { origin, offset, sigma } = state.vwap
  // Everything as if it were a long: a short is the same upside down.
  const up = side === 'buy' ? 1 : -1
  const close = up * (bar.close - origin)
  const center = up * offset
  const farther = Math.min(close - parameters.atrStopMultiple * state.atr.value, center - parameters.stopSigma * sigma)
  const stop = Math.min(Math.floor(farther), close - 1)
  const target = Math.floor(center)
  return {
    side,
    vwap: origin + offset,
    sigma,
    band: origin + up * (center - parameters.bandSigma * sigma),
    extreme: side === 'buy' ? bar.low : bar.high,
    closePx: bar.close,
    stopPx: origin + up * stop,
    targetPx: origin + up * target,
    reward: target - close,
    risk: close - stop,
  }
}
