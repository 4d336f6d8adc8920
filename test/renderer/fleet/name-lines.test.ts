import { expect, it } from 'vitest'
import { breaksAtDashes } from '../../../renderer/fleet/name-lines.ts'

it('the name of an account is broken after its dashes where two lines are enough, else anywhere', () => {
  expect(breaksAtDashes('anna')).toBe(true)
  expect(breaksAtDashes('carla-opt-BANKNIFTY')).toBe(true)
  expect(breaksAtDashes('ben-replay-MES')).toBe(true)
  expect(breaksAtDashes('carla-options-NIFTY')).toBe(false)
  expect(breaksAtDashes('anna.mes.september')).toBe(false)
})
