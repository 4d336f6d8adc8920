import { describe, expect, it } from 'vitest'
import { tradeWordOrder } from '../../../src/apps/cli/declare/trade-commands.ts'
import { TRADE_FORMS, type TradeOptions } from '../../../src/apps/cli/declare/trade-forms.ts'
import { TradeRequest } from '../../../src/contracts/trade-request.ts'

const WORDS: Readonly<Record<string, string>> = {
  ...{ symbol: 'ESZ5', underlying: 'ESZ5', with: 'NQZ5', quantity: '2', side: 'sell', percent: '50', order: 'abc' },
  ...{ stop: '4990', target: '5010.25', limit: '5000.50' },
}
const OPTIONS: TradeOptions = {
  ...{ expiry: '0', far: '2030-01-18', strike: 'atm', type: 'call', side: 'buy', buy: 'itm1', sell: 'otm2' },
  ...{ putBuy: '4900', putSell: '4950', callSell: '5050', callBuy: '5100', lower: '1', middle: '2', upper: '3' },
  ...{ put: 'otm', call: 'otm3', amount: '2.50' },
}
const formOf = (kind: string) => TRADE_FORMS.find((form) => form.kind === kind)!
const read = (kind: string, options: TradeOptions = OPTIONS) => {
  const form = formOf(kind)
  return form.read(
    form.words.map((word) => WORDS[word] ?? ''),
    options,
  )
}

describe('slipway trade', () => {
  it('has one form for each thing that can be asked', () => {
    const asked = TradeRequest.options.map((option) => option.shape.kind.value)
    expect(TRADE_FORMS.map(({ kind }) => kind).toSorted()).toEqual(asked.toSorted())
  })

  it.each(TRADE_FORMS.map(({ kind }) => kind))('writes %s as a bot reads it', (kind) => {
    expect(TradeRequest.safeParse(read(kind)).error).toBeUndefined()
  })

  it('reads expiries and strikes as people say them', () => {
    expect(read('vertical-spread')).toMatchObject({
      ...{ expiry: { nth: 0 }, buy: { itmOffset: 1 }, sell: { itmOffset: -2 } },
    })
    expect(read('strangle')).toMatchObject({ put: { itmOffset: -1 }, call: { itmOffset: -3 } })
    expect(read('calendar-spread')).toMatchObject({ far: { date: '2030-01-18' }, strike: { itmOffset: 0 } })
    expect(read('iron-condor')).toMatchObject({ putBuy: { price: '4900' } })
  })

  it('lets the account come before the command', () => {
    expect(tradeWordOrder(['trade', 'acc', 'buy', 'ESZ5', '2'])).toEqual(['trade', 'buy', 'acc', 'ESZ5', '2'])
    expect(tradeWordOrder(['trade', 'buy', 'acc', 'ESZ5', '2'])).toEqual(['trade', 'buy', 'acc', 'ESZ5', '2'])
    expect(tradeWordOrder(['trade', 'buy', 'sell', 'ESZ5', '2'])).toEqual(['trade', 'buy', 'sell', 'ESZ5', '2'])
    expect(tradeWordOrder(['trade', '--help'])).toEqual(['trade', '--help'])
    expect(tradeWordOrder(['orders', 'acc'])).toEqual(['orders', 'acc'])
  })

  it('refuses what is no number before anybody is asked', () => {
    const form = formOf('buy')
    expect(() => form.read(['ESZ5', 'two'], {})).toThrow('quantity two is no number.')
    expect(() => form.read(['ESZ5', '1.5'], {})).toThrow('quantity 1.5 is no whole number of lots.')
  })
})
