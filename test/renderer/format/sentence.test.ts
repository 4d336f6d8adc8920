import { describe, expect, it } from 'vitest'
import { sentence, settingWords } from '../../../renderer/format/sentence.ts'

describe('a text that stands by itself', () => {
  it('begins with a capital and ends with a stop, and with one only', () => {
    expect(sentence('99 lots wanted, at most 10 an order')).toBe('99 lots wanted, at most 10 an order.')
    expect(sentence('it is over.')).toBe('It is over.')
    expect(sentence('features.hash: too big')).toBe('features.hash: too big.')
  })

  it('is a name of a setting in words', () => {
    expect(settingWords('risk.maxDailyLoss')).toBe('Max daily loss')
    expect(settingWords('riskPerTradeBps')).toBe('Risk per trade')
  })
})
