import { fireEvent, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { CalendarPanel } from '../../../renderer/cloud-pages/admin/calendar-panel.tsx'
import type { CloudCalendar } from '../../../src/contracts/cloud/calendar.ts'
import { DOUBTED } from '../../../src/domain/calendar/release-list.ts'
import { CloudRefusal, renderOverCloud } from '../../support/render-over-cloud.tsx'

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
  const { asked } = await renderOverCloud(<CalendarPanel role="calendar" />, ({ method }) =>
    method === 'GET' ? CALENDAR : { changed: 1, sources: [] },
  )
  fireEvent.click(await screen.findByRole('button', { name: 'Take it as it is the page of CPI' }))
  expect(screen.queryByRole('button', { name: /the page of PPI|the page of FOMC/ })).toBeNull()
  // The keyboard is where it was: on what takes nothing.
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Cancel' }))
  fireEvent.click(screen.getByRole('button', { name: 'Take it as it is' }))
  await expect
    .poll(() => asked.filter(({ method }) => method !== 'GET'))
    .toEqual([{ method: 'POST', path: '/api/admin/refresh_calendar', body: { accept: ['CPI'] } }])
})

it('an admin reads why the server did not do it', async () => {
  const failure = { code: 'unavailable', message: 'The sources are away.', next_step: 'Try again.', request_id: 'r' }
  await renderOverCloud(<CalendarPanel role="calendar" />, ({ method }) =>
    method === 'GET' ? CALENDAR : new CloudRefusal(503, failure),
  )
  fireEvent.click(await screen.findByRole('button', { name: 'Read the sources now' }))
  expect(await screen.findByText('The sources are away.')).toBeDefined()
})

it('an admin is told of a server that is gone', async () => {
  const { close } = await renderOverCloud(<CalendarPanel role="calendar" />, () => CALENDAR)
  expect(await screen.findByText('FOMC')).toBeDefined()
  await close()
  fireEvent.click(screen.getByRole('button', { name: 'Read the sources now' }))
  expect((await screen.findAllByText('The server does not answer.')).length).toBeGreaterThan(0)
})
