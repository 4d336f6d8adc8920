import type { Session } from '../../calendar/session.ts'
import type { Reason } from '../../decision/decision.ts'
import { formatPrice, type Instrument } from '../../instrument/instrument.ts'
import { ticks } from '../../units/units.ts'
import type { PositionView } from '../strategy.ts'
import type { BounceState } from './bounce-state.ts'
import type { VwapBounceParameters } from './parameters.ts'
import type { BounceSetup } from './setup.ts'

/** A setup and all it is judged by. `at` is the end of its bar, `lastEntryAt` the moment from which none is taken. */
export type Candidate = Readonly<{
  setup: BounceSetup
  instrument: Instrument
  state: BounceState
  parameters: VwapBounceParameters
  position: PositionView
  session: Session
  volume: number
  at: number
  lastEntryAt: number
}>

type Filter = Readonly<{
  code: string
  passes: (candidate: Candidate) => boolean
  /** The numbers that decided it, in one sentence; costly, so only told for a reason that is kept. */
  tell: (candidate: Candidate) => string
}>

const MINUTE = 60_000

/** Everything a setup must pass. */
const FILTERS: readonly Filter[] = [
  {
    code: 'rsi',
    passes: ({ setup, state, parameters }) =>
      (setup.side === 'buy' ? state.rsi.value : state.rsi.mirrored) <= parameters.rsiLong,
    tell: ({ setup, state, parameters: { rsiLong, rsiPeriod } }) =>
      `RSI(${rsiPeriod}) is ${state.rsi.value.toFixed(2)}; ` +
      (setup.side === 'buy' ? `a long needs ${rsiLong} or less.` : `a short needs ${100 - rsiLong} or more.`),
  },
  {
    code: 'volume',
    // A mean of zero is an instrument without volume, which can't be asked for any.
    passes: ({ state, volume }) => volume >= state.volumeMean.value,
    tell: ({ state, volume, parameters }) =>
      state.volumeMean.value > 0
        ? `Volume is ${volume}, its mean of ${parameters.volumeMeanBars} bars ${state.volumeMean.value.toFixed(1)}.`
        : `No volume in ${parameters.volumeMeanBars} bars; the volume filter is off.`,
  },
  {
    code: 'reward-risk',
    // A target that is not ahead of the close is no trade, even where no ratio is asked for.
    passes: ({ setup: { reward, risk }, parameters }) => reward > 0 && reward / risk >= parameters.minRewardRisk,
    tell: ({ setup: { reward, risk }, instrument, parameters }) =>
      `Reward of ${priceText(instrument, reward)} against a risk of ${priceText(instrument, risk)} is ${(reward / risk).toFixed(2)}; ` +
      `at least ${parameters.minRewardRisk} is asked.`,
  },
  {
    code: 'stop-price',
    passes: ({ setup }) => setup.stopPx > 0,
    tell: ({ setup, instrument }) => `The stop is at ${priceText(instrument, setup.stopPx)}; it must be above 0.`,
  },
  {
    code: 'entry-window',
    passes: ({ at, session, lastEntryAt, parameters }) =>
      at >= session.open + parameters.noEntryFirstMinutes * MINUTE && at < lastEntryAt,
    tell: ({ at, session, lastEntryAt, parameters }) =>
      `${Math.floor((at - session.open) / MINUTE)} minutes after the open and ` +
      `${Math.ceil((session.close - at) / MINUTE)} before the close; entries skip the first ` +
      `${parameters.noEntryFirstMinutes} and the last ${(session.close - lastEntryAt) / MINUTE} minutes.`,
  },
  {
    code: 'max-trades',
    passes: ({ position, parameters }) => position.tradesToday < parameters.maxTradesPerDay,
    tell: ({ position, parameters }) =>
      `${position.tradesToday} of ${parameters.maxTradesPerDay} trades were made today.`,
  },
  {
    code: 'position-open',
    passes: ({ position }) => position.quantity === 0,
    tell: ({ position }) => `The open position is ${position.quantity} lots.`,
  },
  {
    code: 'entry-pending',
    passes: ({ position }) => !position.entryPending,
    tell: ({ position }) => (position.entryPending ? 'An entry order still works.' : 'No entry order works.'),
  },
]

/** Every filter the candidate fails, told with its numbers; none when it may be traded. */
export function failuresOf(candidate: Candidate): Reason[] {
  return FILTERS.filter((filter) => !filter.passes(candidate)).map((filter) => reasonOf(filter, candidate))
}

/** What each filter found, for a candidate that is traded. */
export function findingsOf(candidate: Candidate): Reason[] {
  return FILTERS.map((filter) => reasonOf(filter, candidate))
}

/** What the bar did, in one sentence. */
export function describeSetup(setup: BounceSetup, instrument: Instrument): Reason {
  const px = (price: number) => priceText(instrument, price)
  const [name, code] = setup.side === 'buy' ? ['below the lower', 'bounce-long'] : ['above the upper', 'bounce-short']
  const text =
    `Price reached ${px(setup.extreme)}, ${name} band at ${px(setup.band)}, and closed back inside at ` +
    `${px(setup.closePx)}; VWAP ${px(setup.vwap)}, stop ${px(setup.stopPx)}, target ${px(setup.targetPx)}.`
  return { code, text }
}

function priceText(instrument: Instrument, price: number): string {
  return formatPrice(instrument, ticks(Math.round(price)))
}

function reasonOf(filter: Filter, candidate: Candidate): Reason {
  return { code: filter.code, text: filter.tell(candidate) }
}
