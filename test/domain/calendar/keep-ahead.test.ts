import { describe, expect, it } from 'vitest'
import { keptAhead } from '../../../src/domain/calendar/keep-ahead.ts'

const event = (name: string, date: string) => ({ id: `${name}:${date}`, name, date })
const BEFORE = [
  event('CPI', '2026-11-10'),
  event('CPI', '2026-12-10'),
  event('CPI', '2027-01-13'),
  event('NFP', '2026-12-04'),
]
const kept = (after: ReturnType<typeof event>[]) => keptAhead(BEFORE, after, '2026-11-20').map(({ id }) => id)

describe('a calendar that lacks what was known', () => {
  it('keeps what is still to come, and lets go what is over', () => {
    expect(kept([])).toEqual(['CPI:2026-12-10', 'CPI:2027-01-13', 'NFP:2026-12-04'])
    expect(kept(BEFORE)).toEqual([])
  })

  it('lets a release move, one for one, within its own list', () => {
    expect(kept([event('CPI', '2026-12-18'), event('CPI', '2027-01-13'), event('NFP', '2026-12-04')])).toEqual([])
    expect(kept([event('CPI', '2026-12-18'), event('NFP', '2026-12-04')])).toEqual(['CPI:2027-01-13'])
    expect(kept([event('CPI', '2026-11-19'), event('CPI', '2027-01-13'), event('NFP', '2026-12-04')])).toEqual([
      'CPI:2026-12-10',
    ])
    expect(kept([event('PPI', '2026-12-10'), event('CPI', '2026-12-10'), event('CPI', '2027-01-13')])).toEqual([
      'NFP:2026-12-04',
    ])
  })

  it('lets emergencies go: whoever declared one may withdraw it', () => {
    expect(keptAhead([event('EMERGENCY', '2026-12-10')], [], '2026-11-20')).toEqual([])
  })
})
