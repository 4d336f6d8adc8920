import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStrategy, STRATEGIES, strategyById } from '../../../src/domain/strategy/index.ts'
import type { ParameterSpec, Strategy } from '../../../src/domain/strategy/strategy.ts'
import { areParameters, validateParameters } from '../../../src/domain/strategy/validate-parameters.ts'

const bounce = STRATEGIES['vwap-bounce']
const paramsOf = ({ parameters }: Strategy): readonly ParameterSpec[] => parameters

describe('the registry of strategies', () => {
  it('finds a strategy by its id', () => {
    const found = strategyById('vwap-bounce')
    expect(isStrategy(found) && found.id).toBe('vwap-bounce')
    for (const [id, strategy] of Object.entries(STRATEGIES)) expect(strategy.id).toBe(id)
  })

  it('refuses an unknown one and says which there are', () => {
    expect(strategyById('vwap-bonce')).toMatchObject({
      code: 'strategy-unknown',
      nextStep: 'Did you mean vwap-bounce?',
    })
    expect(strategyById('toString')).toMatchObject({
      code: 'strategy-unknown',
      nextStep: 'Choose one of: vwap-bounce, segment-options.',
    })
  })
})

describe('the parameters of a strategy', () => {
  it('are its defaults where nothing is given', () => {
    expect(validateParameters(bounce, {})).toEqual({
      bandSigma: 2,
      stopSigma: 3,
      rsiPeriod: 14,
      rsiLong: 35,
      volumeMeanBars: 20,
      atrPeriod: 14,
      atrStopMultiple: 1.5,
      minRewardRisk: 1,
      timeStopMinutes: 60,
      noEntryFirstMinutes: 15,
      noEntryLastMinutes: 30,
      flatBeforeCloseMinutes: 5,
      maxTradesPerDay: 5,
    })
  })

  it('each have a unit, a range around the default, and words for a form', () => {
    for (const spec of Object.values(STRATEGIES).flatMap(paramsOf)) {
      expect(spec.default).toBeGreaterThanOrEqual(spec.min)
      expect(spec.default).toBeLessThanOrEqual(spec.max)
      for (const text of [spec.unit, spec.label, spec.help]) expect(text).not.toBe('')
    }
  })

  it.each([
    ['bandSigma', 0.4, 'Give a number from 0.5 to 5 (σ); the default is 2.'],
    ['rsiPeriod', 14.5, 'Give a whole number from 2 to 200 (bars); the default is 14.'],
    ['rsiLong', Number.NaN, 'Give a number from 1 to 49 (RSI points); the default is 35.'],
    ['timeStopMinutes', '60', 'Give a whole number from 1 to 1440 (minutes); the default is 60.'],
    ['maxTradesPerDay', Infinity, 'Give a whole number from 1 to 100 (trades); the default is 5.'],
  ])('refuse %s = %s with unit and range', (name, value, nextStep) => {
    const refused = validateParameters(bounce, { [name]: value })
    expect(refused).toMatchObject({ code: 'setting-invalid', nextStep })
    expect(refused).toHaveProperty('message', expect.stringContaining(name))
  })

  it('refuse an unknown name and suggest the nearest', () => {
    expect(validateParameters(bounce, { bandsigma: 2 })).toMatchObject({
      code: 'setting-invalid',
      nextStep: 'Did you mean bandSigma?',
    })
    expect(validateParameters(bounce, { leverage: 2 })).toMatchObject({ nextStep: expect.stringContaining('rsiLong') })
    expect(validateParameters(bounce, JSON.parse('{"__proto__": 1}'))).toMatchObject({ code: 'setting-invalid' })
  })

  it('are documented with the same defaults and ranges', () => {
    const page = readFileSync(new URL('../../../docs/strategies.md', import.meta.url), 'utf8')
    for (const { name, unit, default: usual, min, max } of Object.values(STRATEGIES).flatMap(paramsOf)) {
      expect(page).toContain(`| \`${name}\` | ${unit} | ${usual} | ${min}–${max} |`)
    }
  })

  it('take every value inside their ranges', () => {
    const values = fc.record(
      Object.fromEntries(
        bounce.parameters.map(({ name, kind, min, max }) => [
          name,
          kind === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }),
        ]),
      ),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(values, (given) => {
        const found = validateParameters(bounce, given)
        expect(areParameters(found as Record<string, number>)).toBe(true)
        expect(found).toMatchObject(given)
      }),
      { numRuns: 100, seed: 2 },
    )
  })
})
