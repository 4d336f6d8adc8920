import { describe, expect, it } from 'vitest'
import { isTradeRefusal, tradeCommandOf, type TradeTerms } from '../../src/contracts/trade-command-of.ts'
import { RIG_INSTRUMENT } from '../support/bot-rig.ts'

const symbol = RIG_INSTRUMENT.symbol
const terms: TradeTerms = {
  accountId: 'A1',
  instrumentOf: (name) => (name === symbol ? RIG_INSTRUMENT : undefined),
  optionOn: (name) => (name === symbol ? RIG_INSTRUMENT : undefined),
  symbolOfOrder: (id) => (id === 'known' ? symbol : undefined),
  currency: RIG_INSTRUMENT.currency,
}
const read = (given: unknown) => tradeCommandOf(given, terms)
const said = (given: unknown) => {
  const result = read(given)
  return isTradeRefusal(result) ? `${result.code}: ${result.message}` : 'taken'
}

describe('a request as a person writes it', () => {
  it('becomes the command it means, prices counted in ticks', () => {
    expect(read({ kind: 'buy', symbol, quantity: 2, limitPrice: '4000.25' })).toEqual({
      ...{ kind: 'buy', symbol, quantity: 2, limitPx: 16_001 },
    })
    expect(read({ kind: 'trailing-stop', symbol, trailAmount: '2.50' })).toEqual({
      ...{ kind: 'trailing-stop', symbol, trail: { by: 'amount', ticks: 10 } },
    })
    expect(read({ kind: 'trailing-stop', symbol, trailPercent: 1.5 })).toMatchObject({ trail: { bps: 150 } })
    expect(read({ kind: 'modify-order', clientOrderId: 'known', stopPrice: '3999.75', quantity: 3 })).toEqual({
      ...{ kind: 'modify-order', clientOrderId: 'known', change: { quantity: 3, stopPx: 15_999 } },
    })
    const spread = { underlying: symbol, expiry: { nth: 0 }, quantity: 1, side: 'sell', strike: { itmOffset: 0 } }
    expect(read({ kind: 'straddle', ...spread, netLimit: '-120.50' })).toMatchObject({ netLimitMinor: -12_050 })
  })

  it('is refused with the field, its value and what is possible', () => {
    expect(said({ kind: 'buy', symbol, quantity: 2, limitPrice: '4000.10' })).toBe(
      'trade-invalid: limit price 4000.10 is not a price of TESTZ9: it must be above 0 and a multiple of 0.25, for example 4000.00.',
    )
    expect(said({ kind: 'buy', symbol, quantity: 0 })).toMatch(/^trade-invalid: quantity 0 is not possible: .*1/)
    expect(said({ kind: 'buy', symbol, quantity: 1e9 })).toMatch(/quantity 1000000000/)
    expect(said({ kind: 'buy', symbol: 'NOPE', quantity: 1, limitPrice: '1' })).toMatch(/^symbol-unknown: symbol NOPE/)
    expect(said({ kind: 'reduce-position', symbol, percent: 101 })).toMatch(/percent 101/)
    expect(said({ kind: 'trailing-stop', symbol })).toMatch(/needs a distance/)
    expect(said({ kind: 'modify-order', clientOrderId: 'nope', quantity: 1 })).toMatch(/^order-not-found/)
    const straddle = { kind: 'straddle', underlying: symbol, expiry: { nth: 0 }, quantity: 1, side: 'buy' }
    expect(said({ ...straddle, strike: { itmOffset: 0 }, netLimit: '1.234' })).toMatch(/net limit 1.234/)
  })

  it('never carries whose account it is for', () => {
    expect(said({ kind: 'flatten', accountId: 'other' })).toMatch(/^trade-invalid/)
  })

  it.each([null, 'buy', 42, [], {}, { kind: 'steal' }, { kind: 'buy', symbol, quantity: '2' }])(
    'is refused in words when it is %j',
    (given) => {
      expect(said(given)).toMatch(/^trade-invalid: /)
    },
  )
})
