import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { earlyClosesOf } from '../../../src/domain/calendar/early-closes.ts'
import type { DayFact } from '../../../src/domain/calendar/facts.ts'
import { CME_HOURS, KNOWN_INSTRUMENTS, usEquity } from '../../../src/domain/instrument/known-instruments.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { openFlatTimes } from '../../../src/domain/risk/flat-times.ts'
import { openWallWindows, parseWallWindows } from '../../../src/domain/risk/wall-windows.ts'
import { durationMs, epochMs } from '../../../src/domain/units/units.ts'

const at = (iso: string) => epochMs(Date.parse(iso))
const MINUTE = durationMs(60_000)
const known = (symbol: string) => KNOWN_INSTRUMENTS.find((one) => one.symbol === symbol)!
const ES = known('ES')

function flat(text: string, ...traded: readonly Instrument[]) {
  const closes = traded.flatMap((instrument) => earlyClosesOf(instrument, bundledCalendar()))
  return openFlatTimes(text, parseWallWindows(text)!, closes)
}

/** The early closes of a market at which one day is told. */
function closesOn(fact: DayFact, instrument: Instrument = ES) {
  const covered = [{ from: '2027-01-01', to: '2027-12-31' }]
  const calendar = { zone: CME_HOURS.zone, covered, days: new Map([[fact.date, fact]]) }
  return earlyClosesOf(instrument, { asOf: '2026-01-01', calendars: { 'cme-equity': calendar } })
}

const TOPSTEP = '15:10-17:00 America/Chicago'

describe('the time at which nothing may be held', () => {
  it('comes as long before an early close as before the regular one', () => {
    // The day after Thanksgiving ends at 12:15, 3 h 45 min early: 15:10 becomes 11:25 (Chicago is at UTC-6).
    const { contains, why } = flat(TOPSTEP, ES)
    expect(contains(at('2026-11-27T17:24:59Z'))).toBe(false)
    expect(contains(at('2026-11-27T17:25:00Z'))).toBe(true)
    expect(contains(at('2026-11-27T20:00:00Z'))).toBe(true)
    expect(contains(at('2026-11-27T22:59:59Z'))).toBe(true)
    expect(contains(at('2026-11-27T23:00:00Z'))).toBe(false)
    expect(why(at('2026-11-27T17:23:00Z'), MINUTE)).toBeUndefined()
    expect(why(at('2026-11-27T17:24:00Z'), MINUTE)).toBeDefined()
  })

  it('says which day and from when', () => {
    const times = flat(TOPSTEP, ES)
    expect(times.why(at('2026-11-27T17:25:00Z'), MINUTE)).toBe(
      'nothing may be held 15:10-17:00 America/Chicago; on 2026-11-27 from 11:25, for the session ends early at 12:15',
    )
    expect(times.why(at('2026-11-30T21:10:00Z'), MINUTE)).toBe('nothing may be held 15:10-17:00 America/Chicago')
    expect(times.why(at('2026-11-30T21:08:00Z'), MINUTE)).toBeUndefined()
  })

  it('is the one that is set on every other day, and after the evening of a holiday', () => {
    const { contains } = flat(TOPSTEP, ES)
    expect(contains(at('2026-11-25T21:09:00Z'))).toBe(false)
    expect(contains(at('2026-11-25T21:10:00Z'))).toBe(true)
    // Thanksgiving: the session that began the evening before halts at 12:00, and the next one begins at 17:00.
    expect(contains(at('2026-11-26T17:09:00Z'))).toBe(false)
    expect(contains(at('2026-11-26T17:10:00Z'))).toBe(true)
    expect(contains(at('2026-11-26T23:00:00Z'))).toBe(false)
    expect(contains(at('2026-11-27T05:00:00Z'))).toBe(false)
  })

  it('is read in its own zone, also in weeks in which only one of the two zones has changed its clock', () => {
    const berlin = flat('21:10-23:00 Europe/Berlin', ES)
    // 16:00 in Chicago is 23:00 in Berlin, so 110 minutes before the close: 12:15 is 19:15 there, less 110 is 17:25.
    expect(berlin.contains(at('2026-11-27T16:24:00Z'))).toBe(false)
    expect(berlin.contains(at('2026-11-27T16:25:00Z'))).toBe(true)
    // From 2027-03-14 to 2027-03-28 the close is at 22:00 in Berlin, 50 minutes after 21:10.
    const closes = closesOn({ date: '2027-03-26', kind: 'early-close', closeMinute: 8 * 60 + 15 })
    const spring = openFlatTimes('x', parseWallWindows('21:10-23:00 Europe/Berlin')!, closes)
    expect(spring.contains(at('2027-03-26T12:24:00Z'))).toBe(false)
    expect(spring.contains(at('2027-03-26T12:25:00Z'))).toBe(true)
  })

  it('counts the minutes that pass on a day of 25 hours', () => {
    const sunday: Instrument = { ...ES, session: { ...CME_HOURS, opensDayBefore: false, openMinute: 0, weekdays: [0] } }
    const closes = closesOn({ date: '2027-11-07', kind: 'early-close', closeMinute: 4 * 60 }, sunday)
    // The clock goes back at 02:00: four hours before 04:00 it shows 01:00 for the first time.
    const times = openFlatTimes('x', parseWallWindows('12:00-17:00 America/Chicago')!, closes)
    const begins = at('2027-11-07T06:00:00Z')
    expect([times.contains(epochMs(begins - 1)), times.contains(begins)]).toEqual([false, true])
  })

  it('never begins before the session does', () => {
    const long = flat('17:30-17:00 America/Chicago', ES)
    // 22 h 30 min before 12:15 would lie in the session before.
    expect(long.contains(at('2026-11-26T23:00:00Z'))).toBe(true)
    expect(long.contains(at('2026-11-26T22:59:00Z'))).toBe(true)
    const morning = flat('02:00-16:00 America/Chicago', ES)
    expect(morning.contains(at('2026-11-27T04:15:00Z'))).toBe(true)
    expect(morning.contains(at('2026-11-27T04:14:00Z'))).toBe(false)
  })

  it('stays where it is when it is about something else than the close', () => {
    const lunch = flat('11:30-12:30 America/New_York', usEquity('SPY'))
    expect(lunch.contains(at('2026-11-27T16:29:00Z'))).toBe(false)
    expect(lunch.contains(at('2026-11-27T16:30:00Z'))).toBe(true)
    expect(lunch.contains(at('2026-11-27T17:30:00Z'))).toBe(false)
    const evening = flat('16:30-17:00 America/Chicago', ES)
    expect(evening.contains(at('2026-11-27T18:00:00Z'))).toBe(false)
  })

  it('is ahead of the close of every instrument of the account', () => {
    // New York ends at 13:00, so 15:40 becomes 12:40; Chicago at 12:15, and 14:40 there becomes 10:55.
    const text = '15:40-18:00 America/New_York'
    expect(flat(text, usEquity('SPY')).contains(at('2026-11-27T17:39:00Z'))).toBe(false)
    expect(flat(text, usEquity('SPY')).contains(at('2026-11-27T17:40:00Z'))).toBe(true)
    expect(flat(text, usEquity('SPY'), ES).contains(at('2026-11-27T16:54:00Z'))).toBe(false)
    expect(flat(text, usEquity('SPY'), ES).contains(at('2026-11-27T16:55:00Z'))).toBe(true)
  })

  it('holds before a session of its own that is shorter than the regular one', () => {
    // The Muhurat session of 2025-10-21 ends at 14:45 in place of 15:30.
    const { contains } = flat('15:20-15:30 Asia/Kolkata', known('NIFTY'))
    expect(contains(at('2025-10-21T09:04:00Z'))).toBe(false)
    expect(contains(at('2025-10-21T09:05:00Z'))).toBe(true)
  })

  it('is its own time alone where no early close is known', () => {
    expect(earlyClosesOf(known('CL'), bundledCalendar())).toEqual([])
    expect(earlyClosesOf(known('BTC-PERP'), bundledCalendar())).toEqual([])
    expect(flat(TOPSTEP, known('CL')).contains(at('2026-11-27T17:25:00Z'))).toBe(false)
  })
})

describe('whatever the window, the market and the zone', () => {
  const closes = [ES, usEquity('SPY'), known('NIFTY')].flatMap((one) => earlyClosesOf(one, bundledCalendar()))
  const wall = (instant: number, zone: string) =>
    new Date(instant).toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })

  it('nothing is held over an early close, nor in the time before it that is kept before the usual one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...closes),
        fc.constantFrom('America/Chicago', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'UTC'),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 60 }),
        (early, zone, before, after) => {
          const { open, close, regularClose } = early
          const text = `${wall(regularClose - before * MINUTE, zone)}-${wall(regularClose + after * MINUTE, zone)} ${zone}`
          const spec = parseWallWindows(text)!
          const times = openFlatTimes(text, spec, [early])
          const begins = Math.max(open, close - before * MINUTE)
          const held = (instant: number) => !times.contains(epochMs(instant))
          const always = openWallWindows(text, spec)
          for (let instant = begins; instant < regularClose; instant += 5 * MINUTE) if (held(instant)) return false
          return !held(close) && (held(begins - 1) || always.contains(epochMs(begins - 1)))
        },
      ),
    )
  })
})

describe('early closes', () => {
  it('are those of the calendar that ships, in time order, with the close that is usual', () => {
    const days = earlyClosesOf(usEquity('SPY'), bundledCalendar())
    expect(days.map(({ date }) => date)).toEqual([
      '2025-07-03',
      '2025-11-28',
      '2025-12-24',
      '2026-11-27',
      '2026-12-24',
      '2027-11-26',
    ])
    expect(days[0]).toMatchObject({ close: at('2025-07-03T17:00:00Z'), regularClose: at('2025-07-03T20:00:00Z') })
  })
})
