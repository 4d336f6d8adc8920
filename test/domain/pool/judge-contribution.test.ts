import { describe, expect, it } from 'vitest'
import { judgeContribution, type Contribution } from '../../../src/domain/pool/judge-contribution.ts'
import { contributorWeight, EMBEDDED_POOL, HOSTED_POOL } from '../../../src/domain/pool/pool-settings.ts'

type Over = Partial<Contribution> & Partial<Contribution['outcome']>

const contribution = ({ r = 1, mfe, mae, exit = 'signal', bars = 10, ...over }: Over = {}): Contribution => ({
  source: 'paper',
  timeframe: '1m',
  day: '2026-11-20',
  features: { riskTicks: 20 },
  outcome: { r, mfe, mae, exit, bars },
  ...over,
})
const judge = (over: Over = {}, about: { givenToday?: number; range?: number } = {}, settings = HOSTED_POOL) =>
  judgeContribution(settings, contribution(over), { today: '2026-11-21', givenToday: 0, ...about })

describe('a contribution', () => {
  it('counts when it is plausible', () => {
    expect(judge({ mfe: 1.2, mae: -0.3 })).toBe('used')
    expect(judge({ source: 'live' })).toBe('used')
  })

  it('of history told again counts nowhere, of made-up prices on one’s own machine only', () => {
    expect(judge({ source: 'replay' }, {}, EMBEDDED_POOL)).toBe('source')
    expect(judge({ source: 'synthetic' })).toBe('source')
    expect(judge({ source: 'synthetic' }, {}, EMBEDDED_POOL)).toBe('used')
  })

  it.each<[string, Over]>([
    ['ended better than it ever was', { r: 2, mfe: 1 }],
    ['ended worse than it ever was, and not by its stop', { r: -2, mae: -1 }],
    ['reached its target and lost', { r: -1, exit: 'target' }],
  ])('that %s is held', (_, over) => expect(judge(over)).toBe('held-outcome'))

  it('that slipped through its stop counts', () => expect(judge({ r: -1.6, mae: -1, exit: 'stop' })).toBe('used'))

  it('of a day that has not come, or is long past, is held', () => {
    expect(judge({ day: '2026-11-22' })).toBe('used')
    expect(judge({ day: '2026-11-23' })).toBe('held-day')
    expect(judge({ day: '2026-10-08' })).toBe('used')
    expect(judge({ day: '2026-10-06' })).toBe('held-day')
  })

  it('that went farther than its market did that day is held, where the market is known', () => {
    expect(judge({ r: 5 }, { range: 100 })).toBe('used')
    expect(judge({ r: 6 }, { range: 100 })).toBe('held-range')
    expect(judge({ r: -6, exit: 'stop' }, { range: 100 })).toBe('held-range')
    expect(judge({ r: 6 })).toBe('used')
    expect(judge({ r: 6, features: { rsi: 20 } }, { range: 100 })).toBe('used')
    expect(judge({ r: 6, bars: 2_000 }, { range: 100 })).toBe('used')
  })

  it('beyond a day’s share of one contributor is kept and does not count', () => {
    expect(judge({}, { givenToday: 99 })).toBe('used')
    expect(judge({}, { givenToday: 100 })).toBe('capped')
    expect(judge({}, { givenToday: 1e6 }, EMBEDDED_POOL)).toBe('used')
  })

  it('weighs by who vouches for it', () => {
    const licence = (ageDays: number) => contributorWeight(HOSTED_POOL, { kind: 'licence', ageDays })
    expect([licence(-1), licence(0), licence(45), licence(90), licence(900)]).toEqual([0.25, 0.25, 0.625, 1, 1])
    expect(contributorWeight(HOSTED_POOL, { kind: 'user' })).toBe(0.02)
    expect(contributorWeight(EMBEDDED_POOL, { kind: 'user' })).toBe(1)
  })
})
