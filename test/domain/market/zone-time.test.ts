import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openZoneTime, type ZoneTime } from '../../../src/domain/market/zone-time.ts'

const wall = (iso: string) => Date.parse(`${iso}Z`)
const utc = (ms: number) => (Number.isNaN(ms) ? 'none' : new Date(ms).toISOString())

function zone(name: string): ZoneTime {
  const found = openZoneTime(name)
  if (!found) throw new Error(name)
  return found
}

describe('wall time of a zone', () => {
  it('follows summer and winter', () => {
    const ny = zone('America/New_York')
    expect(utc(ny.toUtc(wall('2024-01-02T09:30'), -Infinity, false))).toBe('2024-01-02T14:30:00.000Z')
    expect(utc(ny.toUtc(wall('2024-07-02T09:30'), -Infinity, false))).toBe('2024-07-02T13:30:00.000Z')
  })

  it('is none where the clocks skipped it', () => {
    const ny = zone('America/New_York')
    expect(utc(ny.toUtc(wall('2024-03-10T01:59'), -Infinity, false))).toBe('2024-03-10T06:59:00.000Z')
    expect(utc(ny.toUtc(wall('2024-03-10T02:00'), -Infinity, false))).toBe('none')
    expect(utc(ny.toUtc(wall('2024-03-10T02:59'), -Infinity, false))).toBe('none')
    expect(utc(ny.toUtc(wall('2024-03-10T03:00'), -Infinity, false))).toBe('2024-03-10T07:00:00.000Z')
  })

  it('that comes twice is told by the rows before it', () => {
    const ny = zone('America/New_York')
    let previous = -Infinity
    const read = (iso: string) => utc((previous = ny.toUtc(wall(iso), previous, false)))
    expect(read('2024-11-03T01:00')).toBe('2024-11-03T05:00:00.000Z')
    expect(read('2024-11-03T01:30')).toBe('2024-11-03T05:30:00.000Z')
    expect(read('2024-11-03T01:00')).toBe('2024-11-03T06:00:00.000Z')
    expect(read('2024-11-03T01:30')).toBe('2024-11-03T06:30:00.000Z')
    expect(read('2024-11-03T02:00')).toBe('2024-11-03T07:00:00.000Z')
    expect(ny.ambiguous).toBe(4)
  })

  it('that comes twice is told backwards in a file that goes backwards', () => {
    const ny = zone('America/New_York')
    let previous = Infinity
    const read = (iso: string) => utc((previous = ny.toUtc(wall(iso), previous, true)))
    expect(read('2024-11-03T02:00')).toBe('2024-11-03T07:00:00.000Z')
    expect(read('2024-11-03T01:30')).toBe('2024-11-03T06:30:00.000Z')
    expect(read('2024-11-03T01:00')).toBe('2024-11-03T06:00:00.000Z')
    expect(read('2024-11-03T01:30')).toBe('2024-11-03T05:30:00.000Z')
  })

  it('knows half hours, quarter hours and days that never were', () => {
    expect(utc(zone('Asia/Kolkata').toUtc(wall('2024-01-02T09:15'), 0, false))).toBe('2024-01-02T03:45:00.000Z')
    expect(utc(zone('Asia/Kathmandu').toUtc(wall('2024-01-02T09:15'), 0, false))).toBe('2024-01-02T03:30:00.000Z')
    const samoa = zone('Pacific/Apia')
    expect(utc(samoa.toUtc(wall('2011-12-30T12:00'), 0, false))).toBe('none')
    expect(utc(samoa.toUtc(wall('2011-12-31T12:00'), 0, false))).toBe('2011-12-30T22:00:00.000Z')
  })

  it('has no zone of an unknown name', () => {
    expect(openZoneTime('Mars/Olympus')).toBeUndefined()
    expect(openZoneTime('')).toBeUndefined()
  })

  it('turns back every instant of every zone, in whatever order they are asked', () => {
    const names = [
      'America/New_York',
      'America/Chicago',
      'Europe/Berlin',
      'Europe/London',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'America/St_Johns',
      'Pacific/Chatham',
      'America/Sao_Paulo',
    ]
    const formats = new Map(
      names.map((name) => [
        name,
        new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' }),
      ]),
    )
    const zones = new Map(names.map((name) => [name, zone(name)]))
    const minute = fc.integer({ min: wall('2000-01-01T00:00') / 60_000, max: wall('2030-01-01T00:00') / 60_000 })
    fc.assert(
      fc.property(fc.constantFrom(...names), minute, (name, at) => {
        const ms = at * 60_000
        const local = wall(formats.get(name)!.format(ms).replace(' ', 'T'))
        expect(zones.get(name)!.toUtc(local, ms - 1, false)).toBe(ms)
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads a week around a change of the clocks as it was lived, minute by minute', () => {
    const ny = zone('America/New_York')
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    let previous = -Infinity
    for (let at = wall('2024-11-01T00:00'); at < wall('2024-11-05T00:00'); at += 60_000) {
      previous = ny.toUtc(wall(format.format(at).replace(' ', 'T')), previous, false)
      if (previous !== at) expect(utc(previous)).toBe(utc(at))
    }
  })
})
