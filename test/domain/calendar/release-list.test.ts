import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays } from '../../../src/domain/calendar/wall-time.ts'
import { judgeReading, type ListedRelease, type Reading } from '../../../src/domain/calendar/release-list.ts'

const ZONE = 'America/New_York'
const TODAY = '2026-11-20'
const STANDING = { knownFrom: '2025-01-01', knownUntil: '2026-12-31', asOf: '2026-10-09' }

function listed(date: string, change: Partial<ListedRelease> = {}): ListedRelease {
  return {
    ...{ id: `CPI:${date}`, name: 'CPI', date, time: '08:30', zone: ZONE },
    ...{ status: 'scheduled', projections: false, note: undefined },
    ...change,
  }
}
const KNOWN = [
  listed('2026-11-10', { status: 'occurred' }),
  listed('2026-12-10'),
  listed('2027-01-13'),
  listed('2027-02-11'),
]

function reading(...dates: string[]): Reading {
  const releases = dates.map((date) => ({ date, time: '08:30', status: 'scheduled', projections: false }) as const)
  return { releases, knownUntil: '2026-12-31' }
}
function judge(page: Reading, trusted = false, known: readonly ListedRelease[] = KNOWN) {
  return judgeReading('CPI', ZONE, { known, standing: STANDING }, page, TODAY, trusted)
}
const SAME = ['2026-11-10', '2026-12-10', '2027-01-13', '2027-02-11']

describe('a page that was read', () => {
  it('changes nothing where it says what is known, except how fresh that is', () => {
    expect(judge(reading(...SAME))).toEqual({
      ...{ kind: 'taken', changed: [], removed: [] },
      standing: { ...STANDING, asOf: TODAY },
    })
  })

  it('adds releases, and how far the list is known', () => {
    const verdict = judge({ ...reading(...SAME, '2027-03-10'), knownUntil: '2027-03-10' })
    expect(verdict).toMatchObject({
      kind: 'taken',
      changed: [{ id: 'CPI:2027-03-10' }],
      standing: { knownUntil: '2027-03-10' },
    })
  })

  it('never shortens what is known', () => {
    expect(judge({ ...reading(...SAME), knownUntil: '2026-11-10' })).toMatchObject({
      standing: { knownUntil: '2026-12-31' },
    })
  })

  it('moves a release, says from where, and takes the old date away', () => {
    expect(judge(reading('2026-11-10', '2026-12-18', '2027-01-13', '2027-02-11'))).toMatchObject({
      kind: 'taken',
      changed: [{ id: 'CPI:2026-12-18', note: 'moved from 2026-12-10' }],
      removed: ['CPI:2026-12-10'],
    })
  })

  it('is doubted where a release that was to come is just gone, and says which', () => {
    const verdict = judge(reading('2026-11-10', '2027-01-13', '2027-02-11'))
    expect(verdict).toEqual({
      kind: 'doubted',
      problem: 'the page was not taken, and the list stays as it was: 2026-12-10 is no longer listed',
    })
  })

  it('is doubted where most of its dates are others', () => {
    expect(judge(reading('2026-12-11', '2027-01-14', '2027-02-12'))).toMatchObject({
      problem: 'the page was not taken, and the list stays as it was: 3 of 3 dates are others than before',
    })
  })

  it('is doubted where only a date that is over came in the place of one to come', () => {
    expect(judge(reading('2026-11-16', '2027-01-13', '2027-02-11'))).toMatchObject({ kind: 'doubted' })
  })

  it('is taken all the same where a person has looked at it', () => {
    expect(judge(reading('2026-11-10', '2027-01-13', '2027-02-11'), true)).toMatchObject({
      removed: ['CPI:2026-12-10'],
    })
  })

  it('may leave out what is over', () => {
    expect(judge(reading('2026-12-10', '2027-01-13', '2027-02-11'))).toMatchObject({ kind: 'taken', changed: [] })
  })

  it('lets a release be over when its day is, and one of today still to come', () => {
    const known = [listed('2026-11-19'), listed(TODAY)]
    expect(judge(reading('2026-11-19', TODAY), false, known)).toMatchObject({
      changed: [{ id: 'CPI:2026-11-19', status: 'occurred' }],
    })
  })

  it('may confirm a release, and never takes a confirmation back', () => {
    const tentative = {
      ...reading('2026-12-10'),
      releases: [{ ...reading('2026-12-10').releases[0]!, status: 'tentative' as const }],
    }
    expect(judge(tentative, false, [listed('2026-12-10')])).toMatchObject({ changed: [] })
    expect(judge(reading('2026-12-10'), false, [listed('2026-12-10', { status: 'tentative' })])).toMatchObject({
      changed: [{ status: 'scheduled' }],
    })
  })

  it('may change the hour', () => {
    const later = { ...reading(...SAME), releases: reading(...SAME).releases.map((one) => ({ ...one, time: '10:00' })) }
    expect(judge(later)).toMatchObject({ kind: 'taken', changed: SAME.map((date) => ({ date, time: '10:00' })) })
  })

  it('says nothing of what lies before the list begins', () => {
    expect(judge(reading('2024-12-11', ...SAME))).toMatchObject({ changed: [] })
  })
})

describe('a page that is about some days only', () => {
  const window = { from: TODAY, until: '2026-12-31' }
  const part = (...dates: string[]): Reading => ({ ...reading(...dates), knownUntil: '', window })

  it('moves what is within, and says nothing of the rest, nor that the list is fresh', () => {
    expect(judge(part('2026-12-18'))).toMatchObject({
      ...{ kind: 'taken', removed: ['CPI:2026-12-10'] },
      standing: { knownUntil: STANDING.knownUntil, asOf: STANDING.asOf },
    })
    expect(judge(part('2026-12-10'))).toMatchObject({ kind: 'taken', changed: [], removed: [] })
  })

  it('is doubted where a release within it is just gone', () => {
    expect(judge(part())).toMatchObject({ kind: 'doubted' })
  })
})

describe('a page of any kind', () => {
  const day = fc.integer({ min: -60, max: 400 }).map((days) => addDays(TODAY, days))
  const days = fc.uniqueArray(day, { maxLength: 14 })

  it('never leaves fewer releases to come, unless a person says so', () => {
    fc.assert(
      fc.property(days, days, (before, said) => {
        const known = before.map((date) => listed(date))
        const verdict = judge(reading(...said), false, known)
        if (verdict.kind === 'doubted') return
        const after = new Set(before)
        for (const id of verdict.removed) after.delete(id.slice('CPI:'.length))
        for (const { date } of verdict.changed) after.add(date)
        const ahead = (dates: Iterable<string>) => [...dates].filter((date) => date >= TODAY).length
        expect(ahead(after)).toBeGreaterThanOrEqual(ahead(before))
      }),
    )
  })

  it('is of one mind: read twice it changes nothing the second time', () => {
    fc.assert(
      fc.property(days, days, (before, said) => {
        const known = before.map((date) => listed(date))
        const verdict = judge(reading(...said), true, known)
        if (verdict.kind === 'doubted') return
        const next = new Map(known.map((release) => [release.id, release]))
        for (const id of verdict.removed) next.delete(id)
        for (const release of verdict.changed) next.set(release.id, release)
        expect(judge(reading(...said), true, [...next.values()])).toMatchObject({ changed: [], removed: [] })
      }),
    )
  })
})
