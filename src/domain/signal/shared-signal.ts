import { poolSymbolOf } from '../experience/pool-symbol.ts'
import { isBundledStrategy, sharedFeatures } from '../experience/shared-features.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { Side } from '../order/order.ts'
import { symbolClassOf } from '../pool/symbol-class.ts'
import type { EpochMs } from '../units/units.ts'

/** What a signal was found on: a live account's bars, a paper account's, or a made-up market. Replays share nothing. */
export type SignalSource = 'live' | 'paper' | 'synthetic'

/** An entry that a bot has decided on and written down. */
export type DecidedEntry = Readonly<{
  at: EpochMs
  /** The market it is a view of: of an option, what it is on. undefined where nobody knows how it counts. */
  instrument: Instrument | undefined
  /** Which way of that market: who buys a put is a seller. undefined for shapes that have no side. */
  side: Side | undefined
  strategyId: string
  features: Readonly<Record<string, number>>
  /** 0..1 */
  confidence: number
}>

/** What others are told of an entry. No symbol few people trade, no price, no size, no money, no account, no user. */
export type SharedSignal = Readonly<{
  symbolClass: string
  side: Side
  strategy: string
  /** 0..1, in hundredths. */
  confidence: number
}>

/** A signal is news for so long; one that is older is kept to oneself, milliseconds. */
export const SIGNAL_FRESH_MS = 30_000
/** A clock may be set back a little between a decision and this look at it. */
const AHEAD_MS = 5_000

/**
 * The signal to share of an entry; undefined where there is none: the entry was not a strategy's setup (a person made it),
 * it is no news any more (history told again carries the times of then), or it has no side.
 *
 * @param isOwn the cloud is this computer's alone: there the user's own strategies may be named
 */
export function sharedSignalOf(entry: DecidedEntry, now: EpochMs, isOwn: boolean): SharedSignal | undefined {
  const { at, instrument, side, strategyId, features, confidence } = entry
  if (!instrument || side === undefined) return undefined
  if (now - at > SIGNAL_FRESH_MS || at - now > AHEAD_MS) return undefined
  if (!isOwn && !isBundledStrategy(strategyId)) return undefined
  if (!sharedFeatures(strategyId, features)) return undefined
  if (!(confidence >= 0 && confidence <= 1)) return undefined
  return {
    symbolClass: symbolClassOf(poolSymbolOf(instrument)),
    side,
    strategy: strategyId,
    confidence: Math.round(confidence * 100) / 100,
  }
}
