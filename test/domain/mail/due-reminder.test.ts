import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dueReminder } from '../../../src/domain/mail/due-reminder.ts'
import { judgeMailFailure } from '../../../src/domain/mail/judge-failure.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const DAY = 86_400_000
const at = (text: string) => epochMs(Date.parse(text))
const EXPIRES = at('2026-12-31T18:00:00Z')
const YEAR = { createdAt: at('2026-01-01T00:00:00Z'), expiresAt: EXPIRES }

describe('the reminder of an end', () => {
  it.each([
    ['2026-12-16T23:59:59Z', undefined],
    ['2026-12-17T00:00:00Z', 14],
    ['2026-12-27T23:59:59Z', 14],
    ['2026-12-28T00:00:00Z', 3],
    ['2026-12-30T23:59:59Z', 3],
    ['2026-12-31T00:00:00Z', 0],
    ['2026-12-31T23:59:59Z', 0],
    ['2027-01-01T23:59:59Z', 0],
    ['2027-01-02T00:00:00Z', undefined],
  ])('is, at %s, %s', (now, due) => {
    expect(dueReminder(YEAR, at(now))).toBe(due)
  })

  it('is left out where the licence was made for less time', () => {
    const week = { createdAt: at('2026-12-24T18:00:00Z'), expiresAt: EXPIRES }
    expect(dueReminder(week, at('2026-12-24T19:00:00Z'))).toBeUndefined()
    expect(dueReminder(week, at('2026-12-28T19:00:00Z'))).toBe(3)
  })

  it('comes once of each kind, in order, however a server looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20 * DAY, max: 5 * DAY }), { maxLength: 60 }), (offsets) => {
        const seen = offsets
          .toSorted((a, b) => a - b)
          .flatMap((offset) => dueReminder(YEAR, epochMs(EXPIRES + offset)) ?? [])
        expect(seen).toEqual(seen.toSorted((a, b) => b - a))
      }),
    )
  })
})

describe('a mail that was not taken', () => {
  const NOW = epochMs(1_000_000_000_000)
  const judge = (answer: number | undefined, step: string, attempts = 1, age = 0) =>
    judgeMailFailure({ answer, step, problem: '' }, { attempts, createdAt: epochMs(NOW - age) }, NOW, 0)

  it('is given up where the recipient or the text was refused for good', () => {
    expect(judge(550, 'RCPT TO')).toEqual({ kind: 'never' })
    expect(judge(554, 'DATA')).toEqual({ kind: 'never' })
  })

  it('waits where it was refused for now, and holds up no other', () => {
    expect(judge(451, 'RCPT TO')).toEqual({ kind: 'later', at: NOW + 60_000, othersToo: false })
  })

  it.each([
    [535, 'AUTH'],
    [553, 'MAIL FROM'],
    [554, 'CONN'],
    [421, 'CONN'],
    [undefined, 'CONN'],
    [undefined, 'DATA'],
  ])('waits with all others where %s was said of us at %s', (answer, step) => {
    expect(judge(answer, step)).toMatchObject({ kind: 'later', othersToo: true })
  })

  it('waits longer each time, and is given up after three days', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 50].map((attempts) => {
      const verdict = judge(undefined, 'CONN', attempts)
      return verdict.kind === 'later' ? (verdict.at - NOW) / 60_000 : undefined
    })
    expect(pauses).toEqual([1, 5, 15, 60, 180, 360, 360, 360])
    expect(judge(undefined, 'CONN', 9, 3 * DAY + 1)).toEqual({ kind: 'never' })
  })
})
