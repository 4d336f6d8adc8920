import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import calendarFile from '../../../resources/calendar.json' with { type: 'json' }
import { BundledFile } from '../../../src/adapters/calendar/bundled-file.ts'
import { bundledReleases } from '../../../src/adapters/calendar/bundled-releases.ts'
import { dayVerdict } from '../../../src/domain/calendar/facts.ts'
import { sessionsBetween } from '../../../src/domain/calendar/session-clock.ts'
import { weekdayOf } from '../../../src/domain/calendar/wall-time.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const facts = bundledCalendar()

function sessionCount(symbol: string, year: number): number {
  const instrument = resolveInstrument(symbol)
  if (!isInstrument(instrument)) throw new Error(instrument.message)
  const from = epochMs(Date.UTC(year, 0, 1, 6))
  const to = epochMs(Date.UTC(year + 1, 0, 1))
  return sessionsBetween(instrument, facts, from, to).filter(({ date }) => date.startsWith(String(year))).length
}

describe('the bundled calendar', () => {
  it('has the shape that bots take for granted', () => {
    expect(BundledFile.safeParse(calendarFile).error).toBeUndefined()
  })

  it('counts the trading days that the exchanges published', () => {
    // 2025 had 261 weekdays and 11 closures, 2026 261 and 10, 2027 261 and 10.
    expect([2025, 2026, 2027].map((year) => sessionCount('SPY', year))).toEqual([250, 251, 251])
    // 14 closures in 2025, one of them with a special hour, and a budget Saturday; 16 and a budget Sunday in 2026.
    expect([2025, 2026].map((year) => sessionCount('NIFTY', year))).toEqual([249, 246])
    expect(sessionCount('ES', 2026)).toBe(259)
  })

  it('knows single days', () => {
    expect(dayVerdict(facts, 'nyse', '2025-01-09')).toMatchObject({ kind: 'closed' })
    expect(dayVerdict(facts, 'nyse', '2026-07-02')).toEqual({ kind: 'regular' })
    expect(dayVerdict(facts, 'nyse', '2027-11-26')).toMatchObject({ kind: 'early-close', closeMinute: 780 })
    expect(dayVerdict(facts, 'cme-equity', '2026-04-03')).toMatchObject({ kind: 'early-close', closeMinute: 495 })
    expect(dayVerdict(facts, 'nse', '2025-10-21')).toMatchObject({ kind: 'special', openMinute: 825 })
  })

  it('says "unknown" past its ends, and for markets it does not cover', () => {
    expect(dayVerdict(facts, 'nyse', '2028-01-03')).toEqual({ kind: 'unknown' })
    expect(dayVerdict(facts, 'cme-equity', '2025-07-03')).toEqual({ kind: 'unknown' })
    expect(dayVerdict(facts, 'nse', '2027-01-04')).toEqual({ kind: 'unknown' })
    expect(dayVerdict(facts, 'cme-other', '2026-06-10')).toEqual({ kind: 'unknown' })
    expect(dayVerdict(facts, 'none', '2099-01-01')).toEqual({ kind: 'regular' })
  })

  it('lists closures on weekdays only: a weekend needs none', () => {
    for (const calendar of Object.values(facts.calendars)) {
      for (const day of calendar.days.values()) {
        if (day.kind !== 'special') expect(weekdayOf(day.date)).toBeGreaterThan(0)
        if (day.kind !== 'special') expect(weekdayOf(day.date)).toBeLessThan(6)
      }
    }
  })

  it('lists the releases in UTC, in order, each name with the date up to which it is known', () => {
    const releases = bundledReleases()
    const times = releases.events.map(({ at }) => at)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(releases.events).toHaveLength(93)
    const payrolls = releases.events.find(({ name, at }) => name === 'NFP' && at > Date.UTC(2026, 1))
    expect(payrolls?.at).toBe(Date.UTC(2026, 1, 11, 13, 30))
    expect(releases.events.find(({ name }) => name === 'FOMC')?.at).toBe(Date.UTC(2025, 0, 29, 19))
    expect(releases.knownUntil).toMatchObject({ FOMC: '2027-12-31', CPI: '2026-12-31' })
  })
})
