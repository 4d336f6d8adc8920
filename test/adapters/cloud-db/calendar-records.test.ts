import { describe, expect, it } from 'vitest'
import { bundledReleases } from '../../../src/adapters/calendar/bundled-releases.ts'
import { bundledLists } from '../../../src/adapters/calendar/bundled-lists.ts'
import {
  plantLists,
  putEmergency,
  readCalendarRecords,
  removeEmergency,
  storeReading,
} from '../../../src/adapters/cloud-db/calendar-records.ts'
import { transact } from '../../../src/adapters/cloud-db/transact.ts'
import { wallToEpoch } from '../../../src/domain/calendar/wall-time.ts'
import { judgeReading, type Reading } from '../../../src/domain/calendar/release-list.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../support/cloud-databases.ts'

const NOW = epochMs(Date.UTC(2026, 10, 20, 12))
const ZONE = 'America/New_York'
const TODAY = '2026-11-20'

describe('the lists that ship', () => {
  it('hold what the checked reader of the same file finds', () => {
    const listed = bundledLists().flatMap(({ releases }) =>
      releases.map(({ name, date, time, status, projections }) => {
        const at = wallToEpoch(date, Number(time.slice(0, 2)) * 60 + Number(time.slice(3)), ZONE)
        return { name, at, status, projections }
      }),
    )
    const known = bundledReleases().events.map(({ name, at, status, projections }) => ({
      name,
      at,
      status,
      projections,
    }))
    const inOrder = (events: typeof known) => events.toSorted((a, b) => a.at - b.at || a.name.localeCompare(b.name))
    expect(inOrder(listed)).toEqual(inOrder(known))
  })
})

describeOnBothDatabases('the calendar of a cloud', (open) => {
  async function planted() {
    const { db } = await open()
    await plantLists(db, bundledLists(), NOW)
    const cpi = async () => {
      const { releases, lists } = await readCalendarRecords(db)
      return {
        dates: releases.filter(({ name, date }) => name === 'CPI' && date >= TODAY).map(({ date }) => date),
        list: lists.find(({ name }) => name === 'CPI')!,
      }
    }
    const take = (reading: Reading, trusted = false) =>
      storeReading(db, 'CPI', (list) => judgeReading('CPI', ZONE, list, reading, TODAY, trusted), NOW)
    return { db, cpi, take }
  }
  const reading = (...dates: string[]): Reading => {
    return {
      releases: dates.map((date) => ({ date, time: '08:30', status: 'scheduled', projections: false })),
      knownUntil: '2026-12-31',
    }
  }

  it('begins with what ships, once', async () => {
    const { db } = await planted()
    const first = await readCalendarRecords(db)
    expect(first.releases).toHaveLength(bundledReleases().events.length)
    expect(first.lists.map(({ name, standing }) => [name, standing.asOf])).toEqual(
      ['CPI', 'FOMC', 'NFP', 'PPI'].map((name) => [name, bundledReleases().asOf]),
    )
    expect(await plantLists(db, bundledLists(), NOW)).toBe(false)
    expect(await readCalendarRecords(db)).toEqual(first)
  })

  it('takes up a newer program, and nothing away', async () => {
    const { db, take, cpi } = await planted()
    await take(reading('2026-12-10', '2027-01-13'))
    const newer = bundledLists().map((list) => ({
      ...list,
      standing: { ...list.standing, asOf: '2026-12-01' },
      releases: [{ ...list.releases[0]!, id: `${list.name}:2027-02-11`, date: '2027-02-11' }],
    }))
    expect(await plantLists(db, newer, NOW)).toBe(true)
    expect((await cpi()).dates).toEqual(['2026-12-10', '2027-01-13', '2027-02-11'])
    const older = newer.map((list) => ({ ...list, standing: { ...list.standing, asOf: '2026-11-30' } }))
    expect(await plantLists(db, older, NOW)).toBe(false)
  })

  it('keeps what a page says, with a revision that rises only when something is another', async () => {
    const { db, take, cpi } = await planted()
    const { revision } = await readCalendarRecords(db)
    // What is over by now is told as over; the rest of the list is as it ships.
    expect(await take(reading('2026-12-10'))).toMatchObject({ problem: undefined })
    expect(await take(reading('2026-12-10'))).toMatchObject({ changed: 0, revision, revised: false })
    expect(await take(reading('2026-12-18'))).toMatchObject({ changed: 2, revision: revision + 1, revised: true })
    const { dates, list } = await cpi()
    expect(dates).toEqual(['2026-12-18'])
    expect(list).toMatchObject({ standing: { asOf: TODAY }, checkedAt: NOW, problem: undefined })
  })

  it('stays as it was where a page is doubted, and says why', async () => {
    const { take, cpi } = await planted()
    const before = await cpi()
    expect(await take(reading('2027-02-11'))).toMatchObject({ changed: 0, revised: false })
    const after = await cpi()
    expect(after.dates).toEqual(before.dates)
    expect(after.list.problem).toContain('2026-12-10 is no longer listed')
    expect(after.list.standing).toEqual(before.list.standing)
    await take(reading('2027-02-11'), true)
    expect(await cpi()).toMatchObject({ dates: ['2027-02-11'], list: { problem: undefined } })
  })

  it('may bring back a date that was moved away', async () => {
    const { take, cpi } = await planted()
    await take(reading('2026-12-18'))
    await take(reading('2026-12-10'))
    expect((await cpi()).dates).toEqual(['2026-12-10'])
  })

  it('stores each page whole where many are stored at once', async () => {
    const { db } = await planted()
    const names = ['FOMC', 'NFP', 'CPI', 'PPI'] as const
    const { revision } = await readCalendarRecords(db)
    await Promise.all(
      names.map((name) =>
        storeReading(
          db,
          name,
          ({ known, standing }) => ({
            ...{ kind: 'taken', removed: [], standing },
            changed: [{ ...known[0]!, id: `${name}:2027-06-01`, date: '2027-06-01' }],
          }),
          NOW,
        ),
      ),
    )
    const after = await readCalendarRecords(db)
    expect(after.revision).toBe(revision + 4)
    expect(after.releases.filter(({ date }) => date === '2027-06-01')).toHaveLength(4)
  })

  it('has each emergency once, until it is withdrawn', async () => {
    const { db } = await planted()
    const emergency = { id: 'EMERGENCY:a', date: TODAY, time: '12:00', minutes: 90, note: 'the exchange is down' }
    const put = () => transact(db, (trx) => putEmergency(trx, emergency, NOW))
    const remove = () => transact(db, (trx) => removeEmergency(trx, emergency.id, NOW))
    const { revision } = await readCalendarRecords(db)
    expect(await put()).toEqual({ isNew: true, revision: revision + 1 })
    expect(await put()).toEqual({ isNew: false, revision: revision + 1 })
    expect((await readCalendarRecords(db)).emergencies).toEqual([emergency])
    expect(await remove()).toEqual({ wasThere: true, revision: revision + 2 })
    expect(await remove()).toEqual({ wasThere: false, revision: revision + 2 })
    expect((await readCalendarRecords(db)).emergencies).toEqual([])
    expect(await put()).toEqual({ isNew: true, revision: revision + 3 })
  })

  it('never takes a release for an emergency', async () => {
    const { db } = await planted()
    expect(await transact(db, (trx) => removeEmergency(trx, 'CPI:2026-12-10', NOW))).toMatchObject({ wasThere: false })
  })
})
