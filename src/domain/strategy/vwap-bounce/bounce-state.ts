import { RollingMean } from '../../indicator/rolling-mean.ts'
import { SessionVwap } from '../../indicator/session-vwap.ts'
import { WilderAtr } from '../../indicator/wilder-atr.ts'
import { WilderRsi } from '../../indicator/wilder-rsi.ts'
import type { StrategySetup } from '../strategy.ts'
import type { VwapBounceParameters } from './parameters.ts'

/** All that the strategy remembers from bar to bar. */
export type BounceState = {
  readonly rsi: WilderRsi
  readonly atr: WilderAtr
  readonly volumeMean: RollingMean
  readonly vwap: SessionVwap
  /** Open of the session that `vwap` belongs to; −1 before the first. */
  sessionOpen: number
  sawVolume: boolean
  toldOfNoVolume: boolean
}

/** What the numbers depend on: a snapshot taken under another key would continue something else. */
export function stateKey(setup: StrategySetup, parameters: VwapBounceParameters): string {
  const { symbol, tickUnits, priceDigits } = setup.instrument
  const { rsiPeriod, atrPeriod, volumeMeanBars } = parameters
  const parts = [1, symbol, tickUnits, priceDigits, setup.timeframeMs, rsiPeriod, atrPeriod, volumeMeanBars]
  return parts.join(' ')
}

export function freshState(parameters: VwapBounceParameters): BounceState {
  return {
    rsi: new WilderRsi(parameters.rsiPeriod),
    atr: new WilderAtr(parameters.atrPeriod),
    volumeMean: new RollingMean(parameters.volumeMeanBars),
    vwap: new SessionVwap(parameters.bandSigma),
    sessionOpen: -1,
    sawVolume: false,
    toldOfNoVolume: false,
  }
}

export function snapshotState(key: string, state: BounceState): BounceSnapshot {
  return {
    key,
    rsi: state.rsi.snapshot(),
    atr: state.atr.snapshot(),
    volumeMean: state.volumeMean.snapshot(),
    vwap: state.vwap.snapshot(),
    sessionOpen: state.sessionOpen,
    sawVolume: state.sawVolume,
    toldOfNoVolume: state.toldOfNoVolume,
  }
}

/** @returns undefined when the snapshot belongs to other periods, another instrument or timeframe, or is damaged */
export function reviveState(key: string, parameters: VwapBounceParameters, snapshot: unknown): BounceState | undefined {
  if (!isSnapshot(snapshot) || snapshot.key !== key) return undefined
  const state = freshState(parameters)
  try {
    state.rsi.restore(snapshot.rsi)
    state.atr.restore(snapshot.atr)
    state.volumeMean.restore(snapshot.volumeMean)
    state.vwap.restore(snapshot.vwap)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  state.sessionOpen = snapshot.sessionOpen
  state.sawVolume = snapshot.sawVolume
  state.toldOfNoVolume = snapshot.toldOfNoVolume
  return state
}

type BounceSnapshot = Readonly<{
  key: string
  rsi: readonly number[]
  atr: readonly number[]
  volumeMean: readonly number[]
  vwap: readonly number[]
  sessionOpen: number
  sawVolume: boolean
  toldOfNoVolume: boolean
}>

function isSnapshot(value: unknown): value is BounceSnapshot {
  if (typeof value !== 'object' || value === null) return false
  const given = value as Record<string, unknown>
  return (
    typeof given.key === 'string' &&
    [given.rsi, given.atr, given.volumeMean, given.vwap].every((part) => Array.isArray(part)) &&
    typeof given.sessionOpen === 'number' &&
    typeof given.sawVolume === 'boolean' &&
    typeof given.toldOfNoVolume === 'boolean'
  )
}
