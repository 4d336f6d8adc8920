import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { calendarDays } from '../../../renderer/calendar/calendar-days.ts'
import { timesIn } from '../../../renderer/format/zoned-times.ts'
import type { EconomicCalendar } from '../../../src/contracts/launcher/calendar.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

const event = (name: string, at: string, impact: 'high' | 'medium' = 'high') => ({
  ...{ name, title: `The ${name}`, at, impact, status: 'scheduled' as const, currency: 'USD', note: null },
})

const CALENDAR: EconomicCalendar = {
  ...{ asOf: '2026-11-20', zone: 'America/New_York', knownFrom: '2024-01-01' },
  knownUntil: { FOMC: '2027-12-31', CPI: '2026-12-31' },
  emergencies: [],
  events: [event('CPI', '2026-12-10T13:30:00.000Z'), event('FOMC', '2026-12-09T19:00:00.000Z')],
  accounts: [
    {
      ...{ accountId: 'A1', level: 'high', beforeMinutes: 15, afterMinutes: 30, flat: true, state: 'unknown' },
      ...{ ownMinutes: 'FOMC:30/60', heedsEmergencies: true },
      windows: [
        {
          event: 'CPI',
          at: '2026-12-10T13:30:00.000Z',
          from: '2026-12-10T13:15:00.000Z',
          until: '2126-12-10T14:00:00.000Z',
        },
      ],
      problem: null,
    },
    {
      ...{ accountId: 'A2', level: 'none', beforeMinutes: 15, afterMinutes: 15, flat: false, state: 'clear' },
      ...{ ownMinutes: 'none', heedsEmergencies: true },
      ...{ windows: [], problem: null },
    },
  ],
}

function launcherWith(calendar: EconomicCalendar) {
  const launcher = fakeLauncher([])
  launcher.says.calendar = calendar
  return launcher
}

describe('the calendar page', () => {
  it('shows releases by day, who stays out of them, and what an account does now', async () => {
    renderPage(launcherWith(CALENDAR), '#/calendar')
    expect(await screen.findByText('Wednesday 2026-12-09')).toBeTruthy()
    const cpi = screen.getByRole('row', { name: /The CPI/ })
    expect(within(cpi).getByText('A1')).toBeTruthy()
    expect(within(screen.getByRole('row', { name: /The FOMC/ })).queryByText('A1')).toBeNull()
    const first = screen.getByRole('row', { name: /high-impact/ })
    expect(first.textContent).toContain('15 min before to 30 min after, but FOMC 30/60 min, flat before it')
    expect(first.textContent).toContain('Unknown: makes no entries')
    expect(screen.getByText(/Known until 2027-12-31 \(FOMC\), 2026-12-31 \(CPI\)/)).toBeTruthy()
  })

  it('tells of an emergency until it is over, and which accounts heed it', async () => {
    const emergency = (id: string, until: string) => {
      return { id, note: `The exchange is ${id}.`, from: '2026-11-20T12:00:00.000Z', until }
    }
    const emergencies = [emergency('down', '2126-11-20T13:00:00.000Z'), emergency('up', '2026-11-20T13:00:00.000Z')]
    const accounts = CALENDAR.accounts.map((account) => ({ ...account, state: 'emergency' as const }))
    renderPage(launcherWith({ ...CALENDAR, emergencies, accounts }), '#/calendar')
    expect((await screen.findByRole('alert')).textContent).toContain('The exchange is down.')
    expect(screen.queryByText(/The exchange is up/)).toBeNull()
    expect(screen.getAllByText('Stays out: emergency')).toHaveLength(2)
  })

  it('says that nothing is known rather than that nothing happens', async () => {
    renderPage(launcherWith({ ...CALENDAR, events: [], accounts: [] }), '#/calendar')
    expect(await screen.findByText(/known until 2026-12-31; after that the answer is/)).toBeTruthy()
    expect(screen.getByText(/There are no accounts yet/)).toBeTruthy()
  })

  it('says why it can not, and tries again', async () => {
    renderPage(fakeLauncher([]), '#/calendar')
    expect(await screen.findByText(/Can't show the calendar/)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })
})

describe('the days of a calendar', () => {
  it('are those of the zone shown', () => {
    const late = event('NFP', '2026-12-09T23:30:00.000Z')
    expect(calendarDays([late], timesIn('Asia/Kolkata', 'Kolkata'))[0]).toMatchObject({
      ...{ day: '2026-12-10', weekday: 'Thursday' },
    })
    expect(calendarDays([late], timesIn('UTC', 'UTC'))[0]).toMatchObject({ day: '2026-12-09', weekday: 'Wednesday' })
  })
})
