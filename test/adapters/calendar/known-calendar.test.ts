import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { bundledReleases } from '../../../src/adapters/calendar/bundled-releases.ts'
import { followCalendar } from '../../../src/adapters/calendar/known-calendar.ts'
import { storedCalendarOf } from '../../../src/adapters/calendar/stored-calendar.ts'
import { tempHome } from '../../support/temp-home.ts'

type Event = Record<string, unknown>

const source = (name: string) => {
  return { name, known_from: '2025-01-01', known_until: '2026-12-31', as_of: '2026-11-20', problem: null }
}
const CPI = {
  ...{ id: 'CPI:2027-01-13', name: 'CPI', date: '2027-01-13', time: '08:30', zone: 'America/New_York' },
  ...{ status: 'scheduled', projections: false, impact: 'high' },
}
const EMERGENCY = {
  ...{ id: 'EMERGENCY:1', name: 'EMERGENCY', date: '2026-11-21', time: '10:00', zone: 'UTC', minutes: 90 },
  ...{ status: 'scheduled', projections: false, impact: 'high', note: 'exchange is down' },
}

function textOf(events: readonly Event[], change: object = {}): string {
  const sources = ['FOMC', 'NFP', 'CPI', 'PPI'].map(source)
  return JSON.stringify({ version: 1, calendar: { sources, events, ...change } })
}

describe('the stored calendar', () => {
  it('gives releases at their wall time and emergencies with their end', () => {
    const stored = storedCalendarOf(textOf([CPI, EMERGENCY]))
    expect(stored?.releases.events).toEqual([
      { name: 'CPI', at: Date.parse('2027-01-13T13:30:00Z'), status: 'scheduled', projections: false },
    ])
    expect(stored?.emergencies).toEqual([
      {
        ...{ id: 'EMERGENCY:1', note: 'exchange is down' },
        ...{ from: Date.parse('2026-11-21T10:00:00Z'), until: Date.parse('2026-11-21T11:30:00Z') },
      },
    ])
  })

  it.each([
    ['nothing', ''],
    ['half a file', textOf([CPI]).slice(0, 80)],
    ['null', 'null'],
    ['another version', textOf([CPI]).replace('"version":1', '"version":2')],
    ['a list that is missing', textOf([CPI], { sources: [source('CPI')] })],
    ['events that are none', textOf([CPI], { events: 'none' })],
    ['a date that is none', textOf([{ ...CPI, date: '2027-13-45' }])],
    ['a time that is none', textOf([{ ...CPI, time: '25:00' }])],
    ['a zone that is none', textOf([{ ...CPI, zone: 'Mars/Base' }])],
    ['a standing that is none', textOf([{ ...CPI, status: 'perhaps' }])],
    ['an emergency without an end', textOf([{ ...EMERGENCY, minutes: undefined }])],
  ])('is as if there were none where it is %s', (_what, text) => {
    expect(storedCalendarOf(text)).toBeUndefined()
  })

  it('leaves out kinds of events that a newer cloud may have', () => {
    expect(storedCalendarOf(textOf([CPI, { ...CPI, name: 'GDP' }]))?.releases.events).toHaveLength(1)
  })
})

describe('the calendar a bot follows', () => {
  const file = () => join(tempHome(), 'calendar.json')

  it('is the bundled one where nothing is stored', () => {
    const known = followCalendar({ calendarFile: file() }).now()
    expect(known.releases()).toEqual(bundledReleases())
    expect(known.emergencies).toEqual([])
  })

  it('is the stored one at the start, the bundled facts within', () => {
    const calendarFile = file()
    writeFileSync(calendarFile, textOf([CPI]))
    const events = followCalendar({ calendarFile }).now().releases().events
    expect(events.filter(({ at }) => at === Date.parse('2027-01-13T13:30:00Z'))).toHaveLength(1)
    expect(events.length).toBe(bundledReleases().events.length + 1)
  })

  it('is taken up while the bot runs, and a file that goes or breaks takes nothing away', async () => {
    const calendarFile = file()
    let changes = 0
    const view = followCalendar({ calendarFile }, () => changes++)
    const before = view.now()
    writeFileSync(calendarFile, textOf([EMERGENCY]))
    expect(view.now()).toBe(before)
    await wait(1_050)
    const after = view.now()
    expect(after.emergencies).toHaveLength(1)
    expect(view.now()).toBe(after)
    expect(changes).toBe(1)
    writeFileSync(calendarFile, '{')
    utimesSync(calendarFile, 1, 1)
    await wait(1_050)
    expect(view.now()).toBe(after)
    rmSync(calendarFile)
    await wait(1_050)
    expect(view.now()).toBe(after)
    expect(changes).toBe(1)
  })
})
