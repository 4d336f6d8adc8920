import { NEUTRAL_CONFIDENCE, type Confidence } from './confidence.ts'

/** What an account lets the pool do to its entries. */
export type ConfidenceUse = 'shrink' | 'veto'

/** What the pool answered, as far as it matters here. Nothing of it is believed beyond its bounds. */
export type PoolWord = Readonly<{
  /** 0..1 */
  confidence: number
  shouldTrade: boolean
  /** Confidence from which a setup is worth trading, 0..1. */
  threshold: number
  sampleSize: number
  reason: string
}>

/**
 * What an answer may do to a decision: with `shrink` a setup that is not worth trading is traded in proportion to what its
 * confidence lacks, with `veto` it is not traded. Whatever is answered, the size is never multiplied by more than 1 nor
 * less than 0, and the side is not even asked for.
 */
export function boundConfidence(word: PoolWord, use: ConfidenceUse): Confidence {
  const { shouldTrade, sampleSize, reason } = word
  const value = share(word.confidence)
  const lacking = word.threshold > 0 ? share(word.confidence / word.threshold) : 1
  const said = { value, sampleSize, reason }
  if (use === 'veto') return { ...said, shouldTrade, sizeFactor: 1 }
  return { ...said, shouldTrade: true, sizeFactor: shouldTrade ? 1 : Math.floor(lacking * 100) / 100 }
}

/** Neither for nor against, with why nobody was heard. */
export function neutralBecause(why: string): Confidence {
  return { ...NEUTRAL_CONFIDENCE, reason: `neutral: ${why}` }
}

/** What is no number says nothing: neutral. */
function share(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : NEUTRAL_CONFIDENCE.value
}
