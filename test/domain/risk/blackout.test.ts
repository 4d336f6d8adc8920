import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EconomicEvents } from '../../../src/domain/calendar/economic-event.ts'
import { wallClock } from '../../../src/domain/calendar/wall-time.ts'
import { blackoutText, currenciesOf, openBlackouts, type Blackouts } from '../../../src/domain/risk/blackout.ts'
import { parseBlackoutMinutes } from '../../../src/domain/risk/blackout-minutes.ts'
import { durationMs, epochMs } from '../../../src/domain/units/units.ts'
import { KNOWN_INSTRUMENTS, usEquity } from '../../../src/domain/instrument/known-instruments.ts'

const NEW_YORK = wallClock('America/New_York')
const CALENDAR: EconomicEvents = {
  asOf: '2026-03-01',
  zone: 'America/New_York',
  knownFrom: '2026-01-01',
  knownUntil: { FOMC: '2027-12-31', NFP: '2026-12-31', CPI: '2026-12-31', PPI: '2026-11-30' },
  events: [
    { name: 'NFP', at: NEW_YORK.toEpoch('2026-03-06', 510), status: 'occurred', projections: false },
    // Three days after the clocks of New York went forward.
    { name: 'CPI', at: NEW_YORK.toEpoch('2026-03-11', 510), status: 'scheduled', projections: false },
    { name: 'PPI', at: NEW_YORK.toEpoch('2026-03-12', 510), status: 'scheduled', projections: false },
    { name: 'FOMC', at: NEW_YORK.toEpoch('2027-03-17', 840), status: 'tentative', projections: true },
  ],
}
const SETTING = { level: 'high', beforeMinutes: 30, afterMinutes: 60, flat: false, currencies: ['USD'] } as const
const at = (text: string) => epochMs(Date.parse(text))
const kindAt = (blackouts: Blackouts | undefined, text: string, span = 0) =>
  blackouts?.verdict(at(text), durationMs(span)).kind

describe('a calendar blackout', () => {
  const high = openBlackouts(CALENDAR, SETTING)

  it('holds from before a release until after it, its end left out', () => {
    expect(kindAt(high, '2026-03-06T12:59:59Z')).toBe('clear')
    expect(kindAt(high, '2026-03-06T13:00:00Z')).toBe('blackout')
    expect(kindAt(high, '2026-03-06T14:29:59Z')).toBe('blackout')
    expect(kindAt(high, '2026-03-06T14:30:00Z')).toBe('clear')
  })

  it('keeps to the wall time of the release after the clocks have changed', () => {
    expect(kindAt(high, '2026-03-11T11:59:00Z')).toBe('clear')
    expect(kindAt(high, '2026-03-11T12:00:00Z')).toBe('blackout')
    expect(kindAt(high, '2026-03-11T13:30:00Z')).toBe('clear')
  })

  it('names the release and says until when', () => {
    const verdict = high?.verdict(at('2026-03-11T12:00:00Z'), durationMs(0))
    expect(verdict?.kind === 'blackout' && blackoutText(verdict.window)).toBe(
      'no entries around US consumer prices (CPI) at 2026-03-11 12:30 UTC, until 2026-03-11 13:30 UTC',
    )
  })

  it('looks ahead by the span it is asked about, so that a bar can be left before the window', () => {
    expect(kindAt(high, '2026-03-06T12:59:00Z', 60_000)).toBe('clear')
    expect(kindAt(high, '2026-03-06T12:59:30Z', 60_000)).toBe('blackout')
  })

  it('leaves medium releases out unless they are asked for', () => {
    const both = openBlackouts(CALENDAR, { ...SETTING, level: 'high,medium' })
    expect(kindAt(high, '2026-03-12T12:30:00Z')).toBe('clear')
    expect(kindAt(both, '2026-03-12T12:30:00Z')).toBe('blackout')
  })

  it('is unknown past the end of the shortest list that matters, and before the beginning', () => {
    const both = openBlackouts(CALENDAR, { ...SETTING, level: 'high,medium' })
    expect(kindAt(both, '2026-12-01T04:29:00Z')).toBe('clear')
    expect(kindAt(both, '2026-12-01T04:30:00Z')).toBe('unknown')
    expect(kindAt(high, '2026-12-15T12:00:00Z')).toBe('clear')
    expect(kindAt(high, '2027-01-02T12:00:00Z')).toBe('unknown')
    expect(kindAt(high, '2024-03-06T13:30:00Z')).toBe('unknown')
  })

  it('knows a listed release past the end of another list', () => {
    expect(kindAt(high, '2027-03-17T18:00:00Z')).toBe('blackout')
  })

  it('has minutes of its own for releases that are given some', () => {
    const own = openBlackouts(CALENDAR, { ...SETTING, minutesOf: parseBlackoutMinutes('NFP:120/5') })
    expect(kindAt(own, '2026-03-06T11:30:00Z')).toBe('blackout')
    expect(kindAt(own, '2026-03-06T13:35:00Z')).toBe('clear')
    expect(kindAt(own, '2026-03-11T12:00:00Z')).toBe('blackout')
    expect(kindAt(own, '2026-03-11T11:59:00Z')).toBe('clear')
  })

  it('knows each list up to its end less the minutes before', () => {
    const own = openBlackouts(CALENDAR, {
      ...SETTING,
      level: 'high,medium',
      minutesOf: parseBlackoutMinutes('PPI:90/0'),
    })
    expect(kindAt(own, '2026-12-01T03:29:00Z')).toBe('clear')
    expect(kindAt(own, '2026-12-01T03:30:00Z')).toBe('unknown')
  })

  it('tells the windows of a span in the order they begin', () => {
    const own = openBlackouts(CALENDAR, {
      ...SETTING,
      level: 'high,medium',
      minutesOf: parseBlackoutMinutes('PPI:1440/1440'),
    })
    const names = own?.within(at('2026-03-11T12:00:00Z'), at('2026-03-12T00:00:00Z')).map(({ event }) => event.name)
    expect(names).toEqual(['CPI', 'PPI'])
    expect(own?.within(at('2026-03-11T13:30:00Z'), at('2026-03-12T00:00:00Z')).map(({ event }) => event.name)).toEqual([
      'PPI',
    ])
  })

  it('is none where the account has none', () => {
    expect(openBlackouts(CALENDAR, { ...SETTING, level: 'none' })).toBeUndefined()
  })

  it('is of no concern to an account without a currency of the calendar, which is told so', () => {
    const rupees = openBlackouts(CALENDAR, { ...SETTING, currencies: ['INR'] })
    expect(kindAt(rupees, '2026-03-06T13:30:00Z')).toBe('clear')
    expect(rupees?.uncovered).toEqual(['INR'])
  })

  it('agrees with a plain look at every window, whatever the minutes, around every clock change', () => {
    const changes = ['2026-03-08', '2026-03-29', '2026-10-25', '2026-11-01']
    const release = fc.record({ day: fc.constantFrom(...changes), minute: fc.integer({ min: 0, max: 1439 }) })
    fc.assert(
      fc.property(
        fc.array(release, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: -600, max: 2_000 }),
        (releases, beforeMinutes, afterMinutes, offset) => {
          const events = releases
            .map(({ day, minute }) => NEW_YORK.toEpoch(day, minute))
            .sort((a, b) => a - b)
            .map((time) => ({ name: 'NFP', at: time, status: 'scheduled', projections: false }) as const)
          const blackouts = openBlackouts({ ...CALENDAR, events }, { ...SETTING, beforeMinutes, afterMinutes })
          const moment = epochMs(events[0]!.at + offset * 60_000)
          const expected = events.some(
            (event) => moment >= event.at - beforeMinutes * 60_000 && moment < event.at + afterMinutes * 60_000,
          )
          expect(blackouts?.verdict(moment, durationMs(0)).kind).toBe(expected ? 'blackout' : 'clear')
        },
      ),
    )
  })
})

describe('windows of different lengths', () => {
  it('are all kept to, and the one that begins first is told first, whichever ends first', () => {
    const minutes = fc.record({ before: fc.integer({ min: 0, max: 1440 }), after: fc.integer({ min: 0, max: 1440 }) })
    const release = fc.record({
      name: fc.constantFrom('FOMC', 'NFP', 'CPI'),
      offset: fc.integer({ min: 0, max: 5_000 }),
    })
    fc.assert(
      fc.property(
        fc.array(release, { minLength: 1, maxLength: 6 }),
        fc.record({ FOMC: minutes, NFP: minutes, CPI: minutes }),
        fc.integer({ min: -1_500, max: 7_000 }),
        fc.integer({ min: 0, max: 120 }),
        (releases, own, offset, span) => {
          const start = at('2026-06-01T00:00:00Z')
          const events = releases.map(({ name, offset: minute }) => {
            const time = epochMs(start + minute * 60_000)
            return { name: name as 'FOMC', at: time, status: 'scheduled', projections: false } as const
          })
          const minutesOf = new Map(Object.entries(own)) as never
          const blackouts = openBlackouts({ ...CALENDAR, events }, { ...SETTING, minutesOf })
          const moment = epochMs(start + offset * 60_000)
          const windows = events.map(({ name, at: time }) => {
            return { from: time - own[name].before * 60_000, until: time + own[name].after * 60_000 }
          })
          const open = windows.filter(({ until }) => until > moment)
          const hit = open.some(({ from }) => from <= moment || from < moment + span * 60_000)
          expect(blackouts?.verdict(moment, durationMs(span * 60_000)).kind).toBe(hit ? 'blackout' : 'clear')
          const first = open.length === 0 ? undefined : Math.min(...open.map(({ from }) => from))
          expect(blackouts?.next(moment)?.from).toBe(first)
        },
      ),
    )
  })
})

describe('the currencies of an instrument', () => {
  const of = (symbol: string) => currenciesOf(KNOWN_INSTRUMENTS.find((one) => one.symbol === symbol)!)

  it('are its own, the foreign one of a currency future, and the dollar for futures and indices', () => {
    expect(of('ES')).toEqual(['USD'])
    expect(of('6E')).toEqual(['USD', 'EUR'])
    expect(of('NIFTY')).toEqual(['INR', 'USD'])
    expect(of('BTC-PERP')).toEqual(['USD'])
    expect(currenciesOf(usEquity('AAPL'))).toEqual(['USD'])
  })
})
