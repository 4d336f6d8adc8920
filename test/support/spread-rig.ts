import { assessShape } from '../../src/domain/options/assess-shape.ts'
import type { ListedOption } from '../../src/domain/options/option-market.ts'
import type { OptionPricing } from '../../src/domain/options/pricing-port.ts'
import { lots, ticks } from '../../src/domain/units/units.ts'
import { RIG_INSTRUMENT } from './bot-rig.ts'
import { PLAIN } from './scripted-broker.ts'
import { tempHome } from './temp-home.ts'
import { openTradeRig, SYMBOL, type TradeRig, type TradeRigOptions } from './trade-rig.ts'

/** What a spread of two calls buys and sells; the underlying is at 4000. */
export const [BOUGHT, SOLD] = ['TEST C4000', 'TEST C4025'] as const

const CALLS: readonly ListedOption[] = [4000, 4025].map((strike) => ({
  ...RIG_INSTRUMENT,
  ...{ symbol: `TEST C${strike}`, kind: 'option' as const, name: 'option' },
  option: {
    ...{ underlying: SYMBOL, type: 'call' as const, style: 'american' as const, strike: String(strike) },
    ...{ expiry: '2030-06-21', settlement: 'cash' as const },
  },
}))
const pricing: OptionPricing = {
  price: () => Promise.reject(new Error('not asked')),
  impliedVolatility: () => Promise.reject(new Error('not asked')),
  checkShape: (question) => Promise.resolve({ ok: true, value: assessShape(question) }),
}

/** Two units of it. */
export const spread = {
  ...({ kind: 'vertical-spread', type: 'call', underlying: SYMBOL, expiry: { nth: 0 }, quantity: lots(2) } as const),
  ...{ buy: { price: '4000' }, sell: { price: '4025' } },
} as const

/** An account that trades both calls at a broker that takes orders one by one. */
export function openSpreadRig(options: Partial<TradeRigOptions> = {}): TradeRig {
  const quote = () => ({ bid: ticks(38), ask: ticks(42), markPx: ticks(40) })
  return openTradeRig({ home: tempHome(), capabilities: PLAIN, options: CALLS, quote, pricing, ...options })
}
