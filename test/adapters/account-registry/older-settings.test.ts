import { describe, expect, it } from 'vitest'
import { checkSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'

const ACCOUNT = {
  ...{ version: 1, accountId: 'A1', user: 'alice', userId: '6384e2b2184b', broker: 'sim', mode: 'paper' },
  ...{ strategy: 'vwap-bounce', symbol: 'ES', feed: { kind: 'synthetic', seed: 1 } },
  createdAt: '2026-01-01T00:00:00.000Z',
}
const TOPSTEP = {
  ...{ preset: 'topstep-50k', maxPositionLots: 5, maxOrderLots: 5, maxDailyLoss: '1000' },
  ...{ dailyLossCounts: 'open-from-balance', trailingDrawdown: '2000', drawdownMark: 'end-of-day' },
  ...{ drawdownEnds: 'cleared', drawdownLock: '0', profitTarget: '3000' },
  ...{ dayBoundary: '17:00 America/Chicago', mustBeFlat: '15:10-17:00 America/Chicago' },
}
const read = (risk: unknown) =>
  checkSettings(JSON.stringify({ ...ACCOUNT, risk }), '/accounts/A1/account.json', 'A1' as AccountId).risk

describe('settings written before their rule set had a limit', () => {
  it('have it all the same', () => {
    expect(read(TOPSTEP)).toMatchObject({ ...TOPSTEP, maxTotalContracts: 5 })
    expect(read({ ...TOPSTEP, preset: 'topstep-150k' }).maxTotalContracts).toBe(15)
  })

  it('keep what they say themselves', () => {
    expect(read({ ...TOPSTEP, maxTotalContracts: 2, maxPositionLots: 3 })).toMatchObject({
      ...{ maxTotalContracts: 2, maxPositionLots: 3 },
    })
  })

  it('have none where they follow no rule set', () => {
    expect(read({ ...TOPSTEP, preset: 'none' }).maxTotalContracts).toBe(0)
    expect(read({}).maxTotalContracts).toBe(0)
  })

  it.each([null, 5, [], { preset: 'topstep-51k' }, { preset: 7 }])('are refused as before where risk is %j', (risk) => {
    expect(() => read(risk)).toThrow(
      expect.objectContaining({ refusal: expect.objectContaining({ code: 'account-corrupt' }) }),
    )
  })
})
