import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/domain/calendar/session.ts'
import { judgeFreshness, type FeedSilence } from '../../../src/domain/feed/judge-freshness.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const at = (clock: string) => epochMs(Date.parse(`2024-01-02T${clock}Z`))
const SESSION: Session = { date: '2024-01-02', open: at('14:30'), close: at('21:00'), holidayFacts: 'known' }

function silence(now: string, given: Partial<FeedSilence> = {}): FeedSilence {
  return {
    now: at(now),
    lastBarAt: at('15:00'),
    timeframeMs: 60_000,
    session: SESSION,
    feedStartedAt: at('12:00'),
    replaying: false,
    ...given,
  }
}

describe('the silence of a feed', () => {
  it('is nothing while the next bar is due', () => {
    expect(judgeFreshness(silence('15:01'))).toEqual({ kind: 'fresh' })
    expect(judgeFreshness(silence('15:03'))).toEqual({ kind: 'fresh' })
  })

  it('is blindness once two bars are overdue, and says for how long', () => {
    expect(judgeFreshness(silence('15:06'))).toEqual({
      kind: 'blind',
      forMs: 300_000,
      text: 'no bar for 5 minutes while the market is open',
    })
  })

  it('means nothing while the market is closed', () => {
    expect(judgeFreshness(silence('23:00', { session: undefined }))).toEqual({ kind: 'closed' })
  })

  it('of last night is forgiven until the session has had time for a bar', () => {
    const overnight = { lastBarAt: epochMs(at('00:00') - 10_000_000) }
    expect(judgeFreshness(silence('14:32', overnight))).toEqual({ kind: 'fresh' })
    expect(judgeFreshness(silence('14:34', overnight))).toMatchObject({ kind: 'blind', forMs: 240_000 })
  })

  it('is counted from the start of the feed while no bar has come', () => {
    const fresh = { lastBarAt: undefined, feedStartedAt: at('16:00') }
    expect(judgeFreshness(silence('16:02', fresh))).toEqual({ kind: 'fresh' })
    expect(judgeFreshness(silence('16:04', fresh))).toMatchObject({ kind: 'blind' })
  })

  it('is longer for longer bars', () => {
    const hourly = { timeframeMs: 3_600_000 }
    expect(judgeFreshness(silence('18:59', hourly))).toEqual({ kind: 'fresh' })
    expect(judgeFreshness(silence('19:30', hourly))).toMatchObject({
      text: 'no bar for 3 hours while the market is open',
    })
  })

  it('of a replay is judged by when its last bar was delivered, whatever the session', () => {
    const replay = { replaying: true, session: undefined }
    expect(judgeFreshness(silence('15:14', replay))).toEqual({ kind: 'fresh' })
    expect(judgeFreshness(silence('15:16', replay))).toEqual({
      kind: 'blind',
      forMs: 960_000,
      text: 'no bar for 16 minutes from the replay',
    })
  })
})
