import { getConfidence } from '../../contracts/cloud/pool.ts'
import { boundConfidence, neutralBecause, type ConfidenceUse } from '../../domain/confidence/bound-confidence.ts'
import type { Confidence, ConfidenceQuery, ConfidenceSource } from '../../domain/confidence/confidence.ts'
import type { TradingContext } from '../../domain/context/trading-context.ts'
import { takenName, whyNotTold } from '../../domain/experience/feature-name.ts'
import { poolSymbolOf } from '../../domain/experience/pool-symbol.ts'
import { isBundledStrategy, sharedFeatures } from '../../domain/experience/shared-features.ts'
import { afterFailure, CLOSED, restMs, type CircuitRules } from '../../domain/failure/circuit.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { CloudAsk, CloudTrouble } from './ask.ts'
import { plainText } from './judge-reply.ts'

/** All of a question, inside a bar, milliseconds. */
export const CONFIDENCE_BUDGET_MS = 150

/**
 * Answers that come too late cost a bar its budget each time, and say nothing of whether the cloud is up: after a few in a
 * row it is not asked for a while.
 */
const LATE: CircuitRules = { opensAfter: 3, backoffMs: [0], openMs: 60_000 }

export type CloudConfidenceParts = Readonly<{
  ask: CloudAsk
  use: ConfidenceUse
  instrumentOf: (symbol: string) => Instrument | undefined
  /** The account's lease, where it has one. */
  lease?: () => string | undefined
  /** The cloud is this installation's own: what the user wrote may be compared there too. */
  isOwn: boolean
  /** All of a question, milliseconds. */
  budgetMs?: number
  /** Milliseconds of a clock that is never set. */
  monotonic?: () => number
}>

/** The pool of the cloud. Never throws, never takes longer than its budget; on any failure neutral, with why. */
export function cloudConfidence(parts: CloudConfidenceParts): ConfidenceSource {
  const { use, budgetMs = CONFIDENCE_BUDGET_MS, monotonic = () => performance.now() } = parts
  let late = CLOSED

  async function answer(context: TradingContext, query: ConfidenceQuery, signal: AbortSignal): Promise<Confidence> {
    const { signature, userId } = context
    const instrument = parts.instrumentOf(query.symbol)
    if (!instrument) return neutralBecause(`nobody knows how ${query.symbol} counts`)
    if (!parts.isOwn && !isBundledStrategy(signature))
      return neutralBecause("features of one's own strategy stay on this computer")
    const taken = isBundledStrategy(signature) ? undefined : takenName(query.features)
    if (taken !== undefined) return neutralBecause(whyNotTold(taken))
    const features = sharedFeatures(signature, query.features)
    if (!features) return neutralBecause('the setup has nothing that could be compared')
    const rest = restMs(late, monotonic())
    if (rest > 0) return neutralBecause(`the cloud was too slow; asked again in ${Math.ceil(rest / 1_000)} s`)
    const asked = await parts.ask(
      getConfidence,
      {
        ...{ user_id: userId, symbol: poolSymbolOf(instrument), side: query.side, features, kind: 'signal' as const },
        strategy: signature,
      },
      { budgetMs, signal, lease: parts.lease?.() },
    )
    if (asked.kind === 'failed') {
      if (asked.failure.kind === 'cancelled' && !signal.aborted) late = afterFailure(late, monotonic(), LATE)
      return neutralBecause(sentence(asked.failure))
    }
    late = CLOSED
    const { confidence, should_trade: shouldTrade, threshold, sample_size: sampleSize, reason } = asked.value
    return boundConfidence({ confidence, shouldTrade, threshold, sampleSize, reason: plainText(reason) }, use)
  }

  return {
    async ask(context, query, cancel) {
      const left = new AbortController()
      const leave = () => left.abort()
      cancel.addEventListener('abort', leave, { once: true })
      try {
        if (cancel.aborted) leave()
        return await answer(context, query, left.signal)
      } catch (error) {
        return neutralBecause(error instanceof Error ? error.message : String(error))
      } finally {
        cancel.removeEventListener('abort', leave)
      }
    },
  }
}

const sentence = ({ message }: CloudTrouble) => message.replace(/\.$/, '').replace(/^The cloud/, 'the cloud')
