import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EconomicEvent, EconomicEvents } from '../../../src/domain/calendar/economic-event.ts'
import { believableEnd, knownReleases, type ToldReleases } from '../../../src/domain/calendar/known-releases.ts'
import { pairMoved } from '../../../src/domain/calendar/moved-releases.ts'
import { addDays, wallClock } from '../../../src/domain/calendar/wall-time.ts'

const CLOCK = wallClock('America/New_York')

function release(name: EconomicEvent['name'], date: string, status: EconomicEvent['status'] = 'scheduled') {
  return { name, at: CLOCK.toEpoch(date, name === 'FOMC' ? 840 : 510), status, projections: false } as const
}

const YEAR = '2026-12-31'
const BUNDLED: EconomicEvents = {
  ...{ asOf: '2026-10-09', zone: 'America/New_York', knownFrom: '2025-01-01' },
  knownUntil: { FOMC: '2027-12-31', NFP: YEAR, CPI: YEAR, PPI: YEAR },
  events: [
    release('CPI', '2026-09-11', 'occurred'),
    release('CPI', '2026-11-10'),
    release('CPI', '2026-12-10'),
    release('FOMC', '2026-12-09'),
    release('FOMC', '2027-01-27', 'tentative'),
    release('FOMC', '2027-03-17', 'tentative'),
  ],
}
const AS_OF = { FOMC: '2026-11-01', NFP: '2026-11-01', CPI: '2026-11-01', PPI: '2026-11-01' }

function told(events: readonly EconomicEvent[], change: Partial<ToldReleases> = {}): ToldReleases {
  return { asOf: AS_OF, knownUntil: BUNDLED.knownUntil, events, ...change }
}

function known(events: readonly EconomicEvent[], change: Partial<ToldReleases> = {}) {
  const { events: all, knownUntil, asOf } = knownReleases(BUNDLED, told(events, change), CLOCK)
  return { asOf, knownUntil, days: all.map(({ name, at }) => `${name} ${CLOCK.toWall(at).date}`), all }
}

describe('the releases a bot keeps to', () => {
  it('are those the cloud adds beside those that ship', () => {
    expect(known([...BUNDLED.events, release('CPI', '2027-01-13')]).days).toContain('CPI 2027-01-13')
  })

  it('are as new as the newer of both', () => {
    expect(known(BUNDLED.events).asOf).toBe('2026-11-01')
    const older = known([release('CPI', '2026-10-30')], { asOf: { ...AS_OF, CPI: '2026-09-01' } })
    expect(older.days).not.toContain('CPI 2026-10-30')
  })

  it('follow the cloud where it moves a date that was never confirmed', () => {
    const { days } = known([
      ...BUNDLED.events.filter(({ status }) => status !== 'tentative'),
      release('FOMC', '2027-02-03'),
    ])
    expect(days.filter((day) => day.startsWith('FOMC'))).toEqual([
      'FOMC 2026-12-09',
      'FOMC 2027-02-03',
      'FOMC 2027-03-17',
    ])
  })

  it('keep a confirmed date beside the one it was moved to', () => {
    const { days } = known([release('CPI', '2026-11-13'), release('CPI', '2026-12-10')])
    expect(days.filter((day) => day.startsWith('CPI'))).toEqual([
      'CPI 2026-09-11',
      'CPI 2026-11-10',
      'CPI 2026-11-13',
      'CPI 2026-12-10',
    ])
  })

  it('keep the hour of a confirmed release beside another hour', () => {
    const late = { ...release('CPI', '2026-11-10'), at: CLOCK.toEpoch('2026-11-10', 1_380) }
    expect(
      known([late]).all.filter(({ name, at }) => name === 'CPI' && CLOCK.toWall(at).date === '2026-11-10'),
    ).toHaveLength(2)
  })

  it('take from the cloud what stands of a release: it may confirm one', () => {
    const { all } = known([release('FOMC', '2027-01-27', 'scheduled')])
    expect(all.find(({ at }) => at === release('FOMC', '2027-01-27').at)?.status).toBe('scheduled')
  })

  it('never lack one that ships as confirmed or past, whatever the cloud says', () => {
    const anyRelease = fc
      .record({
        name: fc.constantFrom('FOMC' as const, 'CPI' as const),
        day: fc.integer({ min: -400, max: 800 }),
        status: fc.constantFrom('occurred' as const, 'scheduled' as const, 'tentative' as const),
      })
      .map(({ name, day, status }) => release(name, addDays('2026-10-09', day), status))
    fc.assert(
      fc.property(fc.array(anyRelease, { maxLength: 12 }), (events) => {
        const times = new Set(known(events).all.map(({ name, at }) => `${name} ${at}`))
        for (const { name, at, status } of BUNDLED.events)
          if (status !== 'tentative') expect(times.has(`${name} ${at}`)).toBe(true)
      }),
    )
  })

  it('are known as far as they reach, not as far as somebody says', () => {
    const cpi = (until: string) => ({ knownUntil: { ...BUNDLED.knownUntil, CPI: until } })
    expect(known(BUNDLED.events, cpi('2099-12-31')).knownUntil.CPI).toBe(YEAR)
    const next = [release('CPI', '2027-01-13'), release('CPI', '2027-02-11')]
    expect(known([...BUNDLED.events, ...next], cpi('2099-12-31')).knownUntil.CPI).toBe('2027-03-23')
    expect(known([...BUNDLED.events, ...next], cpi('2027-02-28')).knownUntil.CPI).toBe('2027-02-28')
    expect(known(BUNDLED.events, cpi('2026-01-01')).knownUntil.CPI).toBe(YEAR)
  })
})

describe('the end of a list', () => {
  it('is not believed beyond a gap that no list ever had', () => {
    expect(believableEnd('2026-12-31', '2027-12-31', ['2027-01-13', '2027-12-10'])).toBe('2027-02-22')
  })
})

describe('a release that is gone', () => {
  const dated = (...dates: string[]) => dates.map((date) => ({ date }))

  it('was moved where a new one stands near', () => {
    const { moved, lost } = pairMoved(dated('2026-02-06', '2026-02-11'), dated('2026-02-13', '2026-02-11'))
    expect(moved.map(({ from, to }) => [from.date, to.date])).toEqual([
      ['2026-02-06', '2026-02-11'],
      ['2026-02-11', '2026-02-13'],
    ])
    expect(lost).toEqual([])
  })

  it('is lost where none is near, and each new one takes the place of one', () => {
    expect(pairMoved(dated('2026-02-06'), dated('2026-04-01')).lost).toEqual(dated('2026-02-06'))
    expect(pairMoved(dated('2026-02-06', '2026-03-06'), dated('2026-02-11')).lost).toEqual(dated('2026-03-06'))
  })
})
