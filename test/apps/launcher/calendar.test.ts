import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileSync } from 'node:fs'
import { accountIdOf, addAccounts, launched, type Launched } from '../../support/launched.ts'

describe('the economic calendar of the launcher', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  const march = { from: '2026-03-01T00:00:00Z', until: '2026-04-01T00:00:00Z' }

  it('tells of the releases within a span, in time order, with how far it is known', async () => {
    const { events, asOf, knownUntil, accounts } = await home.client.api.calendar(march)
    expect(events.map(({ name }) => name)).toContain('FOMC')
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted())
    for (const { at } of events) expect(at >= march.from.replace('Z', '.000Z') && at < march.until).toBe(true)
    expect(asOf).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(Object.keys(knownUntil).toSorted()).toEqual(['CPI', 'FOMC', 'NFP', 'PPI'])
    expect(accounts).toEqual([])
  })

  it('tells of each account when it makes no entries, by the rules its bot keeps to', async () => {
    await addAccounts(home, ['A1', 'A2'])
    await home.client.api.accounts.edit({
      id: 'A2',
      set: ['risk.blackout=high', 'risk.blackoutBeforeMinutes=30', 'risk.blackoutAfterMinutes=60'],
    })
    const { accounts, events } = await home.client.api.calendar(march)
    expect(accounts[0]).toMatchObject({ accountId: 'A1', level: 'none', windows: [], state: 'clear', problem: null })
    const high = events.filter(({ impact }) => impact === 'high')
    expect(accounts[1]).toMatchObject({ accountId: 'A2', level: 'high', beforeMinutes: 30, afterMinutes: 60 })
    expect(accounts[1]!.windows.map(({ event, at }) => [event, at])).toEqual(high.map(({ name, at }) => [name, at]))
    for (const { at, from, until } of accounts[1]!.windows) {
      expect(Date.parse(at) - Date.parse(from)).toBe(30 * 60_000)
      expect(Date.parse(until) - Date.parse(at)).toBe(60 * 60_000)
    }
  })

  it('tells what the cloud has told, emergencies too, and gives releases their own minutes', async () => {
    const add = (accountId: string) => {
      return home.client.api.accounts.add({ accountId, user: accountId, symbol: '6EH4', feed: 'synthetic' })
    }
    for (const id of ['A1', 'A2']) await add(id)
    // One that plays history again keeps to what shipped.
    await addAccounts(home, ['A3'])
    const edit = (id: string, ...set: string[]) => home.client.api.accounts.edit({ id, set })
    await edit('A1', 'risk.blackout=high', 'risk.blackoutMinutes=CPI:5/7')
    await edit('A2', 'risk.emergencies=no')
    const event = { status: 'scheduled', projections: false, impact: 'high' }
    const source = { known_from: '2025-01-01', known_until: '2026-12-31', as_of: '2026-12-01', problem: null }
    const [date, clock = ''] = new Date(Date.now() - 60_000).toISOString().split('T')
    const calendar = {
      ...{ as_of: '2026-12-01', valid_until: '2026-12-31', revision: 3 },
      sources: ['FOMC', 'NFP', 'CPI', 'PPI'].map((name) => ({ name, ...source })),
      events: [
        { ...event, id: 'CPI:2026-12-17', name: 'CPI', date: '2026-12-17', time: '08:30', zone: 'America/New_York' },
        {
          ...{ ...event, id: 'EMERGENCY:1', name: 'EMERGENCY', date, time: clock.slice(0, 5), zone: 'UTC' },
          ...{ minutes: 600, note: 'the exchange is down' },
        },
      ],
    }
    const file = { version: 1, server: 'local', fetchedAt: 0, calendar }
    writeFileSync(home.layout.calendarFile, JSON.stringify(file))
    const span = { from: '2026-12-16T00:00:00Z', until: '2126-12-18T00:00:00Z' }
    const { accounts, events, emergencies, asOf } = await home.client.api.calendar(span)
    expect(asOf).toBe('2026-12-01')
    expect(events.map(({ at }) => at)).toContain('2026-12-17T13:30:00.000Z')
    expect(emergencies).toMatchObject([{ note: 'the exchange is down' }])
    expect(accounts[0]!.windows[0]).toMatchObject({
      ...{ at: '2026-12-17T13:30:00.000Z', from: '2026-12-17T13:25:00.000Z', until: '2026-12-17T13:37:00.000Z' },
    })
    const states = accounts.map(({ accountId, state, heedsEmergencies }) => [accountId, state, heedsEmergencies])
    expect(states).toMatchObject([
      ['A1', 'emergency', true],
      ['A2', 'clear', false],
      ['A3', 'clear', true],
    ])
  })

  it('says so of an account whose settings can not be read, and goes on', async () => {
    await addAccounts(home, ['A1', 'A2'])
    writeFileSync(home.layout.settings(accountIdOf('A1')), '{')
    const { accounts } = await home.client.api.calendar(march)
    expect(accounts.map(({ problem }) => problem?.code ?? null)).toEqual([expect.any(String), null])
  })

  it('refuses a span that ends before it begins', async () => {
    await expect(home.client.api.calendar({ from: march.until, until: march.from })).rejects.toMatchObject({
      refusal: { code: 'bad-usage' },
    })
  })

  it('stands beside what doctor finds, which is the same on the page as on the command line', async () => {
    await addAccounts(home, ['A1'])
    const findings = await home.client.api.doctor()
    const of = (check: string) => findings.find((one) => one.check === check)
    expect(of('home')).toMatchObject({ result: 'ok', message: home.layout.root })
    expect(of('version')?.result).toBe('ok')
    expect(of('lock of A1')?.result).toBe('ok')
    expect(of('launcher')?.message).toContain(String(process.pid))
    expect(of('market data')?.result).toBe('warn')
  })
})
