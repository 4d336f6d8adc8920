import type { TradingContext } from '../context/trading-context.ts'

/** What the licence allows now. It can stop new entries; it never touches exits, stops or cancels. */
export type LicenceVerdict =
  | Readonly<{ entries: 'allowed' }>
  | Readonly<{ entries: 'refused'; code: string; message: string; nextStep: string }>

/** Port to the licence: answers from what is on this machine, without waiting for anybody. */
export interface LicenceSource {
  verdict(context: TradingContext): LicenceVerdict
}

/** Paper trading on one's own machine needs no licence; live trading needs one that this machine has. */
export function licenceOf(mode: TradingContext['mode']): LicenceVerdict {
  return mode === 'paper' ? { entries: 'allowed' } : MISSING
}

const MISSING: LicenceVerdict = Object.freeze({
  entries: 'refused',
  code: 'licence-missing',
  message: 'Live trading needs a licence and none is stored on this machine.',
  nextStep: 'Trade this account in paper mode.',
})

/** The source of a machine without a licence. */
export const paperIsFree: LicenceSource = { verdict: ({ mode }) => licenceOf(mode) }
