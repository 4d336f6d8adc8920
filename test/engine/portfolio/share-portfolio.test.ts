import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountExposure, Uses } from '../../../src/domain/risk/portfolio/exposure.ts'
import {
  isNewer,
  NO_PORTFOLIO_LIMITS,
  type PortfolioShare,
} from '../../../src/domain/risk/portfolio/portfolio-share.ts'
import { epochMs, minorUnits } from '../../../src/domain/units/units.ts'
import { shareUserPortfolio, type UserPortfolio } from '../../../src/engine/portfolio/share-portfolio.ts'

const NOW = epochMs(1_800_000_000_000)
const LIMITS = { ...NO_PORTFOLIO_LIMITS, maxNotionalMinor: minorUnits(1_000) }

function exposureOf(notional: number, change: Partial<AccountExposure> = {}): AccountExposure {
  return {
    currency: 'USD',
    uses: { notional, positions: notional > 0 ? 1 : 0, 'us-equity:long': notional, 'us-equity:short': 0 },
    unitMinor: 100,
    dayResultMinor: 0,
    dayEnd: epochMs(NOW + 3_600_000),
    ...change,
  }
}
const silent = { epoch: 0, seq: 0, wants: {} }
/** Sends a share to an account, whose bot takes it at once. */
function tell(portfolio: UserPortfolio, accountId: string, notional = 0): PortfolioShare {
  const share = portfolio.shareFor(accountId, NOW)!
  portfolio.heard(accountId, { exposure: exposureOf(notional), epoch: share.epoch, seq: share.seq, wants: {} })
  return share
}

describe("a user's portfolio", () => {
  it('lets nobody add before every bot has heard this launcher', () => {
    const portfolio = shareUserPortfolio(1, () => NOW)
    for (const id of ['a', 'b']) {
      portfolio.put(id, LIMITS, 'USD')
      portfolio.heard(id, { ...silent, exposure: exposureOf(0) })
    }
    expect(tell(portfolio, 'a').ceilings).toEqual({ notional: 0 })
    expect(tell(portfolio, 'b').ceilings).toEqual({ notional: 0 })
    expect(tell(portfolio, 'a').ceilings).toEqual({ notional: 500 })
    expect(tell(portfolio, 'b').ceilings).toEqual({ notional: 500 })
  })

  it('counts accounts without limits of their own and accounts that are stopped', () => {
    const portfolio = shareUserPortfolio(1, () => NOW)
    portfolio.put('a', LIMITS, 'USD')
    portfolio.put('free', undefined, 'USD')
    portfolio.put('stopped', LIMITS, 'USD')
    portfolio.heard('a', { ...silent, exposure: exposureOf(0) })
    portfolio.heard('free', { ...silent, exposure: exposureOf(300) })
    portfolio.stopped('stopped', exposureOf(200))
    expect(portfolio.shareFor('free', NOW)).toBeUndefined()
    tell(portfolio, 'a')
    expect(tell(portfolio, 'a')).toMatchObject({ ceilings: { notional: 500 }, used: { notional: 500 }, accounts: 3 })
  })

  it('lets nobody add while what an account holds is not known, and names it', () => {
    const portfolio = shareUserPortfolio(1, () => NOW)
    for (const id of ['a', 'b', 'c', 'india']) portfolio.put(id, LIMITS, id === 'india' ? 'INR' : 'USD')
    portfolio.heard('a', { ...silent, exposure: exposureOf(0) })
    portfolio.stopped('b', 'unknown')
    portfolio.stopped('c', 'nothing')
    portfolio.stopped('india', 'unknown')
    tell(portfolio, 'a')
    expect(tell(portfolio, 'a')).toMatchObject({ unknown: ['b'], ceilings: { notional: 0 } })
    portfolio.stopped('b', exposureOf(200))
    expect(tell(portfolio, 'a')).toMatchObject({ unknown: [], ceilings: { notional: 800 }, used: { notional: 200 } })
    // What was known last is still counted.
    portfolio.stopped('b', 'unknown')
    expect(tell(portfolio, 'a', 300)).toMatchObject({ unknown: ['b'], used: { notional: 200 } })
    expect(tell(portfolio, 'a', 300)).toMatchObject({ unknown: ['b'], ceilings: { notional: 300 } })
    portfolio.heard('b', { ...silent, exposure: exposureOf(0) })
    expect(tell(portfolio, 'a', 300).unknown).toEqual([])
    portfolio.stopped('b', 'unknown')
    portfolio.drop('b')
    expect(tell(portfolio, 'a', 300)).toMatchObject({ unknown: [], ceilings: { notional: 1_000 } })
  })

  it('lets nobody add while a bot that nobody has heard may act on the word of an earlier launcher', () => {
    let now: number = NOW
    const portfolio = shareUserPortfolio(1, () => epochMs(now))
    for (const id of ['a', 'b', 'free']) portfolio.put(id, id === 'free' ? undefined : LIMITS, 'USD')
    portfolio.heard('a', { ...silent, exposure: exposureOf(0) })
    for (const id of ['b', 'free']) {
      portfolio.stopped(id, exposureOf(100))
      portfolio.silent(id)
    }
    tell(portfolio, 'a')
    expect(tell(portfolio, 'a').ceilings).toEqual({ notional: 0 })
    now += 15_999
    expect(tell(portfolio, 'a').ceilings).toEqual({ notional: 0 })
    // By then it makes no entries.
    now += 1
    expect(tell(portfolio, 'a').ceilings).toEqual({ notional: 800 })
    const later = shareUserPortfolio(2, () => epochMs(now))
    for (const id of ['a', 'b']) later.put(id, LIMITS, 'USD')
    later.heard('a', { ...silent, exposure: exposureOf(0) })
    later.silent('b')
    later.stopped('b', exposureOf(100))
    tell(later, 'a')
    expect(tell(later, 'a').ceilings).toEqual({ notional: 900 })
  })

  it('knows no currency of an account that nothing is known of: it is in every one', () => {
    const portfolio = shareUserPortfolio(1, () => NOW)
    portfolio.put('a', LIMITS, 'USD')
    portfolio.heard('a', { ...silent, exposure: exposureOf(0) })
    portfolio.put('b', undefined, undefined)
    portfolio.stopped('b', 'unknown')
    expect(tell(portfolio, 'a').unknown).toEqual(['b'])
  })

  it('does not mix currencies', () => {
    const portfolio = shareUserPortfolio(1, () => NOW)
    portfolio.put('a', LIMITS, 'USD')
    portfolio.put('india', LIMITS, 'USD')
    portfolio.heard('a', { ...silent, exposure: exposureOf(0) })
    portfolio.heard('india', { ...silent, exposure: exposureOf(900, { currency: 'INR', dayResultMinor: -77 }) })
    expect(portfolio.shareFor('a', NOW)).toMatchObject({ currency: 'USD', used: { notional: 0 }, dayResultMinor: 0 })
  })

  it('adds up the day, of a stopped account until its day is over', () => {
    const portfolio = shareUserPortfolio(1, () => NOW)
    for (const id of ['a', 'b', 'c']) portfolio.put(id, LIMITS, 'USD')
    portfolio.heard('a', { ...silent, exposure: exposureOf(0, { dayResultMinor: -10 }) })
    portfolio.stopped('b', exposureOf(0, { dayResultMinor: -20 }))
    portfolio.stopped('c', exposureOf(0, { dayResultMinor: -40, dayEnd: NOW }))
    expect(portfolio.shareFor('a', NOW)?.dayResultMinor).toBe(-30)
  })

  it('takes the smallest of what accounts set, and caps every group in both directions', () => {
    const portfolio = shareUserPortfolio(1, () => NOW)
    portfolio.put('a', { ...NO_PORTFOLIO_LIMITS, correlationCapMinor: minorUnits(400) }, 'USD')
    portfolio.put('b', { ...NO_PORTFOLIO_LIMITS, correlationCapMinor: minorUnits(300), maxPositions: 2 }, 'USD')
    for (const id of ['a', 'b']) portfolio.heard(id, { ...silent, exposure: exposureOf(0) })
    for (const id of ['a', 'b']) tell(portfolio, id)
    expect(tell(portfolio, 'a').ceilings).toEqual({ 'us-equity:long': 200, 'us-equity:short': 200, positions: 1 })
  })

  it('speaks above a launcher of a clock that was ahead', () => {
    const portfolio = shareUserPortfolio(5, () => NOW)
    portfolio.put('a', LIMITS, 'USD')
    portfolio.heard('a', { ...silent, exposure: exposureOf(0), epoch: 9, seq: 40 })
    expect(portfolio.shareFor('a', NOW)?.epoch).toBe(10)
  })

  /** Bots, the messages on their way, and launchers that come and go; every step in any order. */
  it('never lets accounts use more than the limit together, whatever order things happen in', () => {
    const account = fc.integer({ min: 0, max: 2 })
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const), account }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('deliver' as const), account }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), account }) },
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constant('enter' as const), account, amount: fc.integer({ min: 1, max: 700 }) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('exit' as const), account }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('round' as const), account }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('new launcher' as const), account }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('new bot' as const), account }) },
    )
    let entered = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 250 }), (steps) => {
        const bots = [0, 1, 2].map(() => ({
          uses: 0,
          share: undefined as PortfolioShare | undefined,
          wants: {} as Uses,
          inbox: [] as PortfolioShare[],
          outbox: [] as Parameters<UserPortfolio['heard']>[1][],
        }))
        const open = (epoch: number) => {
          const portfolio = shareUserPortfolio(epoch, () => NOW)
          bots.forEach((bot, i) => {
            portfolio.put(`a${i}`, LIMITS, 'USD')
            portfolio.heard(`a${i}`, echoOf(bot))
          })
          return portfolio
        }
        const echoOf = (bot: (typeof bots)[number]) => ({
          exposure: exposureOf(bot.uses),
          epoch: bot.share?.epoch ?? 0,
          seq: bot.share?.seq ?? 0,
          wants: bot.wants,
        })
        let epoch = 1
        let portfolio = open(epoch)
        const deliver = (bot: (typeof bots)[number]) => {
          const share = bot.inbox.shift()
          if (share && isNewer(share, bot.share)) bot.share = share
          bot.outbox.push(echoOf(bot))
        }
        const answer = (bot: (typeof bots)[number], id: string) => {
          const echo = bot.outbox.shift()
          if (echo) portfolio.heard(id, echo)
        }
        for (const it of steps) {
          const bot = bots[it.account]!
          const id = `a${it.account}`
          if (it.do === 'send') bot.inbox.push(portfolio.shareFor(id, NOW)!)
          else if (it.do === 'deliver') deliver(bot)
          else if (it.do === 'answer') answer(bot, id)
          else if (it.do === 'round') {
            bots.forEach((other, i) => {
              other.inbox.push(portfolio.shareFor(`a${i}`, NOW)!)
              while (other.inbox.length > 0) deliver(other)
              while (other.outbox.length > 0) answer(other, `a${i}`)
            })
          } else if (it.do === 'enter') {
            const wanted = bot.uses + it.amount
            if (wanted <= (bot.share?.ceilings.notional ?? 0)) {
              bot.uses = wanted
              bot.wants = {}
              entered++
            } else bot.wants = { notional: wanted }
          } else if (it.do === 'exit') bot.uses = 0
          else if (it.do === 'new launcher') {
            // Its connections end with it: answers are lost, but what it sent may still arrive.
            for (const other of bots) other.outbox = []
            portfolio = open(++epoch)
          } else {
            bot.share = undefined
            bot.inbox = []
            bot.outbox = []
            portfolio.stopped(id, exposureOf(bot.uses))
            portfolio.heard(id, echoOf(bot))
          }
          expect(bots.reduce((sum, { uses }) => sum + uses, 0)).toBeLessThanOrEqual(LIMITS.maxNotionalMinor)
        }
      }),
      { numRuns: 500 },
    )
    expect(entered).toBeGreaterThan(50)
  })
})
