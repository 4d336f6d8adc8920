import type { Session } from '../../calendar/session.ts'
import type { Reason } from '../../decision/decision.ts'
import type { PositionView } from '../strategy.ts'
import type { SegmentOptionsParameters } from './parameters.ts'

/** A breakout and all it is judged by. Distances are ticks of the index; `at` is the end of the bar. */
export type Breakout = Readonly<{
  /** 1 is up, -1 down. */
  direction: 1 | -1
  closePx: number
  rangeHigh: number
  rangeLow: number
  vwap: number
  atr: number
  parameters: SegmentOptionsParameters
  position: PositionView
  session: Session
  at: number
  lastEntryAt: number
}>

type Filter = Readonly<{
  code: string
  passes: (breakout: Breakout) => boolean
  tell: (breakout: Breakout) => string
}>

const MINUTE = 60_000

/** How far the close is beyond the range, in the direction of the breakout. */
export function chaseOf({ direction, closePx, rangeHigh, rangeLow }: Breakout): number {
  return direction > 0 ? closePx - rangeHigh : rangeLow - closePx
}

/** Everything a breakout must pass. */
const FILTERS: readonly Filter[] = [
  {
    code: 'range-width',
    passes: ({ rangeHigh, rangeLow, atr, parameters }) =>
      rangeHigh - rangeLow >= parameters.min_range_atr * atr && rangeHigh - rangeLow <= parameters.max_range_atr * atr,
    tell: ({ rangeHigh, rangeLow, atr, parameters }) =>
      `The opening range is ${times(rangeHigh - rangeLow, atr)} the ATR wide; ` +
      `${parameters.min_range_atr} to ${parameters.max_range_atr} is asked.`,
  },
  {
    code: 'chase',
    passes: (breakout) => chaseOf(breakout) <= breakout.parameters.max_chase_atr * breakout.atr,
    tell: (breakout) =>
      `The close is ${times(chaseOf(breakout), breakout.atr)} the ATR beyond the range; ` +
      `at most ${breakout.parameters.max_chase_atr} is asked.`,
  },
  {
    code: 'entry-window',
    passes: ({ at, lastEntryAt }) => at < lastEntryAt,
    tell: ({ at, session, lastEntryAt }) =>
      `${Math.ceil((session.close - at) / MINUTE)} minutes before the close; nothing is bought in the last ` +
      `${Math.round((session.close - lastEntryAt) / MINUTE)}.`,
  },
  {
    code: 'max-trades',
    passes: ({ position, parameters }) => position.tradesToday < parameters.max_trades_per_day,
    tell: ({ position, parameters }) =>
      `${position.tradesToday} of ${parameters.max_trades_per_day} trades were made today.`,
  },
  {
    code: 'entry-pending',
    passes: ({ position }) => !position.entryPending,
    tell: ({ position }) => (position.entryPending ? 'An entry order still works.' : 'No entry order works.'),
  },
]

/** Every filter the breakout fails, told with its numbers; none when it may be traded. */
export function failuresOf(breakout: Breakout): Reason[] {
  return FILTERS.filter((filter) => !filter.passes(breakout)).map(({ code, tell }) => ({ code, text: tell(breakout) }))
}

/** What each filter found, for a breakout that is traded. */
export function findingsOf(breakout: Breakout): Reason[] {
  return FILTERS.map(({ code, tell }) => ({ code, text: tell(breakout) }))
}

function times(distance: number, atr: number): string {
  return `${atr > 0 ? (distance / atr).toFixed(2) : '∞'} ×`
}
