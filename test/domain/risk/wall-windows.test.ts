import { describe, expect, it } from 'vitest'
import { openWallWindows, parseWallWindows } from '../../../src/domain/risk/wall-windows.ts'
import { durationMs, epochMs } from '../../../src/domain/units/units.ts'

const at = (iso: string) => epochMs(Date.parse(iso))
const windows = (text: string) => openWallWindows(text, parseWallWindows(text)!)

describe('windows of the day', () => {
  it.each([
    'none',
    '',
    '09:30-11:30',
    '9:30-11:30 UTC',
    '09:30-24:30 UTC',
    '09:30-11:30, UTC',
    '09:30-11:30 Nowhere/X',
  ])('can not be %j', (text) => expect(parseWallWindows(text)).toBeUndefined())

  it('follow the wall clock of their zone through both changes', () => {
    const { contains } = windows('15:10-17:00 America/Chicago')
    expect(contains(at('2026-03-06T21:10:00Z'))).toBe(true)
    expect(contains(at('2026-03-09T20:10:00Z'))).toBe(true)
    expect(contains(at('2026-03-09T20:09:59Z'))).toBe(false)
    expect(contains(at('2026-03-09T22:00:00Z'))).toBe(false)
    expect(contains(at('2026-11-02T21:10:00Z'))).toBe(true)
    const sydney = windows('09:00-10:00 Australia/Sydney')
    expect(sydney.contains(at('2026-04-03T22:30:00Z'))).toBe(true)
    expect(sydney.contains(at('2026-04-05T23:30:00Z'))).toBe(true)
    expect(sydney.contains(at('2026-10-04T22:30:00Z'))).toBe(true)
  })

  it('may go over midnight', () => {
    const { contains } = windows('22:00-02:00 UTC')
    expect(['21:59', '22:00', '00:00', '01:59', '02:00'].map((time) => contains(at(`2026-01-05T${time}:00Z`)))).toEqual(
      [false, true, true, true, false],
    )
  })

  it('are touched by a bar that would reach into one, however short it is', () => {
    const { touches } = windows('15:10-15:15 UTC')
    const hour = durationMs(3_600_000)
    const minute = durationMs(60_000)
    expect(touches(at('2026-01-05T15:09:00Z'), minute)).toBe(true)
    expect(touches(at('2026-01-05T15:08:00Z'), minute)).toBe(false)
    expect(touches(at('2026-01-05T15:00:00Z'), hour)).toBe(true)
    expect(touches(at('2026-01-05T15:15:00Z'), hour)).toBe(false)
  })

  it('are ahead also where the clock jumps into them', () => {
    // At 02:00 the clock in New York goes on at 03:00.
    const { touches } = windows('02:30-04:00 America/New_York')
    const minute = durationMs(60_000)
    expect([touches(at('2026-03-08T06:58:00Z'), minute), touches(at('2026-03-08T06:59:00Z'), minute)]).toEqual([
      false,
      true,
    ])
  })
})
