import type { Session } from '../../calendar/session.ts'
import type { Reason } from '../../decision/decision.ts'
import type { Instrument } from '../../instrument/instrument.ts'
import type { Bar } from '../../market/bar.ts'
import { ticks } from '../../units/units.ts'
import type { ExitReason, PositionView, Proposal, Strategy, StrategyRun, StrategySetup } from '../strategy.ts'
import { freshState, reviveState, snapshotState, stateKey, type BounceState } from './bounce-state.ts'
import { describeSetup, failuresOf, findingsOf } from './filters.ts'
import { VWAP_BOUNCE_PARAMETERS, vwapBounceParameters, type VwapBounceParameters } from './parameters.ts'
import { bounceOf, setupOf, type BounceSetup } from './setup.ts'

const MINUTE = 60_000
const HOUR = 3_600_000

/**
 * Buys a market that fell out of its session's VWAP band and came back, sells one that rose out of it.
 *
 * Long when a bar trades below VWAP − k·σ and closes above it, RSI and volume agreeing; short mirrored. Target is the
 * VWAP, the stop the farther of an ATR distance and the outer band. A setup that a filter turns down is proposed as
 * `hold` with every filter that failed. Positions end at stop, target, after the time stop, or before the close.
 *
 * Only bars inside a session count; the VWAP begins anew with each session, RSI, ATR and volume mean go on. Nothing is
 * entered before all of them are full. A bar is judged at its end (time + timeframe).
 */
export const vwapBounce: Strategy = {
  id: 'vwap-bounce',
  title: 'VWAP bounce',
  parameters: VWAP_BOUNCE_PARAMETERS,
  open: (setup) => new VwapBounceRun(setup),
}

class VwapBounceRun implements StrategyRun {
  readonly #instrument: Instrument
  readonly #timeframeMs: number
  readonly #parameters: VwapBounceParameters
  readonly #key: string
  readonly #state: BounceState
  /** How long before the close positions end: at least one bar, or the next chance would come after it. */
  readonly #flatBeforeMs: number
  #warnings: Reason[] = []

  constructor(setup: StrategySetup) {
    const parameters = vwapBounceParameters(setup.parameters)
    this.#instrument = setup.instrument
    this.#timeframeMs = setup.timeframeMs
    this.#parameters = parameters
    this.#key = stateKey(setup, parameters)
    this.#flatBeforeMs = Math.max(parameters.flatBeforeCloseMinutes * MINUTE, setup.timeframeMs)
    const { snapshot } = setup
    const revived = snapshot === undefined ? undefined : reviveState(this.#key, parameters, snapshot)
    this.#state = revived ?? freshState(parameters)
    if (snapshot !== undefined && !revived) this.#warn('indicators-restart', RESTART_TEXT)
    if (setup.timeframeMs > HOUR) this.#warn('timeframe-long', TIMEFRAME_TEXT)
  }

  onBar(bar: Bar, session: Session | undefined, position: PositionView): Proposal | undefined {
    if (session === undefined) {
      return position.quantity === 0 ? undefined : exit('session-close', 'The market is closed and a position is open.')
    }
    this.#count(bar, session)
    if (position.quantity !== 0) {
      const ended = this.#exitOf(bar, session, position)
      if (ended) return ended
    }
    if (!this.#isReady()) return undefined
    const side = bounceOf(bar, this.#state)
    if (side === undefined) return undefined
    return this.#judge(setupOf(side, bar, this.#state, this.#parameters), bar, session, position)
  }

  snapshot(): unknown {
    return snapshotState(this.#key, this.#state)
  }

  takeWarnings(): readonly Reason[] {
    const taken = this.#warnings
    if (taken.length > 0) this.#warnings = []
    return taken
  }

  /** VWAP, bands, σ and ATR in ticks (fractional); RSI 0 to 100; volume mean in the volume's unit. */
  indicators(): Readonly<Record<string, number>> | undefined {
    if (!this.#isReady()) return undefined
    const { vwap, rsi, atr, volumeMean } = this.#state
    const reach = this.#parameters.bandSigma * vwap.sigma
    return {
      vwap: vwap.value,
      sigma: vwap.sigma,
      upperBand: vwap.value + reach,
      lowerBand: vwap.value - reach,
      rsi: rsi.value,
      atr: atr.value,
      volumeMean: volumeMean.value,
    }
  }

  #count(bar: Bar, session: Session): void {
    const state = this.#state
    if (session.open !== state.sessionOpen) {
      state.sessionOpen = session.open
      state.vwap.reset()
    }
    state.vwap.push(bar.high, bar.low, bar.close, bar.volume)
    state.rsi.push(bar.close)
    state.atr.push(bar.high, bar.low, bar.close)
    state.volumeMean.push(bar.volume)
    if (state.sawVolume) return
    if (bar.volume > 0) state.sawVolume = true
    else if (!state.toldOfNoVolume && state.volumeMean.ready) {
      state.toldOfNoVolume = true
      this.#warn('no-volume', `${this.#instrument.symbol} ${NO_VOLUME_TEXT}`)
    }
  }

  #isReady(): boolean {
    const { rsi, atr, volumeMean, vwap } = this.#state
    return rsi.ready && atr.ready && volumeMean.ready && vwap.bars > 1
  }

  #exitOf(bar: Bar, session: Session, position: PositionView): Proposal | undefined {
    const at = bar.time + this.#timeframeMs
    const { openedAt } = position
    if (at >= session.close - this.#flatBeforeMs) {
      const left = Math.max(0, Math.ceil((session.close - at) / MINUTE))
      return exit('session-close', `The session closes in ${left} minutes.`)
    }
    if (openedAt === undefined) return undefined
    // A feed that stops before the close leaves the position to the next session's first bar.
    if (openedAt < session.open) return exit('session-close', 'The position is left over from an earlier session.')
    const { timeStopMinutes } = this.#parameters
    if (at - openedAt < timeStopMinutes * MINUTE) return undefined
    const held = Math.floor((at - openedAt) / MINUTE)
    return exit('time-stop', `The position has been open for ${held} minutes; the time stop is ${timeStopMinutes}.`)
  }

  #judge(setup: BounceSetup, bar: Bar, session: Session, position: PositionView): Proposal {
    const at = bar.time + this.#timeframeMs
    const parameters = this.#parameters
    const quietEnd = Math.max(parameters.noEntryLastMinutes * MINUTE, this.#flatBeforeMs)
    const lastEntryAt = session.close - quietEnd
    const candidate = {
      ...{ setup, instrument: this.#instrument, state: this.#state, parameters, position, session },
      ...{ volume: bar.volume, at, lastEntryAt },
    }
    const failures = failuresOf(candidate)
    const described = describeSetup(setup, this.#instrument)
    const features = this.#featuresOf(setup, bar, session)
    const { side } = setup
    if (failures.length > 0) return { kind: 'hold', side, reasons: [described, ...failures], features }
    const reasons = [described, ...findingsOf(candidate)]
    return { kind: 'enter', side, stopPx: ticks(setup.stopPx), targetPx: ticks(setup.targetPx), reasons, features }
  }

  /** What the pool of experiences learns from: numbers without a price level, so that instruments compare. */
  #featuresOf(setup: BounceSetup, bar: Bar, session: Session): Readonly<Record<string, number>> {
    const { rsi, atr, volumeMean } = this.#state
    const at = bar.time + this.#timeframeMs
    return {
      rsi: rsi.value,
      distanceSigma: (setup.closePx - setup.vwap) / setup.sigma,
      extremeSigma: (setup.extreme - setup.vwap) / setup.sigma,
      volumeRatio: volumeMean.value > 0 ? bar.volume / volumeMean.value : 1,
      minutesSinceOpen: (at - session.open) / MINUTE,
      minutesToClose: (session.close - at) / MINUTE,
      atrTicks: atr.value,
      sigmaTicks: setup.sigma,
      sigmaPerAtr: atr.value > 0 ? setup.sigma / atr.value : 0,
      riskTicks: setup.risk,
      rewardTicks: setup.reward,
      rewardRisk: setup.reward / setup.risk,
    }
  }

  #warn(code: string, text: string): void {
    this.#warnings.push({ code, text })
  }
}

const NO_VOLUME_TEXT = 'has no volume: the VWAP weighs all bars alike and the volume filter is off.'
const RESTART_TEXT =
  'Periods, instrument or timeframe changed: indicators start anew and nothing is entered until they are full.'
const TIMEFRAME_TEXT = 'Bars longer than an hour leave too few in a session for its VWAP to mean much.'

function exit(reason: ExitReason, text: string): Proposal {
  return { kind: 'exit', reason, reasons: [{ code: reason, text }] }
}
