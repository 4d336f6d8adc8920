import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, epochToWall, wallClock, wallToEpoch, weekdayOf } from '../../../src/domain/calendar/wall-time.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const iso = (at: number) => new Date(at).toISOString()
const at = (text: string) => epochMs(Date.parse(text))

describe('wall time', () => {
  it('follows each zone through its own clock changes', () => {
    // The US changes on 2025-03-09 and 2025-11-02, Europe on 03-30 and 10-26, India never.
    const nineThirty = 570
    expect(iso(wallToEpoch('2025-03-07', nineThirty, 'America/New_York'))).toBe('2025-03-07T14:30:00.000Z')
    expect(iso(wallToEpoch('2025-03-10', nineThirty, 'America/New_York'))).toBe('2025-03-10T13:30:00.000Z')
    expect(iso(wallToEpoch('2025-03-10', nineThirty, 'Europe/Berlin'))).toBe('2025-03-10T08:30:00.000Z')
    expect(iso(wallToEpoch('2025-10-31', nineThirty, 'America/Chicago'))).toBe('2025-10-31T14:30:00.000Z')
    expect(iso(wallToEpoch('2025-11-03', nineThirty, 'America/Chicago'))).toBe('2025-11-03T15:30:00.000Z')
    expect(iso(wallToEpoch('2025-03-10', 555, 'Asia/Kolkata'))).toBe('2025-03-10T03:45:00.000Z')
    expect(iso(wallToEpoch('2025-11-10', 555, 'Asia/Kolkata'))).toBe('2025-11-10T03:45:00.000Z')
  })

  it('moves a time that the clock skips past the change', () => {
    expect(iso(wallToEpoch('2025-03-09', 150, 'America/New_York'))).toBe('2025-03-09T07:30:00.000Z')
    expect(epochToWall(at('2025-03-09T07:30:00Z'), 'America/New_York')).toEqual({ date: '2025-03-09', minute: 210 })
  })

  it('takes the first of a time that comes twice', () => {
    expect(iso(wallToEpoch('2025-11-02', 90, 'America/New_York'))).toBe('2025-11-02T05:30:00.000Z')
  })

  it('names midnight 0 and accepts 1440 for the next one', () => {
    expect(epochToWall(at('2025-01-01T05:00:00Z'), 'America/New_York')).toEqual({ date: '2025-01-01', minute: 0 })
    expect(wallToEpoch('2024-12-31', 1440, 'Asia/Kolkata')).toBe(wallToEpoch('2025-01-01', 0, 'Asia/Kolkata'))
  })

  it('counts dates over month and year ends', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
    expect(weekdayOf('2026-11-08')).toBe(0)
  })

  it('refuses a zone that does not exist', () => {
    expect(() => wallClock('America/Atlantis')).toThrow(RangeError)
  })

  it.each(['America/New_York', 'America/Chicago', 'Asia/Kolkata', 'Europe/London', 'Australia/Lord_Howe', 'UTC'])(
    'comes back to where it started in %s, unless the hour comes twice',
    (zone) => {
      const clock = wallClock(zone)
      const minutes = fc.integer({ min: Date.UTC(2005, 0) / 60_000, max: Date.UTC(2035, 0) / 60_000 })
      fc.assert(
        fc.property(minutes, (minute) => {
          const instant = epochMs(minute * 60_000)
          const wall = clock.toWall(instant)
          const back = clock.toEpoch(wall.date, wall.minute)
          if (back !== instant) {
            expect(clock.toWall(back)).toEqual(wall)
            expect(back).toBeLessThan(instant)
          }
        }),
        { numRuns: 400, seed: 7 },
      )
    },
  )
})
