import { describe, expect, it } from 'vitest'
import { popUpTitle } from '../../../renderer/fleet/notice-choice.ts'
import { DEFAULT_PREFERENCES } from '../../../src/contracts/launcher/preferences.ts'

const all = DEFAULT_PREFERENCES.notifications

describe('what pops up', () => {
  it.each([
    ['crashed', 'A1 crashed'],
    ['backing-off', 'A1 crashed and starts again'],
    ['blind', 'A1 is blind'],
    ['loss-limit', 'A1 has reached its loss limit'],
    ['trading-again', undefined],
  ] as const)('of %s: %s', (code, title) => {
    expect(popUpTitle({ accountId: 'A1', code }, all)).toBe(title)
  })

  it('is what somebody chose', () => {
    expect(popUpTitle({ accountId: 'A1', code: 'backing-off' }, { ...all, crashed: false })).toBeUndefined()
    expect(popUpTitle({ accountId: 'A1', code: 'blind' }, { ...all, crashed: false })).toBe('A1 is blind')
  })
})
