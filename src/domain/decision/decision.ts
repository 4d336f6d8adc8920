import type { Side } from '../order/order.ts'
import type { EpochMs, Lots, Ticks } from '../units/units.ts'

/** Why something was decided: a stable code and a sentence with the numbers in it. */
export type Reason = Readonly<{ code: string; text: string }>

/** Code of the reason that says how many of the lots asked for were ordered, where limits left fewer. */
export const SIZE_CUT = 'size-cut'

/** What a hold leaves undone, as in "no sell of ES". It says nothing of what the account has. */
export function tradeText({ side, symbol }: Readonly<{ side: Side | undefined | null; symbol: string }>): string {
  return `${side ?? 'trade'} of ${symbol}`
}

/** What we did about a signal, HOLD included, with every reason. */
export type Decision = Readonly<{
  decisionId: string
  at: EpochMs
  barTime: EpochMs
  symbol: string
  action: 'enter' | 'exit' | 'hold'
  side: Side | undefined
  quantity: Lots
  price: Ticks
  confidence: number
  reasons: readonly Reason[]
  features: Readonly<Record<string, number>>
}>
