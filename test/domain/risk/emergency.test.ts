import { describe, expect, it } from 'vitest'
import { assessEntry } from '../../../src/domain/risk/assess-entry.ts'
import { emergencyAt, type Emergency } from '../../../src/domain/risk/emergency.ts'
import { epochMs, type EpochMs } from '../../../src/domain/units/units.ts'
import { accountOf, NOON, RISK_INSTRUMENT, rulesOf, wantedOf } from '../../support/risk.ts'

const MINUTE = 60_000
const emergencyOf = (id: string, from: number, minutes: number): Emergency => {
  return {
    id,
    from: epochMs(NOON + from * MINUTE),
    until: epochMs(NOON + (from + minutes) * MINUTE),
    note: `note ${id}`,
  }
}
const at = (minute: number) => epochMs(NOON + minute * MINUTE)

describe('an emergency', () => {
  const two = [emergencyOf('a', 0, 30), emergencyOf('b', 10, 60)]

  it('holds from its beginning until its end, its end left out', () => {
    expect(emergencyAt(two, at(-1))).toBeUndefined()
    expect(emergencyAt(two, at(0))?.id).toBe('a')
    expect(emergencyAt(two, at(70))).toBeUndefined()
  })

  it('gives way to one that lasts longer', () => {
    expect(emergencyAt(two, at(10))?.id).toBe('b')
  })

  it('refuses an entry with the note of whoever declared it, and says how to enter all the same', () => {
    const emergency = (time: EpochMs) => emergencyAt(two, time)
    const verdict = assessEntry(rulesOf({}, { emergency }), wantedOf(1), accountOf(), RISK_INSTRUMENT)
    expect(verdict).toMatchObject({ kind: 'denied', reasons: [{ code: 'emergency' }] })
    expect(verdict.reasons[0]!.text).toContain('note a (risk.emergencies=no enters all the same)')
  })

  it('is nothing to an account that does not listen', () => {
    expect(assessEntry(rulesOf({}), wantedOf(1), accountOf(), RISK_INSTRUMENT).kind).toBe('allowed')
  })
})
