import { expect, it, onTestFinished } from 'vitest'
import { bundledLists } from '../../../../src/adapters/calendar/bundled-lists.ts'
import type { FetchedPage } from '../../../../src/adapters/calendar/pages/fetch-page.ts'
import { openSourceReader } from '../../../../src/adapters/calendar/pages/read-source.ts'
import { plantLists, readCalendarRecords } from '../../../../src/adapters/cloud-db/calendar-records.ts'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { openCalendarDesk } from '../../../../src/apps/cloud/calendar/calendar-desk.ts'
import { calendarHandlers } from '../../../../src/apps/cloud/calendar/calendar-handlers.ts'
import type { AdminRole } from '../../../../src/apps/cloud/cloud-call.ts'
import { openMetrics } from '../../../../src/apps/cloud/cloud-metrics.ts'
import { openCloudBus } from '../../../../src/apps/cloud/push/open-cloud-bus.ts'
import { openPushDesk } from '../../../../src/apps/cloud/push/push-desk.ts'
import { CloudCalendar } from '../../../../src/contracts/cloud/calendar.ts'
import type { PushEvent } from '../../../../src/contracts/cloud/push.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { monthPage, pageOf } from '../../../support/calendar-pages.ts'
import { describeOnBothDatabases, type OpenCloud } from '../../../support/cloud-databases.ts'
import { cloudFetch } from '../../../support/cloud-fetch.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000
const NAMES = ['FOMC', 'NFP', 'CPI', 'PPI'] as const

/** What the sites answer, by what is in their address. */
type Sites = Record<'fomc' | 'empsit' | 'cpi' | 'ppi', FetchedPage>

const pageWith = (text: string): FetchedPage => {
  return { kind: 'page', text, stamp: { etag: '"1"', lastModified: undefined } }
}

function sites(): Sites {
  const [fomc, empsit, cpi, ppi] = NAMES.map((name) => pageWith(pageOf(name)))
  return { fomc: fomc!, empsit: empsit!, cpi: cpi!, ppi: ppi! }
}

/** A server of the calendar alone, on a real database, whose sites and clock a test turns. */
async function serve(open: OpenCloud, answers: Sites = sites(), shared?: CloudDb) {
  const db = shared ?? (await open()).db
  const clock = { now: NOW }
  const now = () => epochMs(clock.now)
  await plantLists(db, bundledLists(), now())
  const bus = await openCloudBus({ instance: 'one', redis: undefined })
  const push = await openPushDesk({ db, bus, now, pollMs: 20 })
  const pushed: PushEvent[] = []
  const hear = (event: PushEvent) => pushed.push(event) > 0
  await push.listen({ topics: new Set(['calendar']), userId: undefined, hear }, undefined, () => undefined)
  const visits: string[] = []
  /** Lists of the months, by month. */
  const lists: Record<string, FetchedPage> = {}
  const readSource = openSourceReader(async (url, stamp) => {
    const month = /(\d{4})\/(\d\d)_sched_list/.exec(url)
    if (month) return lists[`${month[1]}-${month[2]}`] ?? { kind: 'failed', problem: 'the site answers 404' }
    visits.push(stamp ? `${url}?changed` : url)
    return Object.entries(answers).find(([part]) => url.includes(part))![1]
  })
  const log = { info: () => undefined, warn: () => undefined }
  const desk = openCalendarDesk({ db, push, readSource, instance: Math.random().toString(36), log, now })
  onTestFinished(async () => {
    await desk.close()
    await push.close()
    await bus.close()
  })
  let role: AdminRole = 'calendar'
  const fetch = cloudFetch({
    handlers: calendarHandlers({ db, push, desk }),
    limiter: { take: async () => ({ allowed: true, remaining: 9, retryAfterSeconds: 0, refusedBy: undefined }) },
    leases: { verify: () => undefined },
    findAdmin: async (header) =>
      header('authorization') === undefined ? undefined : { keyId: 'adm_1', role, label: 'ops' },
    metrics: openMetrics(),
    log: { error: (...line) => console.error(line) },
    now,
    elapsed: () => 0,
  })
  async function ask(path: string, body?: unknown, headers: Record<string, string> = {}) {
    const json = body === undefined ? {} : { 'content-type': 'application/json', authorization: 'Bearer sla_1' }
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const request = new Request(`http://cloud.test${path}`, { ...init, headers: { ...json, ...headers } })
    const response = await fetch(request, { address: '192.0.2.1' })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  const calendar = async () => CloudCalendar.parse((await ask('/api/calendar')).body)
  const as = (other: AdminRole) => void (role = other)
  return { db, desk, answers, lists, clock, ask, calendar, as, pushed, visits }
}

describeOnBothDatabases('the calendar service', (open) => {
  it('answers what ships before it has read anything, with how far that is known', async () => {
    const { calendar } = await serve(open)
    const { events, as_of, valid_until, sources } = await calendar()
    expect({ as_of, valid_until }).toEqual({ as_of: '2026-10-09', valid_until: '2026-12-31' })
    expect(sources.find(({ name }) => name === 'FOMC')).toMatchObject({ known_until: '2027-12-31', problem: null })
    expect(events.find(({ id }) => id === 'FOMC:2026-12-09')).toMatchObject({
      ...{ name: 'FOMC', date: '2026-12-09', time: '14:00', zone: 'America/New_York', impact: 'high' },
      ...{ status: 'scheduled', projections: true },
    })
  })

  it('sends the calendar once to who has it already', async () => {
    const { ask } = await serve(open)
    const first = await ask('/api/calendar')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`])
      expect(await ask('/api/calendar', undefined, { 'if-none-match': known })).toMatchObject({
        status: 304,
        body: undefined,
      })
    expect((await ask('/api/calendar', undefined, { 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('reads the pages for an admin, and says of each list how it went', async () => {
    const server = await serve(open)
    const { status, body } = await server.ask('/api/admin/refresh_calendar', {})
    expect({ status, sources: body.sources }).toMatchObject({
      status: 200,
      sources: NAMES.map((name) => ({ name, ok: true, problem: null })),
    })
    const { as_of, events } = await server.calendar()
    expect(as_of).toBe('2026-11-20')
    expect(events.find(({ id }) => id === 'CPI:2026-11-10')?.status).toBe('occurred')
  })

  it('takes a moved date over, tells everybody, and raises the revision', async () => {
    const server = await serve(open)
    await server.desk.refresh(NAMES)
    const { revision } = await server.calendar()
    server.answers.cpi = pageWith(pageOf('CPI').replace('Dec. 10, 2026', 'Dec. 18, 2026'))
    await server.desk.refresh(NAMES)
    const after = await server.calendar()
    expect(after.events.find(({ id }) => id === 'CPI:2026-12-18')?.note).toBe('moved from 2026-12-10')
    expect(after.events.find(({ id }) => id === 'CPI:2026-12-10')).toBeUndefined()
    expect(after.revision).toBe(revision + 1)
    await expect.poll(() => server.pushed.at(-1)?.payload).toMatchObject({ revision: revision + 1, emergency: null })
  })

  it.each<[string, (text: string) => FetchedPage, RegExp]>([
    ['turned away', () => ({ kind: 'failed', problem: 'the site turns us away (403)' }), /403/],
    ['given an error for a page', () => pageWith('<html><title>Access Denied</title>'), /not the schedule of CPI/],
    ['given an empty page', () => pageWith(''), /not the schedule/],
    [
      'given a page that lacks a release',
      (text) => pageWith(text.replace(/<tr[^>]*>\s*<td>November 2026[\s\S]*?<\/tr>/, '')),
      /2026-12-10 is no longer listed/,
    ],
    ['given a row nobody can read', (text) => pageWith(text.replace('Dec. 10, 2026', 'see note')), /has no date/],
  ])('keeps a list as it was where it is %s, and says so in the answer', async (_what, answer, problem) => {
    const server = await serve(open)
    const before = await server.calendar()
    server.answers.cpi = answer(pageOf('CPI'))
    const { body } = await server.ask('/api/admin/refresh_calendar', {})
    expect(body.sources.find((one: { name: string }) => one.name === 'CPI').problem).toMatch(problem)
    const after = await server.calendar()
    const cpi = ({ events }: CloudCalendar) => events.filter(({ name }) => name === 'CPI')
    expect(cpi(after)).toEqual(cpi(before))
    expect(after.sources.find(({ name }) => name === 'CPI')).toMatchObject({ as_of: '2026-10-09' })
    expect(after.sources.find(({ name }) => name === 'CPI')?.problem).toMatch(problem)
    expect(after.as_of).toBe('2026-10-09')
  })

  it('sees a move at short notice where only the lists of the months can be read, and still says what is wrong', async () => {
    const server = await serve(open)
    server.answers.cpi = { kind: 'failed', problem: 'the site turns us away (403)' }
    const december = monthPage('2026-12').replaceAll('Thursday, December 10', 'Friday, December 18')
    Object.assign(server.lists, { '2026-11': pageWith(monthPage('2026-11')), '2026-12': pageWith(december) })
    await server.desk.refresh(NAMES)
    const { events, sources } = await server.calendar()
    const coming = events.filter(({ name, date }) => name === 'CPI' && date > '2026-11-20')
    expect(coming).toMatchObject([{ date: '2026-12-18', note: 'moved from 2026-12-10' }])
    expect(sources.find(({ name }) => name === 'CPI')).toMatchObject({
      ...{ as_of: '2026-10-09', known_until: '2026-12-31' },
      problem: expect.stringMatching(/403.*lists of the months were read instead, up to 2026-12-31/),
    })
  })

  it('takes a page that lacks a release where an admin has looked at it', async () => {
    const server = await serve(open)
    server.answers.cpi = pageWith(pageOf('CPI').replace(/<tr[^>]*>\s*<td>November 2026[\s\S]*?<\/tr>/, ''))
    await server.ask('/api/admin/refresh_calendar', { accept: ['CPI'] })
    const { events } = await server.calendar()
    expect(events.find(({ id }) => id === 'CPI:2026-12-10')).toBeUndefined()
  })

  it('looks once a day, sooner after a problem, and asks only for what has changed', async () => {
    const server = await serve(open)
    server.answers.cpi = { kind: 'failed', problem: 'no answer' }
    await server.desk.tick()
    expect(server.visits).toHaveLength(4)
    server.answers.fomc = { kind: 'unchanged' }
    server.clock.now += 7 * HOUR
    await server.desk.tick()
    expect(server.visits.slice(4)).toEqual(['https://www.bls.gov/schedule/news_release/cpi.htm'])
    server.clock.now += 18 * HOUR
    await server.desk.tick()
    expect(server.visits.slice(5).filter((url) => url.endsWith('?changed'))).toHaveLength(3)
    expect((await server.calendar()).sources.find(({ name }) => name === 'FOMC')?.as_of).toBe('2026-11-21')
  })

  it('is looked after by one instance', async () => {
    const one = await serve(open)
    const two = await serve(open, sites(), one.db)
    await Promise.all([one.desk.tick(), two.desk.tick()])
    await two.desk.tick()
    expect(one.visits.length + two.visits.length).toBe(4)
  })

  it('goes on with another instance where the first is gone in the middle', async () => {
    const one = await serve(open)
    for (const name of Object.keys(one.answers))
      one.answers[name as keyof Sites] = new Promise(() => undefined) as never
    void one.desk.tick()
    await expect.poll(() => one.visits.length).toBe(4)
    const two = await serve(open, sites(), one.db)
    await two.desk.tick()
    expect(two.visits).toEqual([])
    two.clock.now += 3 * 60_000
    await two.desk.tick()
    expect(two.visits).toHaveLength(4)
    expect((await two.calendar()).as_of).toBe('2026-11-20')
  })

  it('declares an emergency at once, and once', async () => {
    const server = await serve(open)
    const body = { note: '  the exchange\n is down\u001b[31m ', minutes: 90 }
    const declared = await server.ask('/api/admin/emergencies', body)
    expect(declared).toMatchObject({
      status: 200,
      body: {
        name: 'EMERGENCY',
        date: '2026-11-20',
        time: '12:00',
        zone: 'UTC',
        minutes: 90,
        note: 'the exchange is down [31m',
      },
    })
    await expect.poll(() => server.pushed.at(-1)?.payload).toMatchObject({ emergency: { id: declared.body.id } })
    expect((await server.ask('/api/admin/emergencies', body)).body).toEqual(declared.body)
    expect(server.pushed).toHaveLength(1)
    const { events } = await server.calendar()
    expect(events.filter(({ name }) => name === 'EMERGENCY')).toEqual([declared.body])
  })

  it('withdraws it, and forgets one that is long over', async () => {
    const server = await serve(open)
    const { body } = await server.ask('/api/admin/emergencies', { note: 'a rumour', minutes: 10 })
    expect((await server.ask('/api/admin/emergencies/withdraw', { id: body.id })).body).toEqual({ withdrawn: true })
    expect((await server.ask('/api/admin/emergencies/withdraw', { id: body.id })).body).toEqual({ withdrawn: false })
    await expect.poll(() => server.pushed.at(-1)?.payload).toMatchObject({ withdrawn: body.id })
    const emergencies = async () => (await server.calendar()).events.filter(({ name }) => name === 'EMERGENCY')
    expect(await emergencies()).toEqual([])
    await server.ask('/api/admin/emergencies', { note: 'another', minutes: 10 })
    server.clock.now += 23 * HOUR
    expect(await emergencies()).toHaveLength(1)
    server.clock.now += 2 * HOUR
    expect(await emergencies()).toHaveLength(0)
  })

  it('listens to owners and calendar keepers only, and writes down what they did', async () => {
    const server = await serve(open)
    for (const role of ['support', 'reader'] as const) {
      server.as(role)
      for (const [path, body] of [
        ['/api/admin/refresh_calendar', {}],
        ['/api/admin/emergencies', { note: 'no right', minutes: 5 }],
        ['/api/admin/emergencies/withdraw', { id: 'EMERGENCY:x' }],
      ] as const)
        expect(await server.ask(path, body)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    expect(server.visits).toEqual([])
    server.as('owner')
    expect((await server.ask('/api/admin/emergencies', { note: 'for real', minutes: 5 })).status).toBe(200)
    const entries = await server.db.selectFrom('admin_audit').selectAll().orderBy('seq', 'desc').execute()
    expect(entries[0]).toMatchObject({ action: 'emergency.declare', key_id: 'adm_1', detail: '5 min: for real' })
    expect(entries.filter(({ detail }) => detail.startsWith('refused'))).toHaveLength(6)
  })

  it.each([
    ['no note', { minutes: 5 }],
    ['a note of blanks', { note: '   ', minutes: 5 }],
    ['a note of control characters', { note: '\u0007\u0007\u0007\u0007', minutes: 5 }],
    ['no minutes', { note: 'why' }],
    ['more than a week', { note: 'why', minutes: 10_081 }],
    ['minutes that are text', { note: 'why', minutes: '5' }],
    ['half minutes', { note: 'why', minutes: 1.5 }],
    ['a time that is none', { note: 'why', minutes: 5, at: 'now' }],
    ['a time long ago', { note: 'why', minutes: 5, at: '2020-01-01T00:00:00Z' }],
    ['a time far ahead', { note: 'why', minutes: 5, at: '2036-01-01T00:00:00Z' }],
    ['an unknown key', { note: 'why', minutes: 5, entries: 'all' }],
    ['an injection', { note: 'why', minutes: '5); DROP TABLE calendar_events; --' }],
  ])('refuses an emergency with %s, and stores nothing', async (_what, body) => {
    const server = await serve(open)
    expect(await server.ask('/api/admin/emergencies', body)).toMatchObject({
      status: 400,
      body: { code: 'body_invalid' },
    })
    expect((await readCalendarRecords(server.db)).emergencies).toEqual([])
  })
})
