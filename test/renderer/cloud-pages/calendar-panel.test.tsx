import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { expect, it, onTestFinished, vi } from 'vitest'
import { CalendarPanel } from '../../../renderer/cloud-pages/admin/calendar-panel.tsx'
import { PageShell } from '../../../renderer/page/page-shell.tsx'
import type { CloudCalendar } from '../../../src/contracts/cloud/calendar.ts'
import { DOUBTED } from '../../../src/domain/calendar/release-list.ts'
import { prepareBrowser } from '../../support/render-page.tsx'

const source = (name: 'FOMC' | 'CPI' | 'PPI', problem: string | null) => {
  return { name, known_from: '2025-01-01', known_until: '2026-12-31', as_of: '2026-11-20', problem }
}
const CALENDAR: CloudCalendar = {
  ...{ as_of: '2026-11-20', valid_until: '2026-12-31', revision: 1, events: [] },
  sources: [
    source('FOMC', null),
    source('CPI', `${DOUBTED}, and the list stays as it was: 2026-12-10 is no longer listed`),
    source('PPI', 'the site turns us away (403)'),
  ],
}

it('an admin who has looked at a doubted page may have it taken, and no other page', async () => {
  prepareBrowser()
  const asked: { path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    asked.push({ path: url.pathname, body: init.body === undefined ? undefined : JSON.parse(init.body as string) })
    return Response.json(init.method === 'GET' ? CALENDAR : { changed: 1, sources: [] })
  })
  onTestFinished(() => {
    vi.unstubAllGlobals()
    cleanup()
  })
  render(
    <PageShell env="test">
      <CalendarPanel role="calendar" />
    </PageShell>,
  )
  fireEvent.click(await screen.findByRole('button', { name: 'Take it as it is the page of CPI' }))
  expect(screen.queryByRole('button', { name: /the page of PPI|the page of FOMC/ })).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Take it as it is' }))
  await expect
    .poll(() => asked.filter(({ body }) => body !== undefined))
    .toEqual([{ path: '/api/admin/refresh_calendar', body: { accept: ['CPI'] } }])
})
