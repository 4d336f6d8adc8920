import type { Session } from '../../calendar/session.ts'
import type { Reason } from '../../decision/decision.ts'
import { formatPrice, type Instrument } from '../../instrument/instrument.ts'
import { ticks } from '../../units/units.ts'
import type { PositionView } from '../strategy.ts'
import type { BounceState } from './bounce-state.ts'
import type { VwapBounceParameters } from './parameters.ts'
import type { BounceSetup } from './setup.ts'

/** The moment a setup is judged in: the end of the bar, its volume, the session around it. */
export type Moment = Readonly<{ at: number; volume: number; session: Session; lastEntryAt: number }>

/** One thing a setup must pass: whether it does, and the sentence that says so with its numbers. */
export type Finding = Readonly<{ passed: boolean; reason: Reason }>

const MINUTE = 60_000

/** Every filter of the strategy, each with its numbers, whether it passes or not. */
export function judgeSetup(
  setup: BounceSetup,
  state: BounceState,
  moment: Moment,
  position: PositionView,
  parameters: VwapBounceParameters,
): readonly Finding[] {
  return [
    rsiFinding(setup, state, parameters),
    volumeFinding(state, moment, parameters),
    rewardFinding(setup, parameters),
    stopFinding(setup),
    windowFinding(moment, parameters),
    finding(
      'max-trades',
      position.tradesToday < parameters.maxTradesPerDay,
      `${position.tradesToday} of ${parameters.maxTradesPerDay} trades were made today.`,
    ),
    position.quantity === 0
      ? finding('position-open', true, 'No position is open.')
      : finding('position-open', false, `A position of ${position.quantity} is already open.`),
    finding(
      'entry-pending',
      !position.entryPending,
      position.entryPending ? 'An entry order is still working.' : 'No entry order is working.',
    ),
  ]
}

/** What the bar did, in one sentence. */
export function describeSetup(setup: BounceSetup, instrument: Instrument): Reason {
  const px = (price: number) => formatPrice(instrument, ticks(Math.round(price)))
  const [name, code] = setup.side === 'buy' ? ['below the lower', 'bounce-long'] : ['above the upper', 'bounce-short']
  const text =
    `Price reached ${px(setup.extreme)}, ${name} band at ${px(setup.band)}, and closed back inside at ` +
    `${px(setup.closePx)}; VWAP ${px(setup.vwap)}, stop ${px(setup.stopPx)}, target ${px(setup.targetPx)}.`
  return { code, text }
}

function rsiFinding(setup: BounceSetup, state: BounceState, parameters: VwapBounceParameters): Finding {
  const { rsiLong, rsiPeriod } = parameters
  const rsi = state.rsi.value.toFixed(2)
  return setup.side === 'buy'
    ? finding('rsi', state.rsi.value <= rsiLong, `RSI(${rsiPeriod}) is ${rsi}; a long needs ${rsiLong} or less.`)
    : finding(
        'rsi',
        state.rsi.mirrored <= rsiLong,
        `RSI(${rsiPeriod}) is ${rsi}; a short needs ${100 - rsiLong} or more.`,
      )
}

function volumeFinding(state: BounceState, moment: Moment, parameters: VwapBounceParameters): Finding {
  const mean = state.volumeMean.value
  if (!(mean > 0)) return finding('volume', true, 'The instrument has no volume; the volume filter is off.')
  const text = `Volume is ${moment.volume}, its mean of ${parameters.volumeMeanBars} bars ${mean.toFixed(1)}.`
  return finding('volume', moment.volume >= mean, text)
}

function rewardFinding(setup: BounceSetup, parameters: VwapBounceParameters): Finding {
  const ratio = setup.reward / setup.risk
  const text =
    `Reward of ${setup.reward} ticks against a risk of ${setup.risk} is ${ratio.toFixed(2)}; ` +
    `at least ${parameters.minRewardRisk} is asked.`
  // A target that is not ahead of the close is no trade, even where no ratio is asked for.
  return finding('reward-risk', setup.reward > 0 && ratio >= parameters.minRewardRisk, text)
}

function stopFinding(setup: BounceSetup): Finding {
  const possible = setup.stopPx > 0
  return finding('stop-price', possible, `The stop is ${possible ? 'a possible' : 'no possible'} price.`)
}

function windowFinding(moment: Moment, parameters: VwapBounceParameters): Finding {
  const { session, at, lastEntryAt } = moment
  const passed = at >= session.open + parameters.noEntryFirstMinutes * MINUTE && at < lastEntryAt
  const sinceOpen = Math.floor((at - session.open) / MINUTE)
  const toClose = Math.ceil((session.close - at) / MINUTE)
  const quietEnd = (session.close - lastEntryAt) / MINUTE
  const text =
    `${sinceOpen} minutes after the open and ${toClose} before the close; entries skip the first ` +
    `${parameters.noEntryFirstMinutes} and the last ${quietEnd} minutes.`
  return finding('entry-window', passed, text)
}

function finding(code: string, passed: boolean, text: string): Finding {
  return { passed, reason: { code, text } }
}
