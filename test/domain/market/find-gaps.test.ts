import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/domain/calendar/session.ts'
import { findGaps } from '../../../src/domain/market/find-gaps.ts'
import { durationMs, epochMs } from '../../../src/domain/units/units.ts'

const MINUTE = 60_000
const at = (text: string) => epochMs(Date.parse(`2024-01-${text}Z`))
const session = (day: string, holidayFacts: Session['holidayFacts'] = 'known'): Session => ({
  date: `2024-01-${day}`,
  open: at(`${day}T14:30`),
  close: at(`${day}T15:00`),
  holidayFacts,
})
const minutes = (from: string, count: number) => Array.from({ length: count }, (_, index) => at(from) + index * MINUTE)
const oneMinute = durationMs(MINUTE)

describe('a gap report', () => {
  it('of a full session finds nothing', () => {
    const report = findGaps(minutes('02T14:30', 30), [session('02')], oneMinute)
    expect(report).toEqual({
      expected: 30,
      missing: 0,
      gaps: 0,
      longest: [],
      outside: 0,
      sessionsWithUnknownHolidays: 0,
    })
  })

  it('names the runs of missing bars, the longest first', () => {
    const times = [...minutes('02T14:30', 5), ...minutes('02T14:37', 3), ...minutes('02T14:45', 15)]
    const report = findGaps(times, [session('02')], oneMinute)
    expect(report).toMatchObject({ expected: 30, missing: 7, gaps: 2 })
    expect(report.longest).toEqual([
      { from: at('02T14:40'), to: at('02T14:44'), missing: 5 },
      { from: at('02T14:35'), to: at('02T14:36'), missing: 2 },
    ])
  })

  it('counts nothing before the first bar or after the last', () => {
    expect(findGaps(minutes('02T14:50', 5), [session('02')], oneMinute)).toMatchObject({ expected: 5, missing: 0 })
  })

  it('counts a session that is missing altogether', () => {
    const times = [...minutes('02T14:30', 30), ...minutes('04T14:30', 30)]
    const report = findGaps(times, [session('02'), session('03'), session('04')], oneMinute)
    expect(report).toMatchObject({ missing: 30, gaps: 1 })
  })

  it('counts bars outside of sessions and does not miss any there', () => {
    const times = [at('02T13:00'), ...minutes('02T14:30', 30), at('02T21:00')]
    expect(findGaps(times, [session('02')], oneMinute)).toMatchObject({ missing: 0, outside: 2 })
  })

  it('takes an hourly bar wherever in its hour it is stamped', () => {
    const day: Session = { ...session('02'), close: at('02T21:00') }
    const hourly = [15, 16, 17, 18, 19, 20].map((hour) => at(`02T${hour}:00`))
    expect(findGaps(hourly, [day], durationMs(3_600_000))).toMatchObject({ expected: 6, missing: 0 })
  })

  it('takes a daily bar stamped at midnight of UTC, New York or Tokyo', () => {
    const sessions = [session('02'), session('03'), session('04')]
    const day = durationMs(86_400_000)
    for (const stamp of ['T00:00', 'T05:00'])
      expect(
        findGaps(
          ['02', '03', '04'].map((date) => at(date + stamp)),
          sessions,
          day,
        ),
      ).toMatchObject({ missing: 0 })
    expect(
      findGaps(
        ['01', '02', '03'].map((date) => at(`${date}T15:00`)),
        sessions,
        day,
      ),
    ).toMatchObject({ missing: 0 })
    expect(findGaps([at('02T00:00'), at('04T00:00')], sessions, day)).toMatchObject({ missing: 1 })
  })

  it('says how many sessions may have been holidays', () => {
    expect(findGaps(minutes('02T14:30', 30), [session('02', 'unknown')], oneMinute)).toMatchObject({
      sessionsWithUnknownHolidays: 1,
    })
  })

  it('keeps the ten longest of many gaps', () => {
    const times = minutes('02T14:30', 30).filter((_, index) => index % 2 === 0)
    const report = findGaps(times, [session('02')], oneMinute)
    expect(report).toMatchObject({ gaps: 14, missing: 14 })
    expect(report.longest).toHaveLength(10)
  })
})
