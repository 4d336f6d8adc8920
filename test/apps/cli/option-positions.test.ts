import { describe, expect, it } from 'vitest'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { tempHome } from '../../support/temp-home.ts'

const option = (...args: string[]) => slipway(tempHome(), ['option', ...args])

describe('option iv', () => {
  const terms = ['--strike', '100', '--years', '1', '--rate', '0.05']

  it('answers with the volatility that gives the price back', async () => {
    // QuantLib's price at a volatility of 20 %.
    const price = ['--price', '9.227005508154036', '--dividend', '0.02']
    const run = await option('iv', '--type', 'call', '--spot', '100', ...price, ...terms, '--json')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(answerOf<{ volatility: number }>(run).volatility).toBeCloseTo(0.2, 13)
    const forPeople = await option('iv', '--type', 'call', '--spot', '100', ...price, ...terms)
    expect(forPeople.stdout).toMatch(/^20 % a year \(/)
  })

  it.each([
    [
      'below what it is worth at least',
      ['--price', '1', '--spot', '120'],
      'The option is always worth more than 24.87',
    ],
    [
      'above what it is worth at most',
      ['--price', '101', '--spot', '100'],
      'The option is always worth less than 100.',
    ],
    ['at expiry', ['--price', '1', '--spot', '100', '--years', '0'], 'has the same price at every volatility'],
  ])('refuses a price %s', async (_, args, message) => {
    const run = await option('iv', '--type', 'call', ...terms, ...args, '--json')
    expect(run.code).toBe(2)
    expect(refusalOf(run)).toMatchObject({ code: 'setting-invalid', message: expect.stringContaining(message) })
  })
})

describe('option chain', () => {
  it('lists the calls and puts around the money of one expiry, and every expiry', async () => {
    const args = ['NIFTY', '--spot', '21724', '--at', '2024-01-10', '--strikes', '1']
    const run = await option('chain', ...args, '--json')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const answer = answerOf<Record<string, unknown> & { contracts: { symbol: string }[] }>(run)
    expect(answer).toMatchObject({
      underlying: 'NIFTY',
      at: '2024-01-09T18:30:00Z',
      currency: 'INR',
      expiry: { date: '2024-01-11', cycle: 'weekly', certain: true },
    })
    expect(answer.expiries).toHaveLength(9)
    expect(answer.contracts.map(({ symbol }) => symbol)).toEqual([
      'NIFTY2411121650CE',
      'NIFTY2411121650PE',
      'NIFTY2411121700CE',
      'NIFTY2411121700PE',
      'NIFTY2411121750CE',
      'NIFTY2411121750PE',
    ])
    expect(answer.contracts[2]).toEqual({
      symbol: 'NIFTY2411121700CE',
      type: 'call',
      strike: '21700',
      expiry: '2024-01-11',
      style: 'european',
      settlement: 'cash',
      lotSize: '50',
      tick: '0.05',
      tickValue: '2.50',
    })
    const forPeople = await option('chain', ...args)
    expect(forPeople.stdout).toMatch(/^NIFTY at 21724, .*2024-01-11 weekly/)
    expect(forPeople.stdout.trimEnd().split('\n')).toHaveLength(8)
  })

  it('takes an expiry by its place or its date, and says where the holidays are not known', async () => {
    const args = ['NIFTY', '--spot', '26000', '--at', '2026-12-20T05:00:00Z', '--strikes', '0', '--json']
    const first = answerOf<{ expiry: { date: string } }>(await option('chain', ...args, '--expiry', '1'))
    expect(first.expiry.date).toBe('2026-12-29')
    const later = await option('chain', ...args, '--expiry', '2027-01-05')
    expect(answerOf(later)).toMatchObject({ expiry: { date: '2027-01-05', certain: false } })
    expect(later.stderr).toContain('2027-01-05')
  })

  it.each([
    ['trade-invalid', ['BTC-PERP', '--spot', '1'], 'We know of no options on BTC-PERP.'],
    ['symbol-unknown', ['NIFTTY', '--spot', '1'], '"NIFTTY" is no instrument we know.'],
    [
      'trade-invalid',
      ['NIFTY', '--spot', '9', '--at', '2024-01-10', '--expiry', '2024-01-12'],
      'No options on NIFTY expire',
    ],
    ['bad-usage', ['NIFTY', '--spot', '9', '--expiry', 'next'], '"next" is no value for --expiry.'],
    ['bad-usage', ['NIFTY', '--spot', '-9'], 'must be above 0'],
    ['bad-usage', ['NIFTY', '--spot', '9', '--at', '2024-02-31'], '"2024-02-31" is no time for --at.'],
    ['bad-usage', ['NIFTY', '--spot', '9', '--strikes', '999'], '"999" is no value for --strikes.'],
    ['bad-usage', ['NIFTY'], "Required option '--spot <price>' not specified."],
  ])('refuses with %s what it is given as %j', async (code, args, message) => {
    const run = await option('chain', ...args, '--json')
    expect(run.code).toBe(2)
    expect(refusalOf(run)).toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

describe('option payoff', () => {
  it('tells what a spread makes, in the units it is given in', async () => {
    const run = await option('payoff', '--leg', 'buy:1:call:21700:120', '--leg', 'sell:1:call:21800:70', '--json')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(answerOf(run)).toEqual({
      shape: 'vertical-spread',
      underlying: null,
      currency: null,
      lotSize: '1',
      netPremium: '50.00',
      maxProfit: { kind: 'exact', amount: '50.00' },
      maxLoss: { kind: 'exact', amount: '50.00' },
      breakEvens: ['21750.00'],
      margin: { amount: '50.00', rule: 'max-loss' },
      points: [
        { price: '0.00', amount: '-50.00' },
        { price: '21700.00', amount: '-50.00' },
        { price: '21800.00', amount: '50.00' },
        { price: '27250.00', amount: '50.00' },
      ],
    })
  })

  it('counts in the lots and the money of an underlying', async () => {
    const legs = ['--leg', 'sell:1:call:21900:45', '--leg', 'sell:1:put:21500:50']
    const run = await option('payoff', '--underlying', 'NIFTY', '--expiry', '2024-01-25', ...legs, '--json')
    const answer = answerOf<{ margin: unknown }>(run)
    expect(answer).toMatchObject({
      shape: 'strangle',
      currency: 'INR',
      lotSize: '50',
      netPremium: '-4750.00',
      maxLoss: { kind: 'unbounded', amount: null },
      margin: null,
    })
    const withSpot = await option(
      'payoff',
      '--underlying',
      'NIFTY',
      '--expiry',
      '2024-01-25',
      '--spot',
      '21700',
      ...legs,
    )
    expect(withSpot.stdout).toMatch(/\nmost lost +no limit\n/)
    expect(withSpot.stdout).toMatch(/\nmargin +157500\.00 INR \(naked-short\)\n/)
  })

  it('values a calendar spread at its first expiry, with a volatility', async () => {
    const legs = ['--leg', 'sell:1:call:21700:120:2024-01-25', '--leg', 'buy:1:call:21700:330:2024-02-29']
    const args = ['payoff', '--underlying', 'NIFTY', ...legs, '--json']
    const run = await option(...args, '--vol', '0.14')
    expect(answerOf(run)).toMatchObject({
      shape: 'calendar-spread',
      maxLoss: { kind: 'estimate', amount: '10500.00' },
      margin: { amount: '10500.00', rule: 'max-loss' },
    })
    const without = await option(...args)
    expect([without.code, refusalOf(without).code]).toEqual([2, 'trade-invalid'])
  })

  it.each([
    [[], 'at least one leg'],
    [['--leg', 'buy:1:call:21700'], 'is no leg'],
    [['--leg', 'hold:1:call:21700:1'], '"hold" is no value'],
    [['--leg', 'buy:0:call:21700:1'], '"0" is no value'],
    [['--leg', 'buy:1:future:21700:1'], '"future" is no value'],
    [['--leg', 'buy:1:call:0:1'], '"0" is no strike'],
    [['--leg', 'buy:1:call:21700:-1'], '"-1" is no premium'],
    [['--leg', 'buy:1:call:21700:1.234'], '"1.234" is no premium'],
    [['--underlying', 'NIFTY', '--expiry', '2024-01-25', '--leg', 'buy:1:call:21700:1.01'], '"1.01" is no premium'],
    [['--leg', 'buy:1:call:21700:1:2024-02-30'], 'no date of expiry'],
  ])('refuses %j', async (args, message) => {
    const run = await option('payoff', ...args, '--json')
    expect(run.code).toBe(2)
    expect(refusalOf(run).message).toContain(message)
  })
})

describe('an option', () => {
  it('has no made-up bars and no account of its own: its underlying has', async () => {
    const home = tempHome()
    const generated = await slipway(home, [
      'data',
      'generate',
      '--symbol',
      'NIFTY24JAN21700CE',
      '--days',
      '1',
      '--seed',
      '1',
      '--json',
    ])
    expect(refusalOf(generated)).toMatchObject({
      code: 'setting-invalid',
      nextStep: expect.stringContaining('Generate NIFTY'),
    })
    const added = await slipway(home, [
      'account',
      'add',
      'a',
      '--user',
      'u',
      '--symbol',
      'SPY240119C00475000',
      '--json',
    ])
    expect(added.code).toBe(2)
    expect(refusalOf(added)).toMatchObject({ code: 'setting-invalid', nextStep: expect.stringContaining('Choose SPY') })
  })
})
