import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bundledLists } from '../../../../src/adapters/calendar/bundled-lists.ts'
import { bundledReleases } from '../../../../src/adapters/calendar/bundled-releases.ts'
import { readCalendarFile } from '../../../../src/adapters/calendar/calendar-file.ts'
import { followCalendar } from '../../../../src/adapters/calendar/known-calendar.ts'
import { storedCalendarOf } from '../../../../src/adapters/calendar/stored-calendar.ts'
import type { Asked, CloudAsk } from '../../../../src/adapters/cloud/ask.ts'
import { keepCalendar } from '../../../../src/apps/launcher/cloud/calendar-keeper.ts'
import type { CloudCalendar } from '../../../../src/contracts/cloud/calendar.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { tempHome } from '../../../support/temp-home.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

/** The calendar that ships, as a cloud answers it. */
function calendar(change: Partial<CloudCalendar> = {}): CloudCalendar {
  const lists = bundledLists()
  return {
    ...{ as_of: '2026-11-20', valid_until: '2026-12-31', revision: 1 },
    sources: lists.map(({ name, standing }) => {
      return {
        name,
        known_from: standing.knownFrom,
        known_until: standing.knownUntil,
        as_of: '2026-11-20',
        problem: null,
      }
    }),
    events: lists.flatMap(({ releases }) => releases.map((release) => ({ ...release, impact: 'high' as const }))),
    ...change,
  }
}
const without = (id: string) => calendar({ revision: 2, events: calendar().events.filter((event) => event.id !== id) })
const EMERGENCY: CloudCalendar['events'][number] = {
  ...{ id: 'EMERGENCY:1', name: 'EMERGENCY', date: '2026-11-20', time: '12:00', zone: 'UTC', minutes: 60 },
  ...{ status: 'scheduled', projections: false, impact: 'high', note: 'the exchange is down' },
}

function keeper(first: Asked<CloudCalendar> = { kind: 'answer', value: calendar() }) {
  const home = tempHome()
  const layout = { calendarFile: join(home, 'calendar.json') }
  const state = { answer: first, server: 'https://one.example', asked: 0, lines: [] as string[] }
  const ask = (async () => {
    state.asked++
    return state.answer
  }) as unknown as CloudAsk
  const line = (event: string) => void state.lines.push(event)
  const kept = keepCalendar({
    ...{ layout, log: { info: line, warn: line }, now: () => epochMs(NOW), random: () => 0 },
    link: {
      server: () => ({ kind: 'team', url: state.server, keys: [] }) as never,
      chosen: () => ({ ask, shared: true }) as never,
    },
  })
  onTestFinished(() => kept.close())
  const ids = () => readCalendarFile(layout)?.calendar.events.map(({ id }) => id) ?? []
  const tell = async (value: CloudCalendar) => {
    state.answer = { kind: 'answer', value }
    return await kept.refresh()
  }
  return { state, kept, layout, ids, tell }
}

describe("the cloud's calendar in a home", () => {
  it('is stored as told, for bots to read without the schema', async () => {
    const { kept, layout } = keeper({ kind: 'answer', value: calendar({ events: [...calendar().events, EMERGENCY] }) })
    expect(await kept.refresh()).toBe(true)
    const stored = storedCalendarOf(readFileSync(layout.calendarFile, 'utf8'))
    expect(stored?.releases.events).toHaveLength(calendar().events.length)
    expect(followCalendar(layout).now().emergencies).toMatchObject([{ note: 'the exchange is down' }])
  })

  it('is written only when it is another', async () => {
    const { kept, layout, tell, state } = keeper()
    await kept.refresh()
    const before = readFileSync(layout.calendarFile, 'utf8')
    await kept.refresh()
    expect(readFileSync(layout.calendarFile, 'utf8')).toBe(before)
    await tell(calendar({ revision: 2, events: [...calendar().events, EMERGENCY] }))
    expect(readFileSync(layout.calendarFile, 'utf8')).not.toBe(before)
    expect(state.lines).toEqual(['calendar-stored', 'calendar-stored'])
  })

  it('keeps a release that is still to come and suddenly missing, and says so', async () => {
    const { kept, ids, tell, state } = keeper()
    await kept.refresh()
    await tell(without('CPI:2026-12-10'))
    expect(ids()).toContain('CPI:2026-12-10')
    expect(state.lines).toContain('calendar-kept')
  })

  it('lets a release move, and an emergency end', async () => {
    const { kept, ids, tell } = keeper({
      kind: 'answer',
      value: calendar({ events: [...calendar().events, EMERGENCY] }),
    })
    await kept.refresh()
    const moved = without('FOMC:2027-01-27')
    const fomc = calendar().events.find(({ id }) => id === 'FOMC:2027-01-27')!
    await tell({ ...moved, events: [...moved.events, { ...fomc, id: 'FOMC:2027-02-03', date: '2027-02-03' }] })
    expect(ids()).not.toContain('FOMC:2027-01-27')
    expect(ids()).toContain('FOMC:2027-02-03')
    expect(ids()).not.toContain('EMERGENCY:1')
  })

  it('forgets what another cloud said', async () => {
    const { kept, ids, tell, state } = keeper()
    await kept.refresh()
    state.server = 'https://two.example'
    await tell(without('CPI:2026-12-10'))
    expect(ids()).not.toContain('CPI:2026-12-10')
  })

  it('ends the emergencies of a cloud that was left, even where the new one gives no answer', async () => {
    const { kept, layout, state } = keeper({
      kind: 'answer',
      value: calendar({ events: [...calendar().events, EMERGENCY] }),
    })
    await kept.refresh()
    expect(followCalendar(layout).now().emergencies).toHaveLength(1)
    state.server = 'https://two.example'
    state.answer = { kind: 'failed', failure: { kind: 'unreachable', message: '', nextStep: '', requestId: '' } }
    expect(await kept.refresh()).toBe(false)
    const known = followCalendar(layout).now()
    expect(known.emergencies).toEqual([])
    expect(known.releases()).toEqual(bundledReleases())
    await kept.refresh()
    expect(state.lines).toEqual(['calendar-stored', 'calendar-forgotten'])
  })

  it('stays where the cloud gives no answer, and begins anew where the file is damaged', async () => {
    const { kept, layout, ids, state, tell } = keeper()
    await kept.refresh()
    const before = ids()
    state.answer = { kind: 'failed', failure: { kind: 'lost', message: '', nextStep: '', requestId: '' } }
    expect(await kept.refresh()).toBe(false)
    expect(ids()).toEqual(before)
    writeFileSync(layout.calendarFile, '{"version":1')
    expect(await tell(calendar())).toBe(true)
    expect(ids()).toEqual(before)
  })

  it('does not take a calendar that is longer than any', async () => {
    const { tell, ids, state } = keeper()
    const one = calendar().events[0]!
    const events = Array.from({ length: 5_001 }, (_, at) => ({ ...one, id: `CPI:${at}` }))
    expect(await tell(calendar({ events }))).toBe(false)
    expect(ids()).toEqual([])
    expect(state.lines).toEqual(['calendar-not-stored'])
  })

  it('asks once more where it is asked for while it asks', async () => {
    const { kept, state } = keeper()
    await Promise.all([kept.refresh(), kept.refresh(), kept.refresh()])
    expect(state.asked).toBe(2)
  })
})
