import type { Session } from '../../calendar/session.ts'
import type { Reason } from '../../decision/decision.ts'
import { formatPrice, type Instrument } from '../../instrument/instrument.ts'
import type { Bar } from '../../market/bar.ts'
import { hasOptionRules, optionRulesOf, premiumStep, premiumText } from '../../options/option-rules-of.ts'
import { readOptionSymbol } from '../../options/option-symbol.ts'
import { lots, ticks, type Ticks } from '../../units/units.ts'
import type {
  ExitReason,
  HeldPosition,
  PositionView,
  Proposal,
  Strategy,
  StrategyRun,
  StrategySetup,
} from '../strategy.ts'
import { featuresOf } from './features.ts'
import { failuresOf, findingsOf, type Breakout } from './filters.ts'
import { SEGMENT_OPTIONS_PARAMETERS, segmentOptionsParameters, type SegmentOptionsParameters } from './parameters.ts'
import {
  ARMED,
  BEYOND,
  freshState,
  PROTECTED,
  PROTECTED_LOTS,
  RANGE_BARS,
  RANGE_HIGH,
  RANGE_LOW,
  reviveState,
  SESSION_OPEN,
  snapshotState,
  stateKey,
  type SegmentState,
} from './segment-state.ts'

const MINUTE = 60_000

/**
 * Buys a call when an index leaves its opening range upwards, a put when it leaves it downwards.
 *
 * The range is what the first `range_minutes` of a session traded. A breakout is a bar that closes beyond the range by
 * `breakout_atr` × ATR and on the same side of the session's VWAP; it counts once, until the index closes inside the
 * range again. The option is the nearest expiry's, `itm_offset` strikes in the money. It is sold when its premium has
 * lost `stop_loss` percent (by a stop at the venue, and at the bar's end where there is none), at a breakout the other
 * way, and before the close; the breakout the other way is then traded itself, if it still holds.
 *
 * Only bars inside a session count. Nothing is bought in a session whose beginning was not seen. A bar is judged at its
 * end (time + timeframe).
 *
 * @see Crabel, "Day Trading with Short Term Price Patterns and Opening Range Breakout" (1990)
 */
export const segmentOptions: Strategy = {
  id: 'segment-options',
  title: 'Index options on the opening range',
  parameters: SEGMENT_OPTIONS_PARAMETERS,
  open: (setup) => new SegmentOptionsRun(setup),
}

class SegmentOptionsRun implements StrategyRun {
  readonly #instrument: Instrument
  readonly #timeframeMs: number
  readonly #parameters: SegmentOptionsParameters
  readonly #key: string
  readonly #state: SegmentState
  readonly #hasOptions: boolean
  /** How long before the close positions end: at least one bar, or the next chance would come after it. */
  readonly #flatBeforeMs: number
  /** How long after the open the first bar may be missing. */
  readonly #latestFirstBarMs: number
  #warnings: Reason[] = []

  constructor(setup: StrategySetup) {
    const parameters = segmentOptionsParameters(setup.parameters)
    this.#instrument = setup.instrument
    this.#timeframeMs = setup.timeframeMs
    this.#parameters = parameters
    this.#key = stateKey(setup, parameters)
    this.#flatBeforeMs = Math.max(parameters.flat_before_close_minutes * MINUTE, setup.timeframeMs)
    this.#latestFirstBarMs = Math.max(setup.timeframeMs, (parameters.range_minutes * MINUTE) / 3)
    this.#hasOptions = hasOptionRules(optionRulesOf(setup.instrument))
    const { snapshot } = setup
    const revived = snapshot === undefined ? undefined : reviveState(this.#key, parameters, snapshot)
    this.#state = revived ?? freshState(parameters)
    if (snapshot !== undefined && !revived) this.#warn('indicators-restart', RESTART_TEXT)
    if (setup.timeframeMs > parameters.range_minutes * MINUTE) this.#warn('timeframe-long', TIMEFRAME_TEXT)
    if (!this.#hasOptions) this.#warn('no-options', `We know of no options on ${setup.instrument.symbol}: ${IDLE_TEXT}`)
  }

  onBar(bar: Bar, session: Session | undefined, position: PositionView): Proposal | undefined {
    const isHolding = position.held.length > 0 || position.quantity !== 0
    if (session === undefined)
      return isHolding
        ? exit('session-close', 'session-close', 'The market is closed and a position is open.')
        : undefined
    this.#count(bar, session)
    if (isHolding) return this.#tend(bar, session, position)
    const { numbers } = this.#state
    numbers[PROTECTED] = 0
    const armed = numbers[ARMED]!
    if (armed === 0 || !this.#hasOptions) return undefined
    numbers[ARMED] = 0
    return this.#judge(armed > 0 ? 1 : -1, bar, session, position)
  }

  snapshot(): unknown {
    return snapshotState(this.#key, this.#state)
  }

  takeWarnings(): readonly Reason[] {
    const taken = this.#warnings
    if (taken.length > 0) this.#warnings = []
    return taken
  }

  /** Range, VWAP and ATR of the index, in ticks (VWAP and ATR fractional). */
  indicators(): Readonly<Record<string, number>> | undefined {
    const { numbers, atr, vwap } = this.#state
    if (!atr.ready || numbers[RANGE_BARS] === 0) return undefined
    return { rangeHigh: numbers[RANGE_HIGH]!, rangeLow: numbers[RANGE_LOW]!, vwap: vwap.value, atr: atr.value }
  }

  #count(bar: Bar, session: Session): void {
    const { numbers, atr, vwap } = this.#state
    if (session.open !== numbers[SESSION_OPEN]) {
      numbers[SESSION_OPEN] = session.open
      numbers[RANGE_BARS] = numbers[RANGE_HIGH] = numbers[RANGE_LOW] = numbers[BEYOND] = numbers[ARMED] = 0
      vwap.reset()
    }
    vwap.push(bar.high, bar.low, bar.close, bar.volume)
    atr.push(bar.high, bar.low, bar.close)
    if (bar.time < session.open + this.#parameters.range_minutes * MINUTE) this.#widen(bar)
    else this.#lookBeyond(bar)
  }

  #widen(bar: Bar): void {
    const { numbers } = this.#state
    const isFirst = numbers[RANGE_BARS] === 0
    // The bot was started too late, or the feed began too late: half a range is none.
    if (isFirst && bar.time - numbers[SESSION_OPEN]! >= this.#latestFirstBarMs) return
    numbers[RANGE_HIGH] = isFirst ? bar.high : Math.max(numbers[RANGE_HIGH]!, bar.high)
    numbers[RANGE_LOW] = isFirst ? bar.low : Math.min(numbers[RANGE_LOW]!, bar.low)
    numbers[RANGE_BARS]! += 1
  }

  #lookBeyond(bar: Bar): void {
    const { numbers, atr, vwap } = this.#state
    if (numbers[RANGE_BARS] === 0 || !atr.ready) return
    const reach = this.#parameters.breakout_atr * atr.value
    const [high, low] = [numbers[RANGE_HIGH]!, numbers[RANGE_LOW]!]
    const isUp = bar.close > high && bar.close - high >= reach && bar.close > vwap.value
    const isDown = bar.close < low && low - bar.close >= reach && bar.close < vwap.value
    const side = isUp ? 1 : isDown ? -1 : 0
    if (side !== 0 && side !== numbers[BEYOND]) {
      numbers[BEYOND] = side
      numbers[ARMED] = side
    } else if (bar.close <= high && bar.close >= low) {
      numbers[BEYOND] = numbers[ARMED] = 0
    }
  }

  /** What an open position asks for; at most one thing a bar, the most pressing. */
  #tend(bar: Bar, session: Session, position: PositionView): Proposal | undefined {
    const at = bar.time + this.#timeframeMs
    if (at >= session.close - this.#flatBeforeMs) {
      const left = Math.max(0, Math.ceil((session.close - at) / MINUTE))
      return exit('session-close', 'session-close', `The session closes in ${left} minutes.`)
    }
    const since = [position.openedAt, ...position.held.map(({ openedAt }) => openedAt)]
    if (since.some((openedAt) => openedAt !== undefined && openedAt < session.open))
      return exit('session-close', 'session-close', 'The position is left over from an earlier session.')

    const options = position.held.filter(({ symbol }) => symbol !== this.#instrument.symbol)
    // It never sells to open: a spread that somebody holds loses its cover where one leg is stopped out.
    if (position.held.some(({ quantity }) => quantity < 0)) {
      this.#state.numbers[ARMED] = 0
      return undefined
    }
    for (const option of options) {
      const ended = this.#endOf(option)
      if (ended) return ended
    }
    this.#state.numbers[ARMED] = 0
    return this.#protect(options)
  }

  #endOf(option: HeldPosition): Proposal | undefined {
    const { symbol, quantity, avgPx, markPx } = option
    const { stop_loss: stopLoss } = this.#parameters
    if (quantity > 0 && markPx !== undefined && markPx <= this.#stopPxOf(option)) {
      const lost = ((1 - markPx / avgPx) * 100).toFixed(1)
      return exit('signal', 'premium-stop', `${symbol} has lost ${lost} % of its premium; the stop is ${stopLoss} %.`)
    }
    const armed = this.#state.numbers[ARMED]!
    if (armed === 0 || armed !== -directionOf(option)) return undefined
    const way = armed > 0 ? 'upwards' : 'downwards'
    return exit('signal', 'opposite-signal', `The index left its opening range ${way}, against ${symbol}.`)
  }

  /** Asks once for a stop at the venue, and again for lots that fill later: the premium is watched between the bars too. */
  #protect(options: readonly HeldPosition[]): Proposal | undefined {
    const { numbers } = this.#state
    const newest = options.reduce<HeldPosition | undefined>(
      (last, option) => ((option.openedAt ?? 0) > (last?.openedAt ?? 0) ? option : last),
      undefined,
    )
    const openedAt = newest?.openedAt ?? 0
    if (!newest || newest.quantity <= 0 || openedAt === 0) return undefined
    const before = numbers[PROTECTED] === openedAt ? numbers[PROTECTED_LOTS]! : 0
    numbers[PROTECTED] = openedAt
    numbers[PROTECTED_LOTS] = newest.quantity
    if (newest.quantity <= before) return undefined
    const stopPx = this.#stopPxOf(newest)
    const px = (premium: number) => premiumText(this.#instrument, premium)
    const sold = `it is sold at ${px(stopPx)}, ${this.#parameters.stop_loss} % below`
    const text = `${newest.symbol} was bought at ${px(newest.avgPx)}; ${sold}.`
    return {
      kind: 'trade',
      command: { kind: 'stop-loss', symbol: newest.symbol, stopPx },
      reasons: [{ code: 'premium-stop', text }],
      features: {},
    }
  }

  /** Where the option can be quoted: a venue may refuse a price between, and what takes no stop is closed. */
  #stopPxOf({ avgPx }: HeldPosition): Ticks {
    const px = Math.max(1, Math.floor(avgPx * (1 - this.#parameters.stop_loss / 100)))
    const step = premiumStep(this.#instrument, ticks(px))
    return ticks(Math.floor(px / step) * step)
  }

  #judge(direction: 1 | -1, bar: Bar, session: Session, position: PositionView): Proposal {
    const { numbers, atr, vwap } = this.#state
    const parameters = this.#parameters
    const quietEnd = Math.max(parameters.no_entry_last_minutes * MINUTE, this.#flatBeforeMs)
    const breakout: Breakout = {
      direction,
      closePx: bar.close,
      rangeHigh: numbers[RANGE_HIGH]!,
      rangeLow: numbers[RANGE_LOW]!,
      vwap: vwap.value,
      atr: atr.value,
      parameters,
      position,
      session,
      at: bar.time + this.#timeframeMs,
      lastEntryAt: session.close - quietEnd,
    }
    const described = this.#describe(breakout)
    const features = featuresOf(breakout)
    const failures = failuresOf(breakout)
    if (failures.length > 0) return { kind: 'hold', reasons: [described, ...failures], features }
    return {
      kind: 'trade',
      command: {
        kind: direction > 0 ? 'buy-call' : 'buy-put',
        underlying: this.#instrument.symbol,
        expiry: { nth: parameters.expiry_nth },
        strike: { itmOffset: parameters.itm_offset },
        quantity: lots(parameters.lot_size),
      },
      reasons: [described, ...findingsOf(breakout)],
      features,
    }
  }

  #describe({ direction, closePx, rangeHigh, rangeLow, vwap }: Breakout): Reason {
    const px = (price: number) => formatPrice(this.#instrument, ticks(Math.round(price)))
    const [way, code, option] = direction > 0 ? ['above', 'breakout-up', 'call'] : ['below', 'breakout-down', 'put']
    const range = `${px(rangeLow)} to ${px(rangeHigh)}`
    const text = `The close of ${px(closePx)} is ${way} the opening range of ${range}, which asks for a ${option}; VWAP ${px(vwap)}.`
    return { code, text }
  }

  #warn(code: string, text: string): void {
    this.#warnings.push({ code, text })
  }
}

const RESTART_TEXT =
  'Periods, instrument or timeframe changed: range and indicators start anew and nothing is bought until they are full.'
const TIMEFRAME_TEXT = 'Bars are longer than the opening range: its first bar alone is the range.'
const IDLE_TEXT = 'nothing will be bought.'

/** Which way of the index a holding is for: a bought call or a sold put up. */
function directionOf({ symbol, quantity }: HeldPosition): number {
  const type = readOptionSymbol(symbol)[0]?.type
  return type === undefined ? 0 : (type === 'call' ? 1 : -1) * Math.sign(quantity)
}

function exit(reason: ExitReason, code: string, text: string): Proposal {
  return { kind: 'exit', reason, reasons: [{ code, text }] }
}
