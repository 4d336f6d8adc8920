import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/domain/calendar/session.ts'
import { looksLikeEnds } from '../../../src/domain/market/judge-stamp.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const at = (text: string) => epochMs(Date.parse(`2024-01-${text}Z`))
const SESSIONS: Session[] = ['02', '03', '04', '05'].map((day) => ({
  date: `2024-01-${day}`,
  open: at(`${day}T14:30`),
  close: at(`${day}T15:00`),
  holidayFacts: 'known',
}))
const bars = (from: number, count: number) =>
  SESSIONS.flatMap(({ open }) => Array.from({ length: count }, (_, index) => open + (from + index) * 60_000))

describe('the times of a file', () => {
  it('look like ends when sessions begin a bar late and have one at their close', () => {
    expect(looksLikeEnds(bars(1, 30), SESSIONS)).toBe(true)
  })

  it('look like starts when any session has a bar at its open', () => {
    expect(looksLikeEnds(bars(0, 30), SESSIONS)).toBe(false)
    expect(
      looksLikeEnds(
        [...bars(1, 30), at('05T14:30')].toSorted((a, b) => a - b),
        SESSIONS,
      ),
    ).toBe(false)
  })

  it('say nothing when few sessions have a bar at their close', () => {
    expect(looksLikeEnds(bars(1, 29), SESSIONS)).toBe(false)
    expect(looksLikeEnds(bars(1, 30).slice(0, 60), SESSIONS)).toBe(false)
    expect(looksLikeEnds([], SESSIONS)).toBe(false)
  })
})
