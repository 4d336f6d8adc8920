import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSessionClock } from '../../../src/domain/calendar/session-clock.ts'
import { openRiskDays, parseDayBoundary } from '../../../src/domain/risk/risk-days.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { rigSession } from '../../support/bot-rig.ts'
import { instrumentOf } from '../../support/sample-bars.ts'

const HOUR = 3_600_000
const at = (iso: string) => epochMs(Date.parse(iso))
const iso = (time: number) => new Date(time).toISOString()

function daysOf(boundary: string) {
  const parsed = parseDayBoundary(boundary)
  if (!parsed) throw new Error(boundary)
  return openRiskDays(parsed, { sessionAt: rigSession })
}

describe('a day boundary', () => {
  it.each(['session', '00:00 Europe/Berlin', '17:00 America/Chicago', '23:59 Asia/Kolkata'])('reads %s', (text) => {
    expect(parseDayBoundary(text)).toBeDefined()
  })
  it.each([
    '',
    'midnight',
    '24:00 UTC',
    '17:00',
    '7:00 UTC',
    '17:60 UTC',
    '17:00 Mars/Olympus',
    '17:00  UTC',
    '17:00 UTC ',
    'midnight ',
    'noon UTC',
    'midnight XE(S)T',
    'midnight constructor',
  ])('does not read %j', (text) => {
    expect(parseDayBoundary(text)).toBeUndefined()
  })

  it.each([
    ['midnight CE(S)T', '00:00 Europe/Prague'],
    ['midnight CEST', '00:00 Europe/Prague'],
    ['midnight Asia/Kolkata', '00:00 Asia/Kolkata'],
    ['17:00 CT', '17:00 America/Chicago'],
    ['17:00 ET', '17:00 America/New_York'],
  ])('is read as firms write it: %s is %s', (spoken, meant) => {
    expect(parseDayBoundary(spoken)).toEqual(parseDayBoundary(meant))
  })

  // From the day before the change to the day after: the length of the days tells the change.
  it.each([
    ['17:00 America/Chicago', '2026-03-07T23:30:00Z', [23], '2026-03-07T23:00:00.000Z'],
    ['17:00 America/Chicago', '2026-10-31T22:30:00Z', [25], '2026-10-31T22:00:00.000Z'],
    ['00:00 Europe/Berlin', '2026-03-28T23:30:00Z', [23], '2026-03-28T23:00:00.000Z'],
    ['00:00 Europe/Berlin', '2026-10-24T22:30:00Z', [25], '2026-10-24T22:00:00.000Z'],
    ['17:00 Australia/Sydney', '2026-04-04T06:30:00Z', [25], '2026-04-04T06:00:00.000Z'],
    ['17:00 Australia/Sydney', '2026-10-03T07:30:00Z', [23], '2026-10-03T07:00:00.000Z'],
    ['00:00 Asia/Kolkata', '2026-03-28T19:00:00Z', [24], '2026-03-28T18:30:00.000Z'],
    // The boundary itself is skipped, then repeated.
    ['02:30 Europe/Berlin', '2026-03-29T00:59:00Z', [24], '2026-03-28T01:30:00.000Z'],
    ['02:30 Europe/Berlin', '2026-03-29T01:30:00Z', [23], '2026-03-29T01:30:00.000Z'],
    ['02:30 Europe/Berlin', '2026-10-25T00:30:00Z', [25], '2026-10-25T00:30:00.000Z'],
    ['02:30 Europe/Berlin', '2026-10-25T01:10:00Z', [25], '2026-10-25T00:30:00.000Z'],
  ])('%s around %s', (boundary, time, [hours], start) => {
    const day = daysOf(boundary).dayAt(at(time))!
    expect(iso(day.start)).toBe(start)
    expect((day.end - day.start) / HOUR).toBe(hours)
  })

  it('puts every instant into exactly one day, and days end where the next begin', () => {
    const boundaries = [
      '17:00 America/Chicago',
      '02:30 Europe/Berlin',
      '02:15 Australia/Sydney',
      '00:00 America/Santiago',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...boundaries),
        fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) }).map(epochMs),
        (boundary, time) => {
          const days = daysOf(boundary)
          const day = days.dayAt(time)!
          const next = days.dayAt(day.end)!
          const last = days.dayAt(epochMs(day.end - 1))!
          return day.start <= time && time < day.end && next.start === day.end && last.start === day.start
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('the day of the session', () => {
  it('lasts from open to close, goes on until the next opens, and knows when that is over a holiday weekend', () => {
    const spy = instrumentOf('SPY')
    const facts = { asOf: '2026-01-01', calendars: {} }
    const days = openRiskDays({ kind: 'session' }, openSessionClock(spy, facts))
    const friday = at('2026-03-06T15:00:00Z')
    expect(days.dayAt(friday)).toMatchObject({ key: '2026-03-06', start: at('2026-03-06T14:30:00Z') })
    expect(days.dayAt(at('2026-03-07T15:00:00Z'))).toBeUndefined()
    // The clock changes over the weekend: the open comes an hour earlier in UTC.
    expect(iso(days.nextStart(friday))).toBe('2026-03-09T13:30:00.000Z')
    expect(iso(days.nextStart(at('2026-03-07T15:00:00Z')))).toBe('2026-03-09T13:30:00.000Z')
  })
})
