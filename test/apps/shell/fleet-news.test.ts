import { describe, expect, it } from 'vitest'
import { newsOf, openNewsDesk, QUIET_MS, toldOf } from '../../../src/apps/shell/fleet/fleet-news.ts'
import { summarizeFleet } from '../../../src/apps/shell/fleet/fleet-summary.ts'
import { accountStatus } from '../../support/account-rows.ts'

const trading = accountStatus({ state: 'trading' })

describe('news of a bot', () => {
  it.each([
    [{ state: 'crashed' as const, stateReason: 'It broke' }, 'crashed'],
    [{ state: 'blind' as const, stateReason: 'no bars' }, 'blind'],
    [
      { state: 'blocked' as const, stateReason: 'the loss of the day is 500.00 USD, the limit 500.00 USD' },
      'lossLimit',
    ],
    [{ state: 'blocked' as const, stateReason: 'equity is 9 USD, the drawdown floor 10 USD' }, 'lossLimit'],
    [{ state: 'blocked' as const, stateReason: 'the kill switch of everything is engaged since noon' }, 'killSwitch'],
  ])('%o is %s', (fields, kind) => {
    const after = accountStatus(fields)
    expect(newsOf(trading, after)?.kind).toBe(kind)
    // What was so when we first looked, or is still so, is none.
    expect(newsOf(undefined, after)).toBeUndefined()
    expect(newsOf(after, after)).toBeUndefined()
  })

  it('is what reaches the limit while it trades, by the launcher’s own figure', () => {
    const used = (share: number) => ({ rule: 'daily-loss' as const, share, used: '1', limit: '1' })
    const near = accountStatus({ state: 'trading', lossLimitUsed: used(0.99) })
    expect(newsOf(near, accountStatus({ state: 'blocked', lossLimitUsed: used(1) }))?.kind).toBe('lossLimit')
    expect(newsOf(trading, near)).toBeUndefined()
  })

  it('is nothing that a person asked for', () => {
    expect(newsOf(trading, accountStatus({ state: 'stopped' }))).toBeUndefined()
    expect(newsOf(trading, accountStatus({ state: 'blocked', stateReason: 'the market is closed' }))).toBeUndefined()
  })

  it('tells live money apart', () => {
    expect(newsOf(trading, accountStatus({ state: 'blind', mode: 'live' }))?.title).toBe('A1 (LIVE): the bot is blind')
  })
})

describe('the news desk', () => {
  it('does not repeat a feed that comes and goes, until it has been quiet for a while', () => {
    let now = 0
    const desk = openNewsDesk(() => now)
    const blind = [accountStatus({ state: 'blind' })]
    expect(desk.see(blind)).toEqual([])
    desk.see([trading])
    expect(desk.see(blind)).toHaveLength(1)
    desk.see([trading])
    expect(desk.see(blind)).toEqual([])
    now += QUIET_MS
    desk.see([trading])
    expect(desk.see(blind)).toHaveLength(1)
  })

  it('tells of many at once in one notification', () => {
    const ids = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7']
    const desk = openNewsDesk(() => 0)
    desk.see(ids.map((accountId) => accountStatus({ accountId, state: 'trading' })))
    const news = desk.see(
      ids.map((accountId) => accountStatus({ accountId, state: accountId < 'A3' ? 'crashed' : 'blind' })),
    )
    expect(toldOf(news)).toEqual([
      {
        title: '7 bots need you: 2 crashed, 5 blind',
        body: 'A1, A2, A3, A4, A5, A6 and 1 more. Click to look at them.',
        accountId: undefined,
      },
    ])
    expect(toldOf(news.slice(0, 3))).toHaveLength(3)
  })
})

describe('a summary of the fleet', () => {
  it('counts what there is, the worst first', () => {
    expect(summarizeFleet([]).text).toBe('no accounts yet')
    const { text, running, troubled } = summarizeFleet([
      trading,
      accountStatus({ accountId: 'A2', state: 'stopped' }),
      accountStatus({ accountId: 'A3', state: 'crashed' }),
      accountStatus({ accountId: 'A4', state: 'backing-off' }),
    ])
    expect(text).toBe('1 crashed, 1 starting again, 1 trading, 1 stopped')
    expect(running.map(({ accountId }) => accountId)).toEqual(['A1', 'A4'])
    expect(troubled.map(({ accountId }) => accountId)).toEqual(['A3', 'A4'])
  })
})
