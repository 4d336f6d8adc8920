import { describe, expect, it } from 'vitest'
import { timesIn } from '../../../renderer/format/zoned-times.ts'
import { timesFor } from '../../../renderer/preferences/use-times.ts'

const AT = '2024-03-10T06:59:07.045Z'

describe('times in a zone', () => {
  it('are told in that zone, winter and summer', () => {
    const times = timesIn('America/New_York', 'New York')
    expect(times.minute(AT)).toBe('2024-03-10 01:59')
    // A minute later the clocks have gone forward.
    expect(times.second(Date.parse(AT) + 60_000)).toBe('2024-03-10 03:00:07')
    expect(times.logTime(AT)).toBe('01:59:07.045')
    expect(times.timeOfDay(AT)).toBe('01:59:07')
    expect(times.day('2024-03-10T03:00:00Z')).toBe('2024-03-09')
  })

  it('begin midnight with 00', () => {
    expect(timesIn('UTC', 'UTC').minute('2024-01-05T00:00:00Z')).toBe('2024-01-05 00:00')
  })

  it('leave text alone that is no time', () => {
    expect(timesIn('UTC', 'UTC').minute('soon')).toBe('soon')
  })
})

describe('the zone somebody chose', () => {
  it('is the one of the exchange, of the first symbol', () => {
    expect(timesFor('exchange', 'ESH5, SPY')).toMatchObject({ zone: 'America/Chicago', zoneName: 'Chicago' })
    expect(timesFor('exchange', 'SPY').zone).toBe('America/New_York')
    expect(timesFor('exchange', 'BTC-PERP').zone).toBe('UTC')
  })

  it.each([undefined, '', 'not a symbol!'])('is UTC where there is no exchange: %s', (symbol) => {
    expect(timesFor('exchange', symbol)).toMatchObject({ zone: 'UTC', zoneName: 'UTC' })
  })

  it('may be the one of the computer', () => {
    expect(timesFor('local', 'SPY').zone).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone)
  })
})
