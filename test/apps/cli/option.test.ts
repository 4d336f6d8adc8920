import { describe, expect, it } from 'vitest'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { tempHome } from '../../support/temp-home.ts'

const TERMS = ['--strike', '100', '--years', '1', '--rate', '0.05', '--vol', '0.2']
const price = (...args: string[]) => slipway(tempHome(), ['option', 'price', ...args])

describe('option price', () => {
  it('answers with price and Greeks, and nothing else', async () => {
    const run = await price('--type', 'call', '--spot', '100', '--dividend', '0.02', ...TERMS, '--json')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const answer = answerOf<Record<string, number>>(run)
    expect(Object.keys(answer)).toEqual(['price', 'delta', 'gamma', 'vega', 'theta', 'rho'])
    // QuantLib 1.29, AnalyticEuropeanEngine.
    expect(answer.price).toBeCloseTo(9.227005508154036, 10)
    expect(answer.delta).toBeCloseTo(0.586851146134764, 10)
    expect(answer.gamma).toBeCloseTo(0.018950578755008718, 10)
    expect(answer.vega).toBeCloseTo(37.901157510017434, 10)
    expect(answer.theta).toBeCloseTo(-5.0893189139983335, 10)
    expect(answer.rho).toBeCloseTo(49.45810910532236, 10)
  })

  it('shows people a table with units', async () => {
    const run = await price('--type', 'put', '--spot', '100', ...TERMS)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toMatch(/^FIGURE +VALUE {2}UNIT\nprice +5\.573526022 {2}in the unit of the strike\n/)
    expect(run.stdout).toMatch(/\ntheta +-1\.657880424 {2}price per year that passes\n/)
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(7)
  })

  it('prices American options', async () => {
    const terms = ['--type', 'put', '--spot', '100', ...TERMS, '--json']
    const early = answerOf<{ price: number }>(await price(...terms, '--style', 'american'))
    expect(early.price).toBeGreaterThan(answerOf<{ price: number }>(await price(...terms)).price + 0.5)
  })

  it('prices options on a forward, where the rate only discounts', async () => {
    const run = await price('--type', 'call', '--model', 'black76', '--forward', '100', ...TERMS, '--json')
    const { price: worth, rho } = answerOf<{ price: number; rho: number }>(run)
    expect(worth).toBeCloseTo(Math.exp(-0.05) * 7.965567455405804, 10)
    expect(rho).toBeCloseTo(-worth, 12)
  })

  it('takes negative rates', async () => {
    const run = await price('--type', 'call', '--spot', '100', ...TERMS.with(5, '-0.01'), '--json')
    expect(run.code).toBe(0)
    expect(answerOf<{ price: number }>(run).price).toBeGreaterThan(0)
  })

  it.each([
    ['bad-usage', ['--type', 'straddle', '--spot', '100', ...TERMS], '"straddle" is no value for --type.'],
    ['bad-usage', ['--type', 'put', '--spot', 'a lot', ...TERMS], '"a lot" is no value for --spot.'],
    ['bad-usage', ['--type', 'put', '--spot', '0x10', ...TERMS], '"0x10" is no value for --spot.'],
    ['bad-usage', ['--type', 'put', '--spot', '1e999', ...TERMS], '"1e999" is no value for --spot.'],
    ['bad-usage', ['--type', 'put', ...TERMS], 'The model bsm needs --spot.'],
    ['bad-usage', ['--type', 'put', '--forward', '9', ...TERMS], 'The model bsm has no --forward.'],
    ['bad-usage', ['--type', 'put', '--model', 'black76', ...TERMS], 'The model black76 needs --forward.'],
    [
      'bad-usage',
      ['--type', 'put', '--model', 'black76', '--forward', '9', '--dividend', '0', ...TERMS],
      'The model black76 has no --dividend.',
    ],
    ['bad-usage', ['--type', 'put', '--spot', '9', '--style', 'asian', ...TERMS], '"asian" is no value for --style.'],
    ['bad-usage', ['--spot', '9', ...TERMS], "Required option '--type <type>' not specified."],
    ['setting-invalid', ['--type', 'put', '--spot', '0', ...TERMS], 'The spot of an option cannot be 0.'],
    [
      'setting-invalid',
      ['--type', 'put', '--spot', '9', ...TERMS.with(7, '20')],
      'The volatility of an option cannot be 20.',
    ],
    [
      'setting-invalid',
      ['--type', 'put', '--spot', '9', '--style', 'american', '--dividend', '-0.2', ...TERMS.with(5, '-0.1')],
      'An American put cannot be priced while dividend is below rate and rate is below 0.',
    ],
  ])('refuses with %s what it is given as %j', async (code, args, message) => {
    const run = await price(...args, '--json')
    expect(run.code).toBe(2)
    const refusal = refusalOf(run)
    expect(refusal).toMatchObject({ code, message })
    expect(refusal.nextStep).not.toBe('')
  })
})
