import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CalendarFacts, DayFact } from '../../../src/domain/calendar/facts.ts'
import { openSessionClock, sessionsBetween } from '../../../src/domain/calendar/session-clock.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const at = (text: string) => epochMs(Date.parse(text))
const iso = (instant: number | undefined) => (instant === undefined ? undefined : new Date(instant).toISOString())
const days = (...facts: DayFact[]) => new Map(facts.map((fact) => [fact.date, fact]))

const FACTS: CalendarFacts = {
  asOf: '2026-10-09',
  calendars: {
    nyse: {
      zone: 'America/New_York',
      covered: [{ from: '2025-01-01', to: '2026-12-31' }],
      days: days(
        { date: '2025-07-03', kind: 'early-close', closeMinute: 780 },
        { date: '2025-07-04', kind: 'closed' },
        { date: '2026-12-25', kind: 'closed' },
      ),
    },
    'cme-equity': {
      zone: 'America/Chicago',
      covered: [{ from: '2026-01-01', to: '2026-12-31' }],
      days: days(
        { date: '2025-01-20', kind: 'early-close', closeMinute: 720 },
        { date: '2026-01-01', kind: 'closed' },
        { date: '2026-01-19', kind: 'early-close', closeMinute: 720 },
        { date: '2026-06-19', kind: 'early-close', closeMinute: 720 },
        { date: '2026-12-24', kind: 'early-close', closeMinute: 735 },
        { date: '2026-12-25', kind: 'closed' },
      ),
    },
    nse: {
      zone: 'Asia/Kolkata',
      covered: [{ from: '2025-01-01', to: '2026-12-31' }],
      days: days(
        { date: '2025-10-21', kind: 'special', openMinute: 825, closeMinute: 885 },
        { date: '2026-02-01', kind: 'special', openMinute: 555, closeMinute: 930 },
      ),
    },
  },
}

function instrument(symbol: string) {
  const found = resolveInstrument(symbol)
  if (!isInstrument(found)) throw new Error(found.message)
  return found
}

const sessionAt = (symbol: string, when: string) => openSessionClock(instrument(symbol), FACTS).sessionAt(at(when))
const hours = (symbol: string, from: string, to: string) =>
  sessionsBetween(instrument(symbol), FACTS, at(from), at(to)).map((s) => [s.date, iso(s.open), iso(s.close)])

describe('a session clock', () => {
  it('opens New York at 09:30 wall time on both sides of a clock change', () => {
    expect(hours('SPY', '2025-03-07T00:00:00Z', '2025-03-11T00:00:00Z')).toEqual([
      ['2025-03-07', '2025-03-07T14:30:00.000Z', '2025-03-07T21:00:00.000Z'],
      ['2025-03-10', '2025-03-10T13:30:00.000Z', '2025-03-10T20:00:00.000Z'],
    ])
    expect(hours('SPY', '2025-10-31T00:00:00Z', '2025-11-04T00:00:00Z')).toEqual([
      ['2025-10-31', '2025-10-31T13:30:00.000Z', '2025-10-31T20:00:00.000Z'],
      ['2025-11-03', '2025-11-03T14:30:00.000Z', '2025-11-03T21:00:00.000Z'],
    ])
  })

  it('opens Chicago futures on Sunday evening and gives the evening to the next date', () => {
    expect(hours('ES', '2026-03-05T12:00:00Z', '2026-03-09T23:00:00Z')).toEqual([
      ['2026-03-05', '2026-03-04T23:00:00.000Z', '2026-03-05T22:00:00.000Z'],
      ['2026-03-06', '2026-03-05T23:00:00.000Z', '2026-03-06T22:00:00.000Z'],
      // Clocks changed at 02:00 on Sunday; the session opens at 17:00 of the new time.
      ['2026-03-09', '2026-03-08T22:00:00.000Z', '2026-03-09T21:00:00.000Z'],
      ['2026-03-10', '2026-03-09T22:00:00.000Z', '2026-03-10T21:00:00.000Z'],
    ])
  })

  it('is closed in the daily break, on Saturday and on Sunday before the open', () => {
    for (const when of ['2026-03-05T22:30:00Z', '2026-03-07T12:00:00Z', '2026-03-08T21:59:59.999Z']) {
      expect(sessionAt('ES', when)).toBeUndefined()
    }
    expect(sessionAt('ES', '2026-03-08T22:00:00Z')?.date).toBe('2026-03-09')
  })

  it('keeps India at UTC+5:30 all year', () => {
    for (const date of ['2025-01-06', '2025-07-07', '2025-11-10']) {
      expect(hours('NIFTY50', `${date}T00:00:00Z`, `${date}T23:00:00Z`)).toEqual([
        [date, `${date}T03:45:00.000Z`, `${date}T10:00:00.000Z`],
      ])
    }
  })

  it('closes NSE derivatives at 15:40 from 3 August 2026, SENSEX as before', () => {
    expect(sessionAt('NIFTY', '2026-07-31T10:05:00Z')).toBeUndefined()
    expect(iso(sessionAt('NIFTY', '2026-08-03T10:05:00Z')?.close)).toBe('2026-08-03T10:10:00.000Z')
    expect(sessionAt('SENSEX', '2026-08-03T10:05:00Z')).toBeUndefined()
  })

  it('opens on a weekend or holiday for a special session, and then only', () => {
    expect(sessionAt('NIFTY', '2026-02-01T05:00:00Z')?.date).toBe('2026-02-01')
    expect(sessionAt('NIFTY', '2026-02-08T05:00:00Z')).toBeUndefined()
    expect(hours('NIFTY', '2025-10-21T00:00:00Z', '2025-10-22T00:00:00Z')).toEqual([
      ['2025-10-21', '2025-10-21T08:15:00.000Z', '2025-10-21T09:15:00.000Z'],
    ])
  })

  it('knows early closes and closed days', () => {
    expect(hours('SPY', '2025-07-03T00:00:00Z', '2025-07-07T00:00:00Z')).toEqual([
      ['2025-07-03', '2025-07-03T13:30:00.000Z', '2025-07-03T17:00:00.000Z'],
    ])
    expect(hours('ES', '2026-12-24T12:00:00Z', '2026-12-28T12:00:00Z').map(([date, , close]) => [date, close])).toEqual(
      [
        ['2026-12-24', '2026-12-24T18:15:00.000Z'],
        ['2026-12-28', '2026-12-28T22:00:00.000Z'],
      ],
    )
  })

  it('halts Chicago at noon on a US holiday and reopens the same evening, on a Friday only on Sunday', () => {
    expect(sessionAt('ES', '2026-01-19T17:59:00Z')?.date).toBe('2026-01-19')
    expect(sessionAt('ES', '2026-01-19T18:00:00Z')).toBeUndefined()
    expect(sessionAt('ES', '2026-01-19T23:00:00Z')?.date).toBe('2026-01-20')
    expect(sessionAt('ES', '2026-06-19T22:30:00Z')).toBeUndefined()
    expect(sessionAt('ES', '2026-06-21T22:00:00Z')?.date).toBe('2026-06-22')
  })

  it('has no session of New Year’s Day, but opens that evening', () => {
    expect(sessionAt('ES', '2025-12-31T23:30:00Z')).toBeUndefined()
    expect(sessionAt('ES', '2026-01-01T12:00:00Z')).toBeUndefined()
    expect(sessionAt('ES', '2026-01-01T23:00:00Z')?.date).toBe('2026-01-02')
  })

  it('says "unknown" before and after the covered range, and keeps the regular hours', () => {
    for (const date of ['2013-10-07', '2024-12-31', '2027-01-04']) {
      expect(sessionAt('SPY', `${date}T18:00:00Z`)).toMatchObject({ date, holidayFacts: 'unknown' })
    }
    expect(sessionAt('SPY', '2025-01-02T18:00:00Z')?.holidayFacts).toBe('known')
    expect(sessionAt('SPY', '2026-12-31T18:00:00Z')?.holidayFacts).toBe('known')
    expect(sessionAt('6EH4', '2026-06-10T12:00:00Z')?.holidayFacts).toBe('unknown')
  })

  it('uses a verified day outside the covered range', () => {
    expect(sessionAt('ES', '2025-01-20T17:00:00Z')).toMatchObject({ holidayFacts: 'known', date: '2025-01-20' })
    expect(sessionAt('ES', '2025-01-20T19:00:00Z')).toBeUndefined()
    expect(sessionAt('ES', '2025-01-21T19:00:00Z')?.holidayFacts).toBe('unknown')
  })

  it('gives a perpetual one session per UTC day, without a gap', () => {
    const sessions = sessionsBetween(
      instrument('BTC-PERP'),
      FACTS,
      at('2025-12-30T00:00:00Z'),
      at('2026-01-03T00:00:00Z'),
    )
    expect(sessions.map(({ date }) => date)).toEqual(['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02'])
    expect(sessions.every((s, i) => i === 0 || s.open === sessions[i - 1]!.close)).toBe(true)
    expect(sessions[0]!.holidayFacts).toBe('known')
  })

  it('answers with the same object while the session lasts', () => {
    const clock = openSessionClock(instrument('SPY'), FACTS)
    const first = clock.sessionAt(at('2025-06-10T13:30:00Z'))
    expect(first).toBeDefined()
    expect(clock.sessionAt(at('2025-06-10T19:59:59.999Z'))).toBe(first)
    expect(clock.sessionAt(at('2025-06-10T20:00:00Z'))).toBeUndefined()
  })

  it.each(['SPY', 'ES', 'NIFTY', 'SENSEX', 'BTC-PERP', '6E'])(
    'gives %s the same answer in any order of asking as a search through all sessions',
    (symbol) => {
      const start = Date.UTC(2024, 11, 20)
      const end = Date.UTC(2027, 0, 15)
      const all = sessionsBetween(instrument(symbol), FACTS, epochMs(start), epochMs(end))
      const clock = openSessionClock(instrument(symbol), FACTS)
      const minute = fc.integer({ min: start / 60_000, max: end / 60_000 - 1 })
      // Steps of a few hours cross opens and closes often; jumps test the memory.
      const walk = fc.array(fc.oneof(minute, fc.integer({ min: -600, max: 600 })), { minLength: 5, maxLength: 40 })
      fc.assert(
        fc.property(minute, walk, (first, steps) => {
          let now = first
          for (const step of steps) {
            now = Math.abs(step) <= 600 ? Math.min(Math.max(now + step, start / 60_000), end / 60_000 - 1) : step
            const instant = epochMs(now * 60_000)
            const expected = all.find((s) => instant >= s.open && instant < s.close)
            expect(clock.sessionAt(instant)).toEqual(expected)
          }
        }),
        { numRuns: 60, seed: 11 },
      )
    },
  )
})
