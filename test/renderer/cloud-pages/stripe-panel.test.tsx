import { fireEvent, screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import { StripePanel } from '../../../renderer/cloud-pages/admin/stripe-panel.tsx'
import { CloudRefusal, renderOverCloud } from '../../support/render-over-cloud.tsx'

const event = (id: string, state: 'parked' | 'waiting' | 'done', more: object = {}) => ({
  ...{ id, type: 'invoice.paid', created_at: '2026-11-20T09:00:00.000Z', received_at: '2026-11-20T10:00:00.000Z' },
  ...{ attempts: 8, state, problem: 'It could not be done with: lines is missing', ...more },
})
const PARKED = [
  event('evt_newest1', 'parked'),
  event('evt_older01', 'parked', { received_at: '2026-11-01T10:00:00.000Z' }),
]
const OTHERS = [event('evt_waits01', 'waiting', { attempts: 2 }), event('evt_nobody1', 'done', { attempts: 0 })]
const row = async (id: string) => within(await screen.findByRole('row', { name: new RegExp(id) }))

it('says how many events are parked, when the newest came, why, and what to do about each', async () => {
  await renderOverCloud(<StripePanel role="support" />, () => ({ events: [...PARKED, ...OTHERS] }))
  expect(await screen.findByText(/^2 are parked .* the newest came 2026-11-20 10:00 UTC\.$/)).toBeDefined()
  const parked = await row('evt_newest1')
  for (const text of ['It could not be done with: lines is missing', /^Put right what the reason says/, '8'])
    expect(parked.getByText(text)).toBeDefined()
  expect((await row('evt_waits01')).getByText(/^Nothing yet/)).toBeDefined()
  expect((await row('evt_nobody1')).getByText(/its next event makes the licence/)).toBeDefined()
  // Only what nobody tries by itself is tried by hand.
  expect(screen.getAllByRole('button', { name: /^Try again/ })).toHaveLength(2)
  expect(screen.getAllByRole('button', { name: /^Dismiss/ })).toHaveLength(4)
})

it.each([
  ['that it is done with', null, /evt_newest1 is done with\.$/],
  ['that it stays parked', PARKED[0], /evt_newest1 was tried and stays as it is: see why\.$/],
])('an admin who tries an event again is told %s', async (_what, left, text) => {
  const { asked } = await renderOverCloud(<StripePanel role="owner" />, ({ method }) =>
    method === 'GET' ? { events: PARKED } : { event: left },
  )
  fireEvent.click((await row('evt_newest1')).getByRole('button', { name: 'Try again evt_newest1' }))
  expect(await screen.findByText(text)).toBeDefined()
  const changes = asked.filter(({ method }) => method !== 'GET')
  expect(changes).toEqual([{ method: 'POST', path: '/api/admin/stripe_events/retry', body: { id: 'evt_newest1' } }])
})

it('an event is dismissed with a reason only', async () => {
  const { asked } = await renderOverCloud(<StripePanel role="support" />, ({ method }) =>
    method === 'GET' ? { events: PARKED } : { dismissed: true },
  )
  fireEvent.click(await screen.findByRole('button', { name: 'Dismiss evt_older01' }))
  const sure = screen.getByRole('button', { name: 'Dismiss' }) as HTMLButtonElement
  expect(sure.disabled).toBe(true)
  fireEvent.change(screen.getByLabelText('Reason to dismiss evt_older01'), { target: { value: 'refunded' } })
  fireEvent.click(sure)
  await expect
    .poll(() => asked.filter(({ method }) => method !== 'GET'))
    .toEqual([
      { method: 'POST', path: '/api/admin/stripe_events/dismiss', body: { id: 'evt_older01', reason: 'refunded' } },
    ])
})

it('a reader sees the events and can do nothing about them', async () => {
  await renderOverCloud(<StripePanel role="reader" />, () => ({ events: PARKED }))
  await row('evt_newest1')
  expect(screen.queryByRole('button', { name: /^(Try again|Dismiss)/ })).toBeNull()
})

it('a server with no trouble says so, and one that refuses says why', async () => {
  const failure = { code: 'forbidden', message: 'Not with this key.', next_step: 'Ask an owner.', request_id: 'r' }
  let isRefused = false
  await renderOverCloud(<StripePanel role="owner" />, () =>
    isRefused ? new CloudRefusal(403, failure) : { events: [] },
  )
  expect(await screen.findByText('Every event was done with.')).toBeDefined()
  expect(screen.getByText('None is parked.')).toBeDefined()
  isRefused = true
  fireEvent.click(screen.getByRole('button', { name: /^Read again/ }))
  expect(await screen.findByText('Not with this key.')).toBeDefined()
})
