import { describe, expect, it } from 'vitest'
import { presetByName } from '../../../../src/domain/risk/presets/index.ts'
import { withPresetLimits } from '../../../../src/domain/risk/presets/with-preset-limits.ts'

describe('risk settings under a rule set', () => {
  it('have every limit of it that they do not name, and keep their own', () => {
    const { limits } = presetByName('topstep-50k')!
    const risk = { preset: 'topstep-50k', maxDailyLoss: '400', blackout: 'high' }
    expect(withPresetLimits(risk)).toEqual({ ...limits, ...risk })
    expect(withPresetLimits({ preset: 'topstep-50k' })).toMatchObject({
      maxTotalContracts: 5,
      dayBoundary: limits.dayBoundary,
    })
  })

  it.each([[{ preset: 'none' }], [{ preset: 'no-such-firm' }], [{ preset: 5 }], [{ maxDailyLoss: '400' }], [{}]])(
    'stay as they are where none holds: %j',
    (risk) => {
      expect(withPresetLimits(risk)).toBe(risk)
    },
  )
})
