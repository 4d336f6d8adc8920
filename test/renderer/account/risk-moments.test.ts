import { describe, expect, it } from 'vitest'
import { trueForMs } from '../../../renderer/account/risk-moments.ts'
import { riskReport } from '../../support/account-rows.ts'

const NOW = Date.parse('2026-11-20T15:00:00.000Z')
const quiet = riskReport({ day: { boundary: 'utc', startedAt: null, endsAt: null } })

describe('a report of limits', () => {
  it('is looked at once a minute where no moment is known at which it changes', () => {
    expect(trueForMs(undefined, NOW)).toBe(60_000)
    expect(trueForMs(quiet, NOW)).toBe(60_000)
  })

  it.each([
    ['the day ends', { day: { ...quiet.day, endsAt: '2026-11-20T15:00:10.000Z' } }],
    ['a pause ends', { pauses: [{ code: 'cooldown', until: '2026-11-20T15:00:10.000Z' }] }],
    ['an emergency ends', { emergency: { note: 'The exchange is down.', until: '2026-11-20T15:00:10.000Z' } }],
    [
      'a breach ends, before another one',
      {
        breaches: ['2026-11-20T15:00:30.000Z', '2026-11-20T15:00:10.000Z'].map((until, id) => ({
          ...{ id, rule: 'daily-loss', at: '2026-11-20T14:00:00.000Z', until, text: 'the day lost it' },
        })),
      },
    ],
    [
      'a blackout begins',
      {
        blackout: {
          ...{ level: 'high', state: 'clear' as const, knownUntil: '2026-12-31' },
          next: {
            ...{ event: 'CPI', at: '2026-11-20T15:15:00.000Z' },
            ...{ from: '2026-11-20T15:00:10.000Z', until: '2026-11-20T15:30:00.000Z' },
          },
        },
      },
    ],
  ])('is looked at just after %s', (_what, fields) => {
    expect(trueForMs({ ...quiet, ...fields }, NOW)).toBe(10_500)
  })

  it('does not wait for what is over, as all is in a replay', () => {
    expect(trueForMs({ ...quiet, pauses: [{ code: 'cooldown', until: '2024-01-05T15:00:00.000Z' }] }, NOW)).toBe(60_000)
  })
})
