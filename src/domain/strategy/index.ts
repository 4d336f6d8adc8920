import { nearestNames } from '../failure/nearest-names.ts'
import { refusal, type Refusal } from '../failure/refusal.ts'
import { segmentOptions } from './segment-options/segment-options.ts'
import type { Strategy } from './strategy.ts'
import { vwapBounce } from './vwap-bounce/vwap-bounce.ts'

/** Every strategy a bot can run. Adding one is a folder and a line here. */
export const STRATEGIES = {
  'vwap-bounce': vwapBounce,
  'segment-options': segmentOptions,
} as const satisfies Record<string, Strategy>

/** @returns the strategy, or the refusal `strategy-unknown` with those there are */
export function strategyById(id: string): Strategy | Refusal {
  if (Object.hasOwn(STRATEGIES, id)) return STRATEGIES[id as keyof typeof STRATEGIES]
  const known = Object.keys(STRATEGIES)
  const near = nearestNames(id, known, 1)[0]
  return refusal(
    'strategy-unknown',
    `${JSON.stringify(id)} is no strategy we know.`,
    near ? `Did you mean ${near}?` : `Choose one of: ${known.join(', ')}.`,
  )
}

export function isStrategy(found: Strategy | Refusal): found is Strategy {
  return 'open' in found
}
