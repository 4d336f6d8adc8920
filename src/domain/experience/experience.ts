import type { Instrument } from '../instrument/instrument.ts'
import type { Timeframe } from '../market/bar.ts'
import { opposite, type Side } from '../order/order.ts'
import type { TradeCommand } from '../order/trade-command.ts'
import type { RoundTrip } from '../position/position.ts'
import type { MinorUnits, Ticks } from '../units/units.ts'
import { excursionOf, type HeldTrade } from './held-trade.ts'
import { poolSymbolOf } from './pool-symbol.ts'
import { isBundledStrategy, sharedFeatures, toStep, within } from './shared-features.ts'

/** What a trade was made on. Only trades on real prices in real time count in a shared pool. */
export type ExperienceSource = 'live' | 'paper' | 'synthetic' | 'replay'

export const EXPERIENCE_KINDS = ['signal', 'exit'] as const
export type ExperienceKind = (typeof EXPERIENCE_KINDS)[number]

/** How an entry came about, as the account's state has it. */
export type TradeEntry = Readonly<{
  /** The price it was decided at; undefined where the decision tells none. */
  decidedPx: Ticks | undefined
  features: Readonly<Record<string, number>>
  /** Which command of the trading service it was; undefined for a strategy's own bracketed entry. */
  command: TradeCommand['kind'] | undefined
  /** The first stop it was given, where it stood first. `planned`: written together with the entry. */
  stop: Readonly<{ px: Ticks; planned: boolean }> | undefined
  /** The first target, likewise. */
  targetPx: Ticks | undefined
}>

/** A trade that was closed, with all that is known of it. */
export type ClosedTrade = Readonly<{
  userId: string
  trip: RoundTrip
  instrument: Instrument
  net: MinorUnits
  exitReason: string
  entry: TradeEntry
  /** undefined where it was not watched from its first bar to its last. */
  held: HeldTrade | undefined
  strategyId: string
  source: ExperienceSource
  timeframe: Timeframe
}>

/**
 * What one closed trade taught, in the words of the pool: ratios, classes and a day. No size, no money, no price, no id,
 * no time of day.
 */
export type Experience = Readonly<{
  userId: string
  kind: ExperienceKind
  symbol: string
  side: Side
  features: Readonly<Record<string, number>>
  outcome: Readonly<{ r: number; mfe?: number; mae?: number; exit: ExitWord; bars?: number }>
  source: ExperienceSource
  timeframe: Timeframe
  strategy: string
  /** UTC day of the exit. */
  day: string
  /** A strategy of the user's own: it is nobody else's to see. */
  own: boolean
}>

export type ExitWord = 'stop' | 'target' | 'time' | 'signal' | 'other'

const EXIT_WORDS: Readonly<Record<string, ExitWord>> = {
  stop: 'stop',
  target: 'target',
  'time-stop': 'time',
  'session-close': 'time',
  signal: 'signal',
}

/** Results are told in twentieths of R, and not beyond what the cloud takes. */
const R_STEP = 0.05
const FARTHEST_R = 20
const FARTHEST_EXCURSION_R = 50

/** Legs of one bet: what a leg made says nothing of the setup. */
const SHAPES: ReadonlySet<string> = new Set<TradeCommand['kind']>([
  ...(['vertical-spread', 'iron-condor', 'butterfly-spread', 'calendar-spread', 'straddle', 'strangle'] as const),
  'hedge-position',
])

/**
 * What a closed trade teaches: of its setup (`signal`), and, where it was watched all the way, of how it was ended
 * (`exit`). Nothing where no setup led to it, nobody knows what it risked, or it was one leg of several.
 *
 * R is the result net of fees over what the entry put at risk.
 *
 * @see Tharp, "Trade Your Way to Financial Freedom": R multiples
 */
export function experiencesOf(trade: ClosedTrade): readonly Experience[] {
  const { entry, trip, instrument, strategyId, held } = trade
  if (entry.command !== undefined && SHAPES.has(entry.command)) return []
  const features = sharedFeatures(strategyId, entry.features)
  const riskTicks = riskOf(trade)
  if (!features || riskTicks === undefined) return []
  const risked = riskTicks * trip.entryQty * instrument.tickValue
  const direction: Side = trip.side === 'long' ? 'buy' : 'sell'
  const excursion =
    held && held.tradeId === trip.tradeId
      ? excursionOf(direction, held, trip.entrySum / trip.entryQty, trip.exitSum / trip.exitQty)
      : undefined
  const inR = (ticks: number, farthest: number) => within(toStep(ticks / riskTicks, R_STEP), farthest)
  const best = excursion && inR(excursion.best, FARTHEST_EXCURSION_R)
  const worst = excursion && inR(excursion.worst, FARTHEST_EXCURSION_R)
  const common = {
    userId: trade.userId,
    symbol: poolSymbolOf(instrument),
    side: viewOf(instrument, direction),
    outcome: {
      r: within(toStep(trade.net / risked, R_STEP), FARTHEST_R),
      ...(best === undefined || worst === undefined ? {} : { mfe: best, mae: worst }),
      exit: EXIT_WORDS[trade.exitReason] ?? 'other',
      ...(held ? { bars: held.bars } : {}),
    },
    source: trade.source,
    timeframe: trade.timeframe,
    strategy: strategyId,
    day: new Date(trip.exitTime).toISOString().slice(0, 10),
    own: !isBundledStrategy(strategyId),
  }
  const signal: Experience = { ...common, kind: 'signal', features }
  if (!held || best === undefined || worst === undefined) return [signal]
  const reward = rewardOf(trade, riskTicks)
  const atExit = {
    bestR: best,
    worstR: worst,
    barsHeld: held.bars,
    ...(reward === undefined ? {} : { targetR: reward }),
  }
  return [signal, { ...common, kind: 'exit', features: atExit }]
}

/**
 * What an entry put at risk, ticks of its instrument: from the price it was decided at to the stop that was decided with
 * it; from the entry to a stop that came later; of an option bought without one, all that was paid.
 *
 * The decided price and not the fill's: a fill that slipped to within a tick of its stop would be a trade of 30 R.
 */
function riskOf({ entry, trip, instrument }: ClosedTrade): number | undefined {
  const sign = trip.side === 'long' ? 1 : -1
  const enteredPx = trip.entrySum / trip.entryQty
  if (entry.stop) {
    const from = entry.stop.planned ? (entry.decidedPx ?? enteredPx) : enteredPx
    const distance = sign * (from - entry.stop.px)
    return distance >= 1 ? distance : undefined
  }
  if (instrument.option && trip.side === 'long' && enteredPx >= 1) return enteredPx
  return undefined
}

/** How far the target was, in R. */
function rewardOf({ entry, trip }: ClosedTrade, riskTicks: number): number | undefined {
  if (entry.targetPx === undefined) return undefined
  const from = (entry.stop?.planned ? entry.decidedPx : undefined) ?? trip.entrySum / trip.entryQty
  const distance = (trip.side === 'long' ? 1 : -1) * (entry.targetPx - from)
  return distance > 0 ? within(toStep(distance / riskTicks, R_STEP), FARTHEST_EXCURSION_R) : undefined
}

/** Which way of the market a trade was for: who buys a put is a seller. */
function viewOf({ option }: Instrument, direction: Side): Side {
  return option?.type === 'put' ? opposite(direction) : direction
}
